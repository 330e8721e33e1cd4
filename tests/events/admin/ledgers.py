"""Rows of the ledger, and the pages of an event that show them."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.test import Client

from events.models import Event, Payment, Refund
from tests.factories import NOON, make_attendee
from tests.lines import register

from .pages import EVENTS, read

Rows = list[dict[str, str]]


def make_payment(event: Event, name: str = "Guest", **fields: Any) -> Payment:
    """Money that came through the sandbox and has to go back, because it came twice."""
    attendee = make_attendee(neos_id=f"U-{name}", neos_username=name)
    defaults: dict[str, Any] = {
        "provider": "sandbox",
        "reference": f"cs-{name}",
        "intent": f"pi-{name}",
        "amount": 500,
        "currency": "EUR",
        "status": "refund_due",
        "problem": "twice",
        "created_at": NOON,
        "paid_at": NOON,
    }
    return Payment.objects.create(registration=register(attendee, event), **defaults | fields)


def make_refund(payment: Payment, **fields: Any) -> Refund:
    defaults: dict[str, Any] = {
        "key": f"refund-{payment.pk}-{payment.refunds.count() + 1}",
        "amount": payment.amount,
        "currency": payment.currency,
        "status": "failed",
        "created_at": NOON,
        "finished_at": NOON,
    }
    return Refund.objects.create(payment=payment, **defaults | fields)


def make_money(event: Event, **fields: Any) -> Payment:
    """Money that was arranged by hand and stays; it came twice if it goes back."""
    attendee = fields.pop("attendee", None) or make_attendee()
    status = fields.get("status", "paid")
    defaults: dict[str, Any] = {
        "provider": "manual",
        "amount": 500,
        "currency": "EUR",
        "status": "paid",
        "problem": "" if status in {"paid", "open", "failed"} else "twice",
        "created_at": NOON,
    }
    return Payment.objects.create(registration=register(attendee, event), **defaults | fields)


def at(event: Event, tail: str = "money/") -> str:
    return f"{EVENTS}{event.pk}/{tail}"


def body(response: HttpResponse) -> str:
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def table(browser: Client, event: Event) -> Rows:
    text = body(browser.get(at(event, "money.csv"))).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cells(response: HttpResponse, table_id: str) -> list[list[str]]:
    body = read(response).first("table", id=table_id).first("tbody")
    return [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]
