"""Put a back-up into the database, and recount what must be true; see `events.backups`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from events.audit import Mismatch, audit
from events.backups import Archive, Damaged, Mail, NotRestored, count_rows, refuse_misfit, restore
from events.formatting import times
from events.management.arguments import (
    StaffCommand,
    add_dry_run,
    add_json,
    add_yes,
    counted,
    plain,
    progress,
)
from events.management.output_file import reason_of
from events.models import Event

#: All rows are in, and `audit` disagrees with some.
MISMATCHES = 3
NOT_EMPTY = (
    "{name} is not empty: it has {goes}. Restore into an empty database, or add --force, which "
    "deletes all of that first."
)
WOULD_DELETE = (
    "{name} has {goes}. So a restore into it is refused, and with --force deletes all of that "
    "first."
)
HELD = (
    "{messages} waited or were due, and are held: they may have been sent since. Look at them in "
    "the admin under Messages, Not delivered, and send again what people still need."
)


class Command(StaffCommand):
    help = (
        "Puts a file of `backup` into the database: all of it or nothing, in one transaction. "
        "Reads and checks the whole file first, and recounts everything afterwards (see `audit`). "
        "Refuses a database that is not empty, unless --force is there; --dry-run only says so. "
        f"Exits 1 if nothing was changed, and {MISMATCHES} if all is in and audit finds "
        "mismatches. Stop the site and housekeeping first."
    )
    examples = (
        "restore monday.zip --dry-run",
        "restore monday.zip",
        "restore moved.zip --mail send",
        "restore monday.zip --force --yes --json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` has written")
        parser.add_argument(
            "--mail",
            choices=[*map(str, Mail)],
            default=str(Mail.HOLD),
            help="messages that waited in the file or are due by now: hold them for staff (if "
            "none), because they may have been sent since, or send them, when a site moves",
        )
        parser.add_argument("--force", action="store_true", help="delete all that is there first")
        add_yes(parser)
        add_dry_run(parser)
        add_json(parser)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        with verified(file) as archive:
            goes = in_words(count_rows())
            held, found = 0, list[Mismatch]()
            if not options["dry_run"]:
                self.may_delete(goes, options)
                held = self.restore(archive, options)
                found = recount()
            facts = {"dry_run": options["dry_run"], "taken_at": archive.manifest.taken_at}
            facts |= {"rows": archive.manifest.rows, "held": held, "was_empty": not goes}
            facts |= {"version": archive.manifest.version}
        if options["json"]:
            self.say_json(facts | {"mismatches": [one.as_row() for one in found]})
        else:
            self.say(facts, found, goes)
        if found:
            sys.exit(MISMATCHES)

    def may_delete(self, goes: str, options: dict[str, Any]) -> None:
        """Raise `CommandError`, unless the database is empty or somebody agrees to lose it."""
        if goes and not options["force"]:
            raise CommandError(NOT_EMPTY.format(name=name_of_database(), goes=goes))
        question = f"{name_of_database()} has {goes}. Delete all of it?"
        self.agree(question, is_agreed=options["yes"] or not goes, word="replace")

    def restore(self, archive: Archive, options: dict[str, Any]) -> int:
        bar = tqdm(total=archive.manifest.rows, desc="Rows", disable=None, leave=False)
        try:
            with bar:
                may_empty, mail = options["force"], Mail(options["mail"])
                return restore(archive, may_empty=may_empty, mail=mail, report=bar.update)
        except (Damaged, NotRestored) as reason:
            raise CommandError(str(reason)) from reason

    def say(self, facts: dict[str, Any], found: list[Mismatch], goes: str) -> None:
        rows = f"{counted(facts['rows'], 'row')} of {times.for_machines(facts['taken_at'])}"
        if facts["dry_run"]:
            self.stdout.write(f"The file is whole and fits: would restore {rows}.")
            if goes:
                self.stdout.write(WOULD_DELETE.format(name=name_of_database(), goes=goes))
            return
        for one in found:
            self.stdout.write(f"invariant {one.invariant} ({one.title}): {one.event}: {one.text}")
        self.stdout.write(
            f"Restored {rows}; audit found {counted(len(found), 'mismatch', 'mismatches')}."
        )
        if facts["held"]:
            self.stdout.write(HELD.format(messages=counted(facts["held"], "message")))


@contextmanager
def verified(file: Path) -> Iterator[Archive]:
    """Open the file and read all of it, before anything is written."""
    try:
        with Archive.open(file) as archive:
            refuse_misfit(archive.manifest)
            for _rows in progress(archive.verify(), "Checks", len(archive.manifest.parts)):
                pass
            yield archive
    except (Damaged, NotRestored) as reason:
        raise CommandError(str(reason)) from reason
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {reason_of(error)}.") from error


def name_of_database() -> str:
    """Return what tells one from another: a name on the server, or the path of a file."""
    return plain(connection.settings_dict["NAME"])


def in_words(rows: dict[str, int]) -> str:
    """Return "5 people, 2 events, 9 registrations", or nothing where nothing is."""
    if not rows:
        return ""
    people, events, places = (
        rows.get(f"events_{name}", 0) for name in ("attendee", "event", "registration")
    )
    kinds = f"{counted(people, 'person', 'people')}, {counted(events, 'event')}"
    return (
        f"{kinds}, {counted(places, 'registration')}, {counted(sum(rows.values()), 'row')} in all"
    )


def recount() -> list[Mismatch]:
    events = Event.objects.order_by("pk")
    return [
        one
        for event in progress(events.iterator(), "Events", events.count())
        for one in audit(event)
    ]
