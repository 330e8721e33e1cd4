"""The first thing that is read of a back-up: what is in it, and where it fits."""

import tomllib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from events.formatting import times

FORMAT = 1
Schema = dict[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table. `last_id` is the highest id that was ever given out there, so that no
    later row gets the id of a deleted one.
    """

    table: str
    columns: tuple[str, ...]
    rows: int
    last_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`schema` is the last migration of each app; `taken_at` is the moment that the file shows.

    `version` is that of the project; empty if it was not known.
    """

    version: str
    site: str
    platform: str
    engine: str
    taken_at: datetime
    schema: Schema
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    def rows_of(self, table: str) -> int:
        return sum(part.rows for part in self.parts if part.table == table)

    def as_json(self) -> dict[str, Any]:
        return {"format": FORMAT} | asdict(self) | {"taken_at": times.for_machines(self.taken_at)}


def read_manifest(facts: Any) -> Manifest:
    """Raise `KeyError`, `TypeError` or `ValueError` for what `as_json` has not written."""
    if facts["format"] != FORMAT:
        raise ValueError(facts["format"])
    parts = tuple(_read_part(part) for part in facts["parts"])
    texts = {name: str(facts[name]) for name in ("site", "platform", "engine")}
    texts["version"] = str(facts.get("version", ""))  # older files have none
    taken_at = datetime.fromisoformat(facts["taken_at"])
    return Manifest(**texts, taken_at=taken_at, schema=dict(facts["schema"]), parts=parts)


def _read_part(facts: Any) -> Part:
    return Part(**facts | {"columns": tuple(facts["columns"])})


def new_manifest(taken_at: datetime, parts: tuple[Part, ...]) -> Manifest:
    return Manifest(
        version=version_of_code(),
        site=settings.SITE_URL,
        platform=settings.PLATFORM.key,
        engine=connection.vendor,
        taken_at=taken_at,
        schema=schema_of_code(),
        parts=parts,
    )


def version_of_code() -> str:
    """Return the version in `pyproject.toml`, or nothing where that was left out."""
    try:
        project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))
        return str(project["project"]["version"])
    except (OSError, ValueError, KeyError):
        return ""


def schema_of_code() -> Schema:
    """Return the last migration of each app. Commands run only on a database that has them all."""
    return dict(MigrationLoader(connection).graph.leaf_nodes())


def knows_all(schema: Schema) -> bool:
    """Return whether this code has the migrations that the schema ends with."""
    return set(MigrationLoader(connection).graph.nodes) >= {*schema.items()}
