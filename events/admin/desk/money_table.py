"""All payments of one event as a CSV file."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from defusedcsv import csv  # type: ignore[import-untyped]  # it has no types
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from events.formatting import money, times
from events.models import Dispute, Event
from events.models.attendee import name_of
from events.models.payment import PaymentQuerySet
from events.payments.totals import payments_of

ROWS_IN_MEMORY = 2_000
LINES_AT_ONCE = 500
COLUMNS = (
    "payment",
    "registration",
    "name",
    "neos_id",
    "for",
    "status",
    "problem",
    "amount",
    "currency",
    "provider",
    "reference",
    "recorded_by",
    "note",
    "created",
    "received",
    "given_back",
    "dispute",
)
#: The first sign of a file that spreadsheets read as UTF-8.
BYTE_ORDER_MARK = "\ufeff"
#: Spreadsheets in East Asia read these like = + - @, which `csv` escapes by itself.
WIDE_SIGNS = ("\uff1d", "\uff0b", "\uff0d", "\uff20")

#: What the cells are made of, in the order of `_cells`.
SOURCES = (
    *("pk", "registration__code", "registration__attendee__display_name"),
    *("registration__attendee__neos_username", "registration__attendee__user__username"),
    *("registration__attendee__neos_id", "registration__workshop__title", "status", "problem"),
    *("amount", "currency", "provider", "reference", "recorded_by__username", "note"),
    *("created_at", "paid_at", "gone"),
)


@require_safe
def money_table(_request: HttpRequest, event: Event, _frame: object) -> StreamingHttpResponse:
    """Stream the rows as UTF-8, because memory may not hold all of them."""
    name = content_disposition_header(as_attachment=True, filename=f"money-{event.slug}.csv")
    return StreamingHttpResponse(
        table(payments_of(event), event),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name or ""},
    )


class _Line:
    """A file for `csv.writer` that returns each line instead of storing it."""

    def write(self, line: str) -> str:
        return line


def table(payments: PaymentQuerySet, event: Event) -> Iterator[str]:
    """Yield CSV, some hundred lines at a time. No cell of it is a formula to a spreadsheet.

    The rows are read as values: objects would take three times as long.
    """
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    disputes = _disputes(event)
    rows = payments.with_gone().values_list(*SOURCES).iterator(ROWS_IN_MEMORY)
    lines = (writer.writerow(_cells(row, event, disputes.get(row[0], ""))) for row in rows)
    while text := "".join(islice(lines, LINES_AT_ONCE)):
        yield text


def _disputes(event: Event) -> dict[int, str]:
    """Return the states of each payment's disputes; few payments have any."""
    found: dict[int, str] = {}
    q = Dispute.objects.filter(payment__registration__event=event).order_by("pk")
    for pk, status in q.values_list("payment", "status"):
        found[pk] = f"{found[pk]} {status}" if pk in found else status
    return found


def _cells(row: tuple[Any, ...], event: Event, disputes: str) -> list[object]:
    pk, code, display_name, neos_name, username, neos_id, workshop, status, problem, *rest = row
    amount, currency, provider, reference, recorded_by, note, created_at, paid_at, gone = rest
    return [
        pk,
        code,
        _text(name_of(display_name, neos_name, username)),
        _text(neos_id or ""),
        _text(workshop or event.title),
        status,
        problem,
        money.typed_amount(amount, currency),
        currency,
        provider,
        _text(reference),
        _text(recorded_by or ""),
        _text(note),
        _instant(created_at),
        _instant(paid_at),
        money.typed_amount(min(gone, amount), currency),
        disputes,
    ]


def _text(text: str) -> str:
    """Put text on one line, without leading blanks: a formula could hide behind them."""
    if not text:
        return ""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(WIDE_SIGNS) else line


def _instant(instant: datetime | None) -> str:
    return times.for_machines(instant.replace(microsecond=0)) if instant else ""
