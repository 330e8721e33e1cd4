"""Find out which doors need another key, before people stand before them."""

from datetime import datetime

from django.utils.translation import gettext, ngettext

from events.formatting import text, times
from events.models import DoorKey, Event

from . import addresses
from .need import CHANGE_EVENT, Need, counted


def keys_of_doors(event: Event, now: datetime) -> Need | None:
    """Return the more urgent of both needs. They read the same rows."""
    last = _last_keys(event, now)
    return _doors_without_key(event, last, now) or _keys_that_end(event, last, now)


def _doors_without_key(event: Event, last: list[DoorKey], now: datetime) -> Need | None:
    """Name the places whose last key has expired before their end: nobody gets in there."""
    open_at = {key.workshop_id for key in last if key.is_good_at(now)}
    gone = [key for key in last if key.workshop_id not in open_at]
    if not gone:
        return None
    sentence = gettext("The key of a door has expired: the world there lets nobody in.")
    details = tuple(_named(key) for key in gone)
    step, address = gettext("See the keys"), addresses.page(event, "door")
    return Need(sentence, step, address, details, CHANGE_EVENT)


def _keys_that_end(event: Event, last: list[DoorKey], now: datetime) -> Need | None:
    """Count the keys that end before their place does."""
    good = [key for key in last if key.is_good_at(now)]
    ending = [key for key in good if key.expires_at and key.expires_at < key.bookable.ends_at]
    sentence = ngettext(
        "%(n)d door key ends before the event does.",
        "%(n)d door keys end before the event does.",
        len(ending),
    )
    details = tuple(_named(key) for key in ending)
    step, address = gettext("See the keys"), addresses.page(event, "door")
    return counted(len(ending), sentence, step, address, details=details, permission=CHANGE_EVENT)


def _last_keys(event: Event, now: datetime) -> list[DoorKey]:
    """Return the key that works longest of each name, of places that are not over.

    A rotated key ends on purpose: the one that took its place has the same name.
    """
    if event.is_cancelled or event.has_ended(now):
        return []
    rows = event.door_keys.filter(revoked_at=None).select_related("workshop")
    last: dict[tuple[int | None, str], DoorKey] = {}
    for key in sorted(rows.order_by("pk"), key=_ends_at):
        key.event = event
        last[key.workshop_id, key.label] = key
    return [key for key in last.values() if not key.bookable.has_ended(now)]


def _ends_at(key: DoorKey) -> tuple[bool, datetime]:
    return key.expires_at is None, key.expires_at or key.created_at


def _named(key: DoorKey) -> str:
    when = times.in_words(key.expires_at, key.event.zone) if key.expires_at else ""
    return gettext("%(label)s, for %(title)s: %(when)s") % {
        "label": text.quoted(key.label),
        "title": text.quoted(key.bookable.title),
        "when": when,
    }
