"""Check people in at the door, one by name or many from a scanner; see `events.places.check_in`."""

import sys
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from events.formatting import times
from events.management import scanned
from events.management.arguments import (
    StaffCommand,
    add_by,
    add_dry_run,
    add_event,
    add_json,
    find_event,
    find_staff,
    plain,
    standard_input,
)
from events.management.scanned import Answer, Door

WORDS = {
    scanned.IN: "is in",
    scanned.WAS_IN: "was in already",
    scanned.EARLY: "is too early; add --even-early if it is meant",
    scanned.NO_PLACE: "has no confirmed place",
    scanned.OUT: "is not in any more",
    scanned.WAS_OUT: "was not in",
    scanned.UNKNOWN: "is not known here",
}


class Command(StaffCommand):
    help = (
        f"Checks in people by their {settings.PLATFORM.name} id or the code of their registration. "
        "With - it reads lines from standard input, as a scanner types them, and answers each. "
        "Exits 1 if somebody could not be checked in."
    )
    examples = (
        "check_in spring-jam U-mika",
        "check_in spring-jam - --workshop fog --by robin < codes.txt",
        "check_in spring-jam U-mika --undo",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_event(parser)
        help_of_person = "- reads lines from standard input"
        parser.add_argument("person", metavar="ID_OR_CODE", help=help_of_person)
        parser.add_argument("--workshop", metavar="WORKSHOP", help="at this workshop of the event")
        parser.add_argument("--undo", action="store_true", help="take it back")
        parser.add_argument(
            "--even-early", action="store_true", help="also long before it starts, as it is meant"
        )
        add_by(parser)
        add_dry_run(parser)
        add_json(parser)

    def handle(self, *args: Any, event: str, person: str, **options: Any) -> None:
        if options["undo"] and options["even_early"]:
            raise CommandError("--even-early is for checking in, not for --undo.")
        door = Door(
            scanned.find_place(find_event(event), options["workshop"]),
            by=find_staff(options["by"]),
            is_undone=options["undo"],
            even_early=options["even_early"],
            is_tried=options["dry_run"],
        )
        typed = scanned.lines_of(standard_input()) if person == "-" else [person]
        if not self.answer_all(door, typed, as_json=options["json"]):
            sys.exit(1)

    def answer_all(self, door: Door, typed: Iterable[str], *, as_json: bool) -> bool:
        """Answer each line at once: somebody waits at the door. Return whether all are fine."""
        are_fine = True
        for number, line in enumerate(typed, start=1):
            answer = scanned.answer(door, line)
            are_fine &= answer.is_fine
            self.say(number, answer, door, as_json=as_json)
        return are_fine

    def say(self, number: int, answer: Answer, door: Door, *, as_json: bool) -> None:
        if as_json:
            self.say_json(facts(number, answer, is_tried=door.is_tried), on_one_line=True)
            return
        who = (
            f"{plain(answer.typed)} ({plain(answer.name)})" if answer.name else plain(answer.typed)
        )
        at = answer.at if answer.answer == scanned.WAS_IN else None
        since = f", since {times.in_words(at, door.bookable.event.zone)}" if at else ""
        would = " (nothing was noted)" if door.is_tried else ""
        self.stdout.write(f"{who} {WORDS[answer.answer]}{since}{would}")
        self.stdout.flush()


def facts(number: int, answer: Answer, *, is_tried: bool) -> dict[str, object]:
    return {
        "line": number,
        "typed": answer.typed,
        "answer": answer.answer,
        "name": answer.name or None,
        "code": answer.code,
        "checked_in_at": answer.at,
        "dry_run": is_tried,
    }
