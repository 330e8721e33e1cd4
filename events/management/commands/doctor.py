"""Say whether this installation can work, and what to do if not; see `events.doctor`."""

import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from events.doctor import Asked, Finding, examine
from events.doctor.finding import State
from events.management.arguments import (
    StaffCommand,
    add_json,
    counted,
    plain,
    progress,
    whole_number,
)

MOST_WORKERS = 1_000
LONGEST = 1_000  # characters of a sentence


class Command(StaffCommand):
    help = (
        f"Looks at the settings, secrets, the redirect address for {settings.PLATFORM.name}, "
        f"database, cache, accounts, late work, where {settings.PLATFORM.name} is and what its "
        "clock says, and the mail server. Prints what it found and what to do, and exits 1 if "
        "there is a problem. Changes nothing."
    )
    examples = ("doctor", "doctor --deploy", "doctor --offline", "doctor --workers 2 --json")
    requires_system_checks = []  # it runs them, and prints what they say

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--offline", action="store_true", help="ask no other server")
        parser.add_argument(
            "--deploy",
            action="store_true",
            help="look at packages, role and proxy too, and at this as a site where people come",
        )
        parser.add_argument(
            "--workers",
            type=whole_number(1, MOST_WORKERS),
            metavar="N",
            help="how many processes serve the site; else gunicorn's variables say so",
        )
        add_json(parser)

    def handle(self, *args: Any, offline: bool, workers: int | None, **options: Any) -> None:
        asked = Asked(offline, workers, is_deployed=options["deploy"])
        found = list(progress(examine(asked), "Checks"))
        if options["json"]:
            self.say_json(facts(found, is_offline=offline))
        else:
            for line in lines(found):
                self.stdout.write(line)
        if any(one.is_problem for one in found):
            sys.exit(1)


def number(found: list[Finding], state: State) -> int:
    return sum(one.state is state for one in found)


def lines(found: list[Finding]) -> Iterator[str]:
    width = max(len(one.name) for one in found)
    for one in found:
        yield f"{one.state:8} {one.name:{width}}  {plain(one.sentence, at_most=LONGEST)}"
        if one.next_step:
            yield f"{'':8} {'':{width}}  → {plain(one.next_step, at_most=LONGEST)}"
    problems, warnings = number(found, State.PROBLEM), number(found, State.WARNING)
    yield f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}"


def facts(found: list[Finding], *, is_offline: bool) -> dict[str, object]:
    return {
        "offline": is_offline,
        "problems": number(found, State.PROBLEM),
        "warnings": number(found, State.WARNING),
        "checks": [
            {
                "name": one.name,
                "state": one.state,
                "sentence": one.sentence,
                "next_step": one.next_step or None,
            }
            for one in found
        ],
    }
