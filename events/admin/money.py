"""The money of one event: sums and all payments as a page, all payments as a CSV file."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from defusedcsv import csv  # type: ignore[import-untyped]  # it has no types
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.formatting import money, times
from events.models import Dispute, Event, Payment, Registration
from events.models.attendee import name_of
from events.models.payment import PaymentQuerySet
from events.payments.totals import Totals, payments_of, totals

from . import shown
from .money_words import provider_name

ROWS_PER_PAGE = 200
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


class MoneyPages(admin.ModelAdmin[Any]):
    """Add the two pages to the event's admin, and the links to them."""

    def get_urls(self) -> list[URLPattern]:
        page, table = map(self.admin_site.admin_view, (self.money_page, self.money_table))
        return [
            path("<path:object_id>/money/", page, name="events_event_money"),
            path("<path:object_id>/money.csv", table, name="events_event_money_csv"),
            *super().get_urls(),
        ]

    @admin.display(description=_("money"))
    def money(self, event: Event) -> SafeString:
        address = reverse("admin:events_event_money", args=[event.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Money"))

    @method_decorator(require_safe)
    def money_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event = self._own_or_404(request, object_id)
        rows = Paginator(payments_of(event), ROWS_PER_PAGE).get_page(request.GET.get("page"))
        of_event = Payment.objects.filter(registration__event=event)
        context = self.admin_site.each_context(request) | {
            "title": _("Money"),
            "opts": self.opts,
            "event": event,
            "sums": [_format_totals(line) for line in totals(event)],
            "page": rows,
            "rows": [(payment, _format_payment(payment, event)) for payment in rows],
            "undecided": of_event.undecided().count(),
            "undecided_at": _list_address("payment", event=event.pk, task="person"),
            "due_at": _list_address(
                "registration",
                event__id__exact=event.pk,
                status__exact=Registration.Status.AWAITING_PAYMENT.value,
            ),
        }
        return TemplateResponse(request, "admin/events/event/money.html", context)

    @method_decorator(require_safe)
    def money_table(self, request: HttpRequest, object_id: str) -> StreamingHttpResponse:
        """Stream the rows as UTF-8, because memory may not hold all of them."""
        event = self._own_or_404(request, object_id)
        lines = table(payments_of(event), event)
        name = f"money-{event.slug}.csv"
        headers = {
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name)
            or ""
        }
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)

    def _own_or_404(self, request: HttpRequest, object_id: str) -> Event:
        """Return the event; one of another organizer looks like one that does not exist."""
        if not request.user.has_perms(["events.view_event", "events.view_payment"]):
            raise PermissionDenied
        event: Event | None = self.get_object(request, object_id)
        if event is None:
            raise Http404
        return event


def _list_address(model: str, **query: object) -> str:
    return f"{reverse(f'admin:events_{model}_changelist')}?{urlencode(query)}"


def _format_totals(line: Totals) -> list[str]:
    amounts = (
        *(line.due, line.paid, line.to_refund),
        *(line.held, line.refunded, line.disputed),
    )
    return [line.currency, *(money.format_amount(each, line.currency) for each in amounts)]


def _format_payment(payment: Payment, event: Event) -> dict[str, str]:
    return {
        "person": shown.person(payment.registration.attendee),
        "amount": money.format_amount(payment.amount, payment.currency),
        "state": shown.state_of_money(payment),
        "provider": provider_name(payment.provider),
        "created": shown.moment(payment.created_at, event.zone),
        "received": shown.moment(payment.paid_at, event.zone),
        "address": reverse("admin:events_payment_change", args=[payment.pk]),
    }


# --- The table -----------------------------------------------------------------------------------


#: What the cells are made of, in the order of `_cells`.
SOURCES = (
    *("pk", "registration__code", "registration__attendee__display_name"),
    *("registration__attendee__neos_username", "registration__attendee__user__username"),
    *("registration__attendee__neos_id", "registration__workshop__title", "status", "problem"),
    *("amount", "currency", "provider", "reference", "recorded_by__username", "note"),
    *("created_at", "paid_at", "gone"),
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
