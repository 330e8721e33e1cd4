"""`manage.py door_keys list`, and how its other actions find and show a key."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events.formatting import text, times
from events.models import DoorKey, Event

from .arguments import StaffCommand, add_event, add_json, columns_of, find_event
from .event_action import EventAction

HEADINGS = ("number", "name", "for", "state", "good until", "last used", "notes who came")


def add_arguments(parser: CommandParser) -> None:
    add_event(parser)
    add_json(parser)


def run(command: StaffCommand, options: dict[str, Any]) -> None:
    event, now = find_event(options["event"]), timezone.now()
    keys = list(keys_of(event))
    if options["json"]:
        command.say_json([facts(key, now) for key in keys])
        return
    if not keys:
        command.stdout.write(f"{event.slug} has no door key.")
        return
    for line in columns_of([HEADINGS, *(cells(key, now) for key in keys)]):
        command.stdout.write(line)


def keys_of(event: Event) -> list[DoorKey]:
    """Return the keys of the event, the oldest first."""
    found = list(event.door_keys.select_related("workshop", "created_by").order_by("pk"))
    for key in found:
        key.event = event
    return found


def find_key(event: Event, typed: str) -> DoorKey:
    """Find a key by its number, or by the name that one key has which was not revoked.

    Raises `CommandError`.
    """
    keys, name = keys_of(event), text.clean_line(typed)
    numbered = [key for key in keys if typed == str(key.pk)]
    named = [key for key in keys if key.label == name and key.revoked_at is None]
    working = [key for key in named if key.is_good_at(timezone.now())]
    found = numbered or working or named
    if not found:
        raise CommandError(f"{event.slug} has no door key {typed!r}. Look with: door_keys list")
    if len(found) > 1:
        numbers = ", ".join(str(key.pk) for key in found)
        raise CommandError(f"Several keys have this name. Say which by its number: {numbers}")
    return found[0]


def state_of(key: DoorKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "works" if key.is_good_at(now) else "expired"


def until(instant: datetime | None, zone: ZoneInfo) -> str:
    return times.in_words(instant, zone) if instant else "it is revoked"


def cells(key: DoorKey, now: datetime) -> list[object]:
    zone = key.event.zone
    used = times.in_words(key.last_used_at, zone) if key.last_used_at else "never"
    notes = "yes" if key.may_check_in else "no"
    place = "the event" if key.workshop is None else key.workshop.slug
    ends = until(key.revoked_at or key.expires_at, zone)
    return [key.pk, key.label, place, state_of(key, now), ends, used, notes]


def why_ended(key: DoorKey) -> str:
    """Say when a key ended that cannot be rotated or revoked any more."""
    row = DoorKey.objects.filter(pk=key.pk).first()
    if row is None:
        return "The key was deleted meanwhile. Nothing was changed."
    verb = "was revoked" if row.revoked_at else "ended"
    ended_at = row.revoked_at or row.expires_at
    if ended_at is None or ended_at > timezone.now():
        return "The key does not work any more. Nothing was changed."
    when = times.in_words(ended_at, key.event.zone)
    return f"The key {verb} on {when}. Nothing was changed."


def facts(key: DoorKey, now: datetime) -> dict[str, object]:
    by = key.created_by
    return {
        "number": key.pk,
        "name": key.label,
        "event": key.event.slug,
        "workshop": None if key.workshop is None else key.workshop.slug,
        "state": state_of(key, now),
        "may_check_in": key.may_check_in,
        "created_at": key.created_at,
        "created_by": None if by is None else by.get_username(),
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }


LIST = EventAction(
    "list",
    "Prints the keys of an event: never the secrets, which nobody can read again.",
    ("door_keys list spring-jam", "door_keys list spring-jam --json"),
    add_arguments,
    run,
)
