"""`manage.py events cancel`: cancel an event as its form in the admin does; say what follows."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext

from events.admin import effects, effects_on_people
from events.admin.event_saves import MAX_NOTE
from events.formatting.fields import LinesField
from events.models import Event
from events.payments.totals import totals
from events.places import event_edits

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
)
from .event_action import EventAction


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The effects of cancelling, done or tried. `agreed_to` changes if it comes to affect others.

    `to_refund` has minor units by currency: all that goes back, of this and of before.
    """

    effects: tuple[str, ...]
    agreed_to: tuple[str, ...]
    people: int
    going_back: int
    to_refund: tuple[tuple[int, str], ...]


class Otherwise(Exception):
    """The event is not any more as it was when somebody agreed."""


def add_arguments(parser: CommandParser) -> None:
    add_event(parser)
    parser.add_argument("--note", default="", help="words that stand in the mails about it")
    add_by(parser)
    add_yes(parser)
    add_dry_run(parser)
    add_json(parser)


def run(command: StaffCommand, options: dict[str, Any]) -> None:
    event, note, by = (
        find_event(options["event"]),
        clean(options["note"]),
        find_staff(options["by"]),
    )
    planned = cancel(event, note, by, is_tried=True)
    if options["dry_run"]:
        say(command, event, planned, options, is_done=False)
        return
    if not options["yes"]:
        with command.aside(is_aside=options["json"]):
            say(command, event, planned, options | {"json": False}, is_done=False)
    command.agree(f"Cancel {event.slug}?", is_agreed=options["yes"])
    try:
        done = cancel(event, note, by, agreed_to=None if options["yes"] else planned.agreed_to)
    except Otherwise as changed:
        raise CommandError("The event has changed meanwhile. Nothing was done.") from changed
    say(command, event, done, options, is_done=True)


def clean(note: str) -> str:
    cleaned = str(LinesField(required=False).clean(note.replace("\0", ""))).strip()
    if len(cleaned) > MAX_NOTE:
        raise CommandError(f"The note has {len(cleaned)} characters; {MAX_NOTE} are allowed.")
    return cleaned


def cancel(
    event: Event,
    note: str,
    by: User | None,
    *,
    is_tried: bool = False,
    agreed_to: tuple[str, ...] | None = None,
) -> Cancelled:
    """Cancel it, and undo that if it is only tried: what is said is what would happen.

    Raises `Otherwise` if it would do something else than what was agreed to.
    """
    try:
        with transaction.atomic():
            done = _cancel(event.pk, note, by)
            if agreed_to not in (None, done.agreed_to):
                raise Otherwise
            transaction.set_rollback(is_tried)
    except Event.DoesNotExist as error:
        raise CommandError(f"{event.slug} was deleted meanwhile.") from error
    return done


def _cancel(pk: int, note: str, by: User | None) -> Cancelled:
    last = effects_on_people.last_message()
    before = event_edits.begin(pk)
    event = Event.objects.get(pk=pk)
    if event.is_cancelled:
        raise CommandError(f"{event.slug} is cancelled already.")
    event.status = Event.Status.CANCELLED
    event.save()
    followed = event_edits.follow_up(before, note)
    if by is not None:
        text = gettext("Cancelled on the command line.")
        LogEntry.objects.log_actions(by.pk, [event], CHANGE, text, single_object=True)
    event = Event.objects.get(pk=pk)
    found = effects.of_edit(event, before, followed, last)
    return Cancelled(
        tuple(effect.text for effect in found),
        tuple(map(str, found)),
        event.registrations.active().order_by().values("attendee").distinct().count(),
        followed.going_back,
        tuple((each.to_refund, each.currency) for each in totals(event) if each.to_refund),
    )


def say(
    command: StaffCommand, event: Event, done: Cancelled, options: dict[str, Any], *, is_done: bool
) -> None:
    if options["json"]:
        command.say_json(
            {
                "event": event.slug,
                "dry_run": not is_done,
                "people": done.people,
                "payments_going_back": done.going_back,
                "to_refund": [
                    {"amount": amount, "currency": currency} for amount, currency in done.to_refund
                ],
                "effects": list(done.effects),
            }
        )
        return
    for line in done.effects:
        command.stdout.write(f"- {line}")
    people = counted(done.people, "person", "people")
    end = "is cancelled" if is_done else "would be cancelled"
    command.stdout.write(f"{event.slug} {end} for {people} with a place or on the waitlist.")


CANCEL = EventAction(
    "cancel",
    "Cancels an event, as its form in the admin does: everybody is told, and all money goes back. "
    "Asks first, unless --yes is there.",
    (
        "events cancel spring-jam --dry-run",
        'events cancel spring-jam --note "The host is ill." --by mika',
        "events cancel spring-jam --yes --json",
    ),
    add_arguments,
    run,
)
