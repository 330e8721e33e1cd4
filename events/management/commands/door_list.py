"""Write the list of a door for a world that cannot ask the site."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events.doors import bot
from events.management import door_forms, door_previous, output_file, scanned
from events.management.arguments import (
    StaffCommand,
    add_dry_run,
    add_event,
    counted,
    find_event,
    plain,
    whole_number,
)
from events.management.door_forms import DoorList
from events.models import Bookable

MOST_HOURS = 31 * 24


class Command(StaffCommand):
    help = (
        "Writes who is let in to an event or workshop: as ids, CSV or JSON, as commands for the "
        "bot, as settings of a headless server, or as a signed snapshot that door_verify reads. "
        "It goes to --output, which only its owner can read, or to standard output. See "
        "docs/door.md."
    )
    examples = (
        "door_list spring-jam --output ids.txt",
        "door_list spring-jam --format bot --group G-Example --variable jam.guests",
        "door_list spring-jam --format headless --group G-Example --variable jam.guests",
        "door_list spring-jam --workshop fog --format snapshot --good-for 12 --output fog.door",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_event(parser)
        parser.add_argument("--workshop", metavar="WORKSHOP", help="of this workshop of the event")
        parser.add_argument(
            "--format", choices=[*door_forms.FORMS], default=door_forms.IDS, help="ids if none"
        )
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to write it")
        parser.add_argument("--force", action="store_true", help="replace a file that is there")
        add_dry_run(parser)
        add_options_of_forms(parser)

    def handle(self, *args: Any, event: str, **options: Any) -> None:
        door_forms.check(options)
        path = options["output"]
        if path is not None:
            output_file.refuse(path, may_replace=options["force"])
        asked = DoorList(
            scanned.find_place(find_event(event), options["workshop"]),
            timezone.now(),
            options,
            before=earlier(options),
            has_bar=path is not None or not self.stdout.isatty(),
        )
        self.warn_of_nobody(asked.bookable, asked)
        if options["dry_run"]:
            size = sum(map(len, asked.pieces()))
            people = counted(asked.written, "person", "people")
            self.stdout.write(f"would write {people} ({counted(size, 'byte')})")
        elif path is None:
            self.print_out(asked.pieces())
        else:
            size = output_file.write(path, asked.pieces(), may_replace=options["force"])
            self.say(f"{path}: {size} bytes")
        for remark in asked.remarks:
            self.say(remark)

    def warn_of_nobody(self, bookable: Bookable, asked: DoorList) -> None:
        """Say why a list is empty where that is for everybody the same reason."""
        event = bookable.event
        if event.is_published and not bookable.has_ended(asked.now):
            return
        state = "over"
        if not event.is_published:
            state = "a draft" if event.is_draft else f"{event.get_status_display()}"
        self.say(f"{event.slug} is {state}, so nobody is let in.")

    def say(self, words: str) -> None:
        """Standard output may be the file itself."""
        self.stderr.write(words, lambda line: line)


def add_options_of_forms(parser: CommandParser) -> None:
    help_of_group = "bot, headless: the group whose cloud variable it is; its id for headless"
    parser.add_argument("--group", metavar="GROUP", help=help_of_group)
    parser.add_argument(
        "--variable", metavar="PATH", help="bot, headless: the variable, like jam.guests"
    )
    parser.add_argument(
        "--previous",
        type=Path,
        action="append",
        metavar="FILE",
        help="bot: a list of ids or commands that was sent before, to write only what changed; "
        "several in their order",
    )
    parser.add_argument(
        "--join-verifier", action="store_true", help="headless: ask a verifier (Resonite only)"
    )
    parser.add_argument(
        "--good-for",
        type=whole_number(1, MOST_HOURS),
        metavar="HOURS",
        help=f"snapshot: {door_forms.GOOD_FOR_HOURS} if none, and never longer than the event",
    )


def earlier(options: Mapping[str, Any]) -> set[str]:
    """Read whom the lists that were sent before let in."""
    if not options["previous"]:
        return set()
    lines, variable = lines_of(options["previous"]), door_forms.variable_of(options)
    try:
        return bot.let_in_by(lines, variable)
    except bot.OtherVariable as error:
        other = error.variable
        raise CommandError(
            f"--previous is of {plain(other.path)} of the group {plain(other.group)}, and the new "
            f"list of {variable.path} of the group {plain(variable.group)}. Name files of one."
        ) from error


def lines_of(paths: Iterable[Path]) -> list[str]:
    lines: list[str] = []
    for path in paths:
        try:
            with path.open("rb") as file:
                lines += door_previous.lines_of(file, path)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read.") from error
    return lines
