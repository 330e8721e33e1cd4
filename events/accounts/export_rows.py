"""Rows of the file of one's own data, in the format of docs/export.md: only what is named here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from events.formatting import times
from events.models import Event, Host, Payment

Row = Mapping[str, object]


def at(instant: datetime | None) -> str | None:
    return times.for_machines(instant) if instant else None


def event(row: Any) -> Row | None:
    return title(row.event) if row.event and row.is_event_seen else None


def title(what: Any) -> Row:
    return {"title": str(what), "address": address(what)}


def address(what: Any) -> str | None:
    return f"{settings.SITE_URL}{what.get_absolute_url()}" if what else None


def place(registration: Any) -> Row:
    return {
        "code": str(registration.code),
        "event": event(registration),
        "workshop": registration.workshop.title if registration.workshop else None,
        "status": registration.status,
        "amount": registration.amount,
        "currency": registration.currency,
        "perk": registration.perk_label,
        "registered_at": at(registration.created_at),
        "waitlisted_at": at(registration.waitlisted_at),
        "draw_number": registration.draw_rank,
        "put_first_at": at(registration.promoted_at),
        "overruled": [code for code in registration.overruled.split("+") if code],
        "taken_at": at(registration.taken_at),
        "held_until": at(registration.hold_until),
        "refund_until": at(registration.refund_until),
        "confirmed_at": at(registration.confirmed_at),
        "checked_in_at": at(registration.checked_in_at),
        "left_at": at(registration.left_at),
        "ended_at": at(registration.ended_at),
        "name_is_shown": registration.is_shown,
        "outside_capacity": registration.outside_capacity,
        "early_minutes": registration.early_minutes,
        "skipped_for": [code for code in registration.passed_over_for.split("+") if code],
        "answers": [answer(row) for row in registration.answers.all()],
    }


def answer(row: Any) -> Row:
    return {
        "question": row.asked,
        "answer": row.text,
        "answered_at": at(row.answered_at),
    }


def payment(row: Payment) -> Row:
    return {
        "number": f"{row.pk:06}",
        "place": str(row.registration.code),
        "provider": row.provider,
        "amount": row.amount,
        "currency": row.currency,
        "status": row.status,
        "reason_to_give_back": row.problem,
        "asked_at": at(row.created_at),
        "paid_at": at(row.paid_at),
        "refunds": [gone(refund, refund.finished_at) for refund in row.refunds.all()],
        "disputes": [gone(dispute, dispute.told_at) for dispute in row.disputes.all()],
    }


def gone(row: Any, changed_at: datetime | None) -> Row:
    return {
        "amount": row.amount,
        "currency": row.currency,
        "status": row.status,
        "begun_at": at(row.created_at),
        "changed_at": at(changed_at),
    }


def message(row: Any) -> Row:
    held = row.registration
    return {
        "kind": row.kind,
        "place": str(held.code) if held else None,
        "event": event(row),
        "state": row.state,
        "written_at": at(row.created_at),
        "sent_at": at(row.sent_at),
    }


def invitation(used: Any) -> Row:
    return {
        "event": event(used),
        "workshop": used.workshop.title if used.workshop else None,
        "used_at": at(used.used_at),
    }


def agreement(row: Any) -> Row:
    return {
        "page": {"title": str(row.version.shown_title), "address": address(row.version)},
        "version": row.version.number,
        "digest": row.version.digest,
        "language": row.language,
        "agreed_at": at(row.agreed_at),
        "place": str(row.registration.code) if row.registration else None,
    }


def role(row: Any) -> Row:
    is_seen = row.is_event_seen and row.workshop is not None
    return {
        "event": event(row),
        "workshop": row.workshop.title if is_seen else None,
        "kind": row.kind,
        "name_is_shown": row.is_shown,
        "outside_capacity": row.outside_capacity,
        "early_minutes": row.early_minutes,
        "given_at": at(row.created_at),
    }


def follow(row: Any) -> Row:
    host = title(row.host) if row.host else None
    return {"host": host, "event": event(row), "since": at(row.created_at)}


def block(row: Any) -> Row:
    return {
        "neos_id": row.neos_id,
        "whole_site": row.event_id is None,
        "event": event(row),
        "since": at(row.created_at),
    }


def announcement(row: Any) -> Row:
    return {
        "event": event(row),
        "to": row.audience,
        "texts": row.texts,
        "written_at": at(row.created_at),
        "sent_at": at(row.sent_at),
    }


def organized(what: Event | Host) -> Row:
    return {"kind": "host" if isinstance(what, Host) else "event", **title(what)}
