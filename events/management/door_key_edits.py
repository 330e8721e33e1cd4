"""`manage.py door_keys make`, `rotate` and `revoke`. A secret stands on standard output alone."""

from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from events.doors import key_edits, keys
from events.doors.key_edits import KeyEnded, KeyTerms, LabelTaken, WorkshopGone
from events.formatting import text, times
from events.models import DoorKey, Event
from events.series.shifts import instant_at

from . import scanned
from .arguments import (
    StaffCommand,
    add_by,
    add_dry_run,
    add_event,
    add_json,
    add_yes,
    counted,
    find_event,
    find_staff,
    plain,
)
from .door_key_list import facts, find_key, until, why_ended
from .event_action import EventAction
from .event_copy import clock_time

MAX_LABEL = 60
OVERLAPS = dict(zip(("0", "1h", "1d", "7d"), key_edits.OVERLAPS, strict=True))


def overlap(typed: str) -> timedelta:
    if typed not in OVERLAPS:
        raise ArgumentTypeError(f"choose one of {', '.join(OVERLAPS)}")
    return OVERLAPS[typed]


def label(typed: str) -> str:
    cleaned = text.clean_line(typed.replace("\0", ""))
    if not 0 < len(cleaned) <= MAX_LABEL:
        raise ArgumentTypeError(f"must have 1 to {MAX_LABEL} characters")
    return cleaned


def _add_common(parser: CommandParser) -> None:
    add_by(parser)
    add_dry_run(parser)
    add_json(parser)


def _add_key(parser: CommandParser) -> None:
    add_event(parser)
    parser.add_argument("key", metavar="KEY", help="its number or its name, as `list` prints them")


# --- make ----------------------------------------------------------------------------------------


def add_arguments_of_make(parser: CommandParser) -> None:
    add_event(parser)
    parser.add_argument("label", metavar="NAME", type=label, help="where it is built in")
    parser.add_argument("--workshop", metavar="WORKSHOP", help="for this workshop of the event")
    help_of_notes = "a world may also note with it who comes and goes"
    parser.add_argument("--may-check-in", action="store_true", help=help_of_notes)
    ends = parser.add_mutually_exclusive_group()
    help_of_until = (
        "when it ends, on the clock of the event's zone; without it a day after the end, and never "
        "at an event of a series"
    )
    ends.add_argument("--until", metavar="TIME", type=clock_time, help=help_of_until)
    ends.add_argument("--never-ends", action="store_true", help="good until it is revoked")
    _add_common(parser)


def make(command: StaffCommand, options: dict[str, Any]) -> None:
    event, by = find_event(options["event"]), find_staff(options["by"])
    bookable = scanned.find_place(event, options["workshop"])
    terms = KeyTerms(options["label"], options["may_check_in"], _end_of(event, options))
    try:
        with transaction.atomic():
            made, secret = key_edits.make_key(bookable, terms, by=by)
            _note(by, [event], gettext("Made a door key: %(label)s.") % {"label": made.label})
            transaction.set_rollback(options["dry_run"])
    except LabelTaken as error:
        raise CommandError(
            f"A key named {terms.label!r} works here already. Choose another name, or rotate it."
        ) from error
    except (WorkshopGone, Event.DoesNotExist) as error:
        raise CommandError("It was deleted meanwhile. Nothing was changed.") from error
    if bookable.has_ended(timezone.now()):
        command.stderr.write(f"{plain(bookable.title)} is over, so the key lets nobody in.", str)
    made.event = event
    ends = until(made.expires_at, event.zone)
    done = "would be made" if options["dry_run"] else "is made"
    sentence = f"{plain(made.label)} {done} for {plain(bookable.title)}, good until {ends}."
    _say_new(command, made, secret, options, sentence, [event])


def _end_of(event: Event, options: dict[str, Any]) -> datetime | None:
    if options["never_ends"]:
        return None
    if options["until"] is None:
        return key_edits.expiry_proposed(event, timezone.now())
    ends_at = instant_at(options["until"], event.zone)
    if ends_at <= timezone.now():
        raise CommandError(f"{times.in_words(ends_at, event.zone)} has passed.")
    return ends_at


# --- rotate --------------------------------------------------------------------------------------


