"""All payments of an event, as its ledger has them."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from events.models import Dispute, Event
from events.models.attendee import name_of
from events.payments.totals import payments_of

from .table import ROWS_IN_MEMORY, Column, Money, Row, Table, plain

NAMES = (
    *("registration__attendee__display_name", "registration__attendee__neos_username"),
    "registration__attendee__user__username",
)
TITLES = ("registration__workshop__title", "registration__event__title")

COLUMNS = (
    plain("payment", _("payment"), "pk"),
    Column(
        *("registration", _("registration code"), ("registration__code",)),
        lambda row: str(row["registration__code"]),
    ),
    Column("name", _("attendee"), NAMES, lambda row: name_of(*(row[name] for name in NAMES))),
    plain("neos_id", _("Neos id"), "registration__attendee__neos_id"),
    Column("for", _("event or workshop"), TITLES, lambda row: row[TITLES[0]] or row[TITLES[1]]),
    plain("status", _("status"), "status"),
    plain("problem", _("reason for refund"), "problem"),
    Column(
        *("amount", _("amount"), ("amount", "currency")),
        lambda row: Money(row["amount"], row["currency"]),
    ),
    plain("currency", _("currency"), "currency"),
    plain("provider", _("provider"), "provider"),
    plain("reference", _("reference"), "reference"),
    plain("recorded_by", _("recorded by"), "recorded_by__username"),
    plain("note", _("note"), "note"),
    plain("created", _("recorded"), "created_at"),
    plain("received", _("received"), "paid_at"),
    Column(
        *("given_back", _("given back"), ("gone", "amount", "currency")),
        lambda row: Money(min(row["gone"], row["amount"]), row["currency"]),
    ),
    Column("dispute", _("dispute"), ("pk",), lambda row: row["dispute"]),
)


def read(event: Event, sources: Sequence[str]) -> Iterator[Row]:
    disputes = _disputes(event)
    rows = payments_of(event).with_gone().values(*{"pk", *sources})
    for row in rows.iterator(ROWS_IN_MEMORY):
        yield row | {"dispute": disputes.get(row["pk"], "")}


def _disputes(event: Event) -> dict[int, str]:
    """Return the states of each payment's disputes; few payments have any."""
    found: dict[int, str] = {}
    q = Dispute.objects.filter(payment__registration__event=event).order_by("pk")
    for pk, status in q.values_list("payment", "status"):
        found[pk] = f"{found[pk]} {status}" if pk in found else status
    return found


PAYMENTS = Table("payments", _("Payments"), "events.view_payment", COLUMNS, read)
