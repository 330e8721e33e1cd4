"""`manage.py events copy`: make a draft like an event, at another time; nobody is told."""

from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext

from events import series
from events.models import Event
from events.series.rules import LAST_YEAR

from .arguments import (
    StaffCommand,
    add_by,
    add_dry_run,
    add_event,
    add_json,
    find_event,
    find_staff,
)
from .event_action import EventAction

FIRST_YEAR = 2000
SHAPE = "%Y-%m-%d %H:%M"


def clock_time(typed: str) -> datetime:
    """Read what the clock of the event's zone shows, like "2030-06-22T19:00"."""
    try:
        found = datetime.strptime(" ".join(typed.replace("T", " ").split()), SHAPE)  # noqa: DTZ007
    except ValueError as error:
        raise ArgumentTypeError(f"{typed!r} is no time like 2030-06-22T19:00") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ArgumentTypeError(f"choose a year between {FIRST_YEAR} and {LAST_YEAR}")
    return found


def add_arguments(parser: CommandParser) -> None:
    add_event(parser)
    parser.add_argument(
        "--start",
        type=clock_time,
        required=True,
        metavar="TIME",
        help="when the copy starts, on the clock of the event's zone; all other times move along",
    )
    add_by(parser)
    add_dry_run(parser)
    add_json(parser)


def run(command: StaffCommand, options: dict[str, Any]) -> None:
    event, by, start = find_event(options["event"]), find_staff(options["by"]), options["start"]
    try:
        with transaction.atomic():
            copy = series.copy_event(event, start=start, by=by)
            if by is not None:
                text = gettext("Copied on the command line.")
                LogEntry.objects.log_actions(by.pk, [copy], ADDITION, text, single_object=True)
            facts = facts_of(event, copy)
            transaction.set_rollback(options["dry_run"])
    except ObjectDoesNotExist as error:
        raise CommandError(f"{event.slug} was deleted meanwhile.") from error
    except (OverflowError, ValueError) as error:
        raise CommandError(f"{start:{SHAPE}} is too far away.") from error
    say(command, facts, options)


def facts_of(event: Event, copy: Event) -> dict[str, Any]:
    return {
        "event": event.slug,
        "copy": copy.slug,
        "starts_at": copy.starts_at,
        "ends_at": copy.ends_at,
        "opens_at": copy.opens_at,
        "closes_at": copy.closes_at,
        "draw_at": copy.draw_at,
        "workshops": copy.workshops.count(),
    }


def say(command: StaffCommand, facts: dict[str, Any], options: dict[str, Any]) -> None:
    if options["json"]:
        command.say_json({"dry_run": options["dry_run"], **facts})
        return
    done = "would be" if options["dry_run"] else "is"
    command.stdout.write(f"{facts['copy']} {done} a draft like {facts['event']}.")


COPY = EventAction(
    "copy",
    "Makes a draft with all that organizers chose for an event, at another time. All its times "
    "move along. Nobody is told, and nobody has a place at it.",
    (
        "events copy spring-jam --start 2030-06-22T19:00 --by mika",
        "events copy spring-jam --start 2030-06-22T19:00 --dry-run --json",
    ),
    add_arguments,
    run,
)
