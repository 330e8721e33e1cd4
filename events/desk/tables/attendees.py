"""Everybody who has a place at an event or waits for one, once, with their workshops."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from events.models import Attendee, Event, Registration
from events.models.attendee import name_of

from .table import ROWS_IN_MEMORY, Column, Row, Table, plain

NAMES = ("attendee__display_name", "attendee__neos_username", "attendee__user__username")
#: What `Attendee.is_verified` asks.
STANDING = (*("neos_id", "neos_email_verified", "neos_locked", "neos_banned_until", "verified_at"),)
#: A row is the registration at the event itself, with `workshops` beside.
CONFIRMED = Registration.Status.CONFIRMED


def _is_verified(row: Row) -> bool:
    return Attendee(**{name: row[f"attendee__{name}"] for name in STANDING}).is_verified


COLUMNS = (
    Column("name", _("attendee"), NAMES, lambda row: name_of(*(row[name] for name in NAMES))),
    plain("neos_id", _("Neos id"), "attendee__neos_id"),
    plain("neos_name", _("Neos name"), "attendee__neos_username"),
    plain("status", _("status"), "status"),
    Column("workshops", _("workshops"), (), lambda row: row["workshops"]),
    plain("perk", _("perk"), "perk_label"),
    plain("checked_in", _("checked in"), "checked_in_at"),
    Column(
        *("verified", _("verified Neos account")),
        tuple(f"attendee__{name}" for name in STANDING),
        _is_verified,
    ),
    plain("gets_mail", _("messages reach this person"), "gets_mail"),
    Column(
        *("time_zone", _("time zone"), ("attendee__time_zone",)),
        lambda row: str(row["attendee__time_zone"] or ""),
    ),
    plain("registered", _("registered"), "created_at"),
    Column("registration", _("registration code"), ("code",), lambda row: str(row["code"])),
)


def read(event: Event, sources: Sequence[str]) -> Iterator[Row]:
    """Walk along the registrations, those of one person after the other."""
    reaches = Attendee.objects.reachable().filter(pk=OuterRef("attendee"))
    q = event.registrations.active().annotate(gets_mail=Exists(reaches))
    own = ("attendee", "workshop", "workshop__title", "status")
    rows = q.order_by("attendee", "workshop__starts_at", "pk").values(*{*own, *sources})
    for _attendee, group in groupby(rows.iterator(ROWS_IN_MEMORY), itemgetter("attendee")):
        mine = list(group)
        at_event = next((row for row in mine if row["workshop"] is None), mine[0])
        workshops = (_workshop(row) for row in mine if row["workshop"] is not None)
        yield at_event | {"workshops": "; ".join(workshops)}


def _workshop(row: Row) -> str:
    title: str = row["workshop__title"]
    return title if row["status"] == CONFIRMED else f"{title} ({row['status']})"


ATTENDEES = Table("attendees", _("Attendees"), "events.view_attendee", COLUMNS, read)