def add_arguments_of_rotate(parser: CommandParser) -> None:
    _add_key(parser)
    parser.add_argument(
        "--overlap",
        type=overlap,
        default=timedelta(days=1),
        metavar="|".join(OVERLAPS),
        help="how long the present key goes on beside the new one; default: 1d",
    )
    _add_common(parser)


def rotate(command: StaffCommand, options: dict[str, Any]) -> None:
    event, by = find_event(options["event"]), find_staff(options["by"])
    key = find_key(event, options["key"])
    try:
        with transaction.atomic():
            done = key_edits.rotate_key(
                key, overlap=options["overlap"], among=Event.objects.all(), by=by
            )
            said = gettext("Rotated a door key: %(label)s.") % {"label": key.label}
            _note(by, done.events, said)
            transaction.set_rollback(options["dry_run"])
    except KeyEnded as error:
        raise CommandError(why_ended(key)) from error
    done.key.event = event
    ends = times.in_words(done.former_ends_at, event.zone)
    verb = "would end" if options["dry_run"] else "ends"
    at = counted(len(done.events), "event")
    sentence = f"The key before it {verb} on {ends}. The new one is for {at}."
    _say_new(command, done.key, done.secret, options, sentence, done.events)


# --- revoke --------------------------------------------------------------------------------------


def add_arguments_of_revoke(parser: CommandParser) -> None:
    _add_key(parser)
    add_yes(parser)
    _add_common(parser)


def revoke(command: StaffCommand, options: dict[str, Any]) -> None:
    event, by = find_event(options["event"]), find_staff(options["by"])
    key, is_tried = find_key(event, options["key"]), options["dry_run"]
    question = f"Revoke {plain(key.label)} at every event that has it?"
    command.agree(question, is_agreed=options["yes"] or is_tried)
    try:
        with transaction.atomic():
            events = key_edits.revoke_key(key)
            _note(by, events, gettext("Revoked a door key: %(label)s.") % {"label": key.label})
            transaction.set_rollback(is_tried)
    except KeyEnded as error:
        raise CommandError(why_ended(key)) from error
    if options["json"]:
        slugs = [each.slug for each in events]
        command.say_json({"dry_run": is_tried, "number": key.pk, "events": slugs})
        return
    verb = "would be revoked" if is_tried else "is revoked"
    command.stdout.write(f"{plain(key.label)} {verb} at {counted(len(events), 'event')}.")


# --- What is printed and noted -------------------------------------------------------------------


def _say_new(
    command: StaffCommand,
    key: DoorKey,
    secret: str,
    options: dict[str, Any],
    sentence: str,
    events: Sequence[Event],
) -> None:
    """Print the secret alone, so that it can be led into a file; say the rest beside it."""
    is_tried = options["dry_run"]
    if options["json"]:
        new = {"key": secret, "address": keys.address_of(secret)}
        nothing = dict.fromkeys([*new, "number"])
        told = facts(key, timezone.now()) | (nothing if is_tried else new)
        slugs = [each.slug for each in events]
        command.say_json({"dry_run": is_tried, **told, "events": slugs})
        return
    command.stderr.write(sentence, str)
    if not is_tried:
        command.stderr.write("The key follows. It cannot be read again.", str)
        command.stdout.write(secret)


def _note(by: User | None, events: Sequence[Event], said: str) -> None:
    if by is not None:
        LogEntry.objects.log_actions(by.pk, events, CHANGE, said)


MAKE = EventAction(
    "make",
    "Makes a key for an event or one of its workshops, and prints it once.",
    (
        'door_keys make spring-jam "Main hall" --by mika > hall.key',
        "door_keys make spring-jam Headless --may-check-in --never-ends --json",
    ),
    add_arguments_of_make,
    make,
)
ROTATE = EventAction(
    "rotate",
    "Makes a key that does the same as one, at all events that have it and did not end more than a "
    "day ago, and ends that one after the overlap.",
    ("door_keys rotate spring-jam 3 --overlap 1h", "door_keys rotate spring-jam 3 --dry-run"),
    add_arguments_of_rotate,
    rotate,
)
REVOKE = EventAction(
    "revoke",
    "Ends a key at once, at every event that has it. Asks first, unless --yes is there.",
    ("door_keys revoke spring-jam 3 --by mika", "door_keys revoke spring-jam 3 --yes --json"),
    add_arguments_of_revoke,
    revoke,
)
