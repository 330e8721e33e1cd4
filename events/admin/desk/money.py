"""The money of one event: its sums, and all payments."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.admin import shown
from events.admin.money_words import provider_name
from events.formatting import money
from events.models import Event, Payment, Registration
from events.payments.totals import Totals, payments_of, totals

ROWS_PER_PAGE = 200


@require_safe
def money_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    rows = Paginator(payments_of(event), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    of_event = Payment.objects.filter(registration__event=event)
    context = frame | {
        "title": _("Money"),
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
