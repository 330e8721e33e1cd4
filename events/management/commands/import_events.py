"""Make drafts of the events in a file; docs/import.md says which columns there are."""

import sys
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError, CommandParser

from events.formatting import times, zones
from events.management import import_file, imported
from events.management.arguments import (
    StaffCommand,
    add_dry_run,
    add_json,
    columns_of,
    counted,
    find_staff,
    plain,
    progress,
)
from events.management.imported import Draft, Fault, Import


class Command(StaffCommand):
    help = (
        "Makes drafts of the events in a CSV or JSON file, with the rules of the admin's form. "
        "Lists every error with its line; imports all events or none. The columns are in "
        "docs/import.md."
    )
    examples = (
        "import_events autumn.csv --organizer mika --dry-run",
        "import_events autumn.csv --organizer mika --zone Europe/Berlin",
        "import_events - --json < autumn.json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV or JSON; - for standard input")
        parser.add_argument("--organizer", metavar="USERNAME", help="who organizes the drafts")
        parser.add_argument("--zone", metavar="ZONE", help="time zone of rows that name none")
        add_dry_run(parser)
        add_json(parser)

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        organizer = find_staff(options["organizer"])
        imported.refuse_organizer(organizer)
        running = Import(organizer, known_zone(options["zone"]))
        try:
            rows = import_file.read(file)
        except import_file.Unreadable as error:
            running.faults.append(Fault(error.line, None, error.why))
        else:
            running.run(progress(rows, "Events"), is_tried=options["dry_run"])
        self.say(running, is_tried=options["dry_run"], as_json=options["json"])
        if running.faults:
            sys.exit(1)

    def say(self, running: Import, *, is_tried: bool, as_json: bool) -> None:
        made = [] if running.faults else running.drafts
        if as_json:
            self.say_json(facts(made, running.faults, is_tried=is_tried))
            return
        for fault in running.faults:
            self.stderr.write(plain(fault, at_most=2 * imported.MAX_TEXT), lambda line: line)
        if running.faults:
            self.stderr.write(f"{counted(len(running.faults), 'error')}. Nothing was imported.")
            return
        for line in columns_of(map(cells, made)):
            self.stdout.write(line)
        end = "would be made" if is_tried else "made"
        self.stdout.write(f"{counted(len(made), 'draft')} {end}.")


def known_zone(name: str | None) -> str | None:
    if name is not None and not zones.named(name):
        raise CommandError(f"There is no time zone {name!r}. Write one like Europe/Berlin.")
    return name


def cells(draft: Draft) -> list[object]:
    event = draft.event
    start = times.in_words(event.starts_at, ZoneInfo(str(event.time_zone)))
    return [f"line {draft.line}", event.slug, start, event.title]


def facts(made: list[Draft], faults: list[Fault], *, is_tried: bool) -> dict[str, object]:
    return {
        "dry_run": is_tried,
        "events": [
            {
                "line": draft.line,
                "slug": draft.event.slug,
                "title": draft.event.title,
                "starts_at": draft.event.starts_at,
                "ends_at": draft.event.ends_at,
            }
            for draft in made
        ],
        "errors": [
            {"line": fault.line, "column": fault.column, "text": fault.text} for fault in faults
        ],
    }
