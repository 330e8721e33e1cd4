"""Ask a snapshot of a door who may come in, without a network and without a database."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events.access.door import Answer
from events.doors import snapshot
from events.doors.snapshot import Snapshot
from events.doors.words import line_of
from events.management import scanned
from events.management.arguments import StaffCommand, add_json, standard_input

#: Exit statuses: everybody is let in, somebody is not, the file says nothing.
DENIED, REFUSED = 1, 2


class Command(StaffCommand):
    help = (
        "Answers from a snapshot of door_list whether somebody is let in, with the line of the "
        "door: ALLOW and a role, or DENY and a reason. With - it reads ids from standard input and "
        "answers each. Exits 0 for ALLOW, 1 for DENY, and 2 for a file that is expired, changed or "
        "of another site. It asks no database."
    )
    # They are about a site that is served, and this machine may have only the code.
    requires_system_checks = []
    examples = (
        "door_verify spring-jam.door U-mika",
        "door_verify spring-jam.door - < ids.txt",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what door_list wrote")
        parser.add_argument("id", metavar="ID", help="- reads them from standard input")
        parser.add_argument(
            "--public-key",
            metavar="KEY",
            help="64 hex digits, as door_list prints them; the key of this site if none",
        )
        add_json(parser)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        typed = options["id"]
        ids = scanned.lines_of(standard_input()) if typed == "-" else [typed]
        try:
            known = snapshot.read(content_of(file), options["public_key"] or own_key())
            are_in = self.answer_all(known, ids, as_json=options["json"])
        except snapshot.Refused as reason:
            raise CommandError(str(reason), returncode=REFUSED) from reason
        if not are_in:
            sys.exit(DENIED)

    def answer_all(self, known: Snapshot, ids: Iterable[str], *, as_json: bool) -> bool:
        """Answer each at once: somebody waits at the door. Return whether all are let in."""
        are_in = True
        for neos_id in ids:
            answer = known.answer(neos_id, timezone.now())
            are_in &= answer.is_let_in
            if as_json:
                self.say_json(facts(neos_id, answer), on_one_line=True)
            else:
                self.stdout.write(line_of(answer))
                self.stdout.flush()
        return are_in


def own_key() -> str:
    """Return the public key of this site. Raises `snapshot.Refused` where anybody can sign for it:
    a machine with `DEBUG` and nothing else has the key that stands in the code.
    """
    if settings.SECRET_KEY == settings.DEVELOPMENT_KEY:
        raise snapshot.Refused(
            "This machine has no key of a site. Name with --public-key the one that door_list "
            "printed, or set SECRET_KEY."
        )
    return snapshot.public_key()


def content_of(path: Path) -> bytes:
    """Raises `snapshot.Refused`. What is longer than any snapshot is not read to its end."""
    try:
        with path.open("rb") as file:
            data = file.read(snapshot.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise snapshot.Refused(f"{path} cannot be read.") from error
    if len(data) > snapshot.MAX_BYTES:
        raise snapshot.Refused(f"{path} is too long for a door snapshot.")
    return data


def facts(neos_id: str, answer: Answer) -> dict[str, object]:
    return {
        "id": neos_id,
        "answer": line_of(answer),
        "is_let_in": answer.is_let_in,
        "denial": answer.denial,
        "role": answer.role if answer.is_let_in else None,
        "wait": answer.wait,
    }
