"""Back-ups and restores in this process, on the database of the test."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from events import backups
from events.audit import audit
from events.backups import Archive, Mail, open_snapshot
from events.models import Event, Registration

Facts = dict[str, Any]


def back_up(file: Path) -> Path:
    with open_snapshot() as snapshot:
        file.write_bytes(b"".join(snapshot.pieces()))
    return file


def put_back(file: Path, *, mail: Mail = Mail.SEND) -> int:
    with Archive.open(file) as archive:
        return backups.restore(archive, may_empty=True, mail=mail)


def with_manifest(file: Path, *, left_out: tuple[str, ...] = (), **facts: object) -> Path:
    """Write the file once more, with something else in its manifest, and without some of it."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    manifest: Facts = json.loads(parts["manifest.json"]) | facts
    kept = {name: value for name, value in manifest.items() if name not in left_out}
    return rewritten(file, parts | {"manifest.json": json.dumps(kept).encode()})


def with_value(file: Path, column: str, value: object) -> Path:
    """Write the file once more, with another value in the only event, and right checksums."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    manifest: Facts = json.loads(parts["manifest.json"])
    part = next(one for one in manifest["parts"] if one["table"] == "events_event")
    row = json.loads(parts["tables/events_event.jsonl"])
    row[part["columns"].index(column)] = value
    line = json.dumps(row).encode() + b"\n"
    part["sha256"] = hashlib.sha256(line).hexdigest()
    changed = {"tables/events_event.jsonl": line, "manifest.json": json.dumps(manifest).encode()}
    return rewritten(file, parts | changed)


def rewritten(file: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return file


def people() -> list[str]:
    return list(User.objects.order_by("pk").values_list("username", flat=True))


def places() -> list[tuple[int, str]]:
    return list(Registration.objects.order_by("pk").values_list("pk", "status"))


def mismatches() -> list[str]:
    return [str(one) for event in Event.objects.all() for one in audit(event)]
