"""All that the site knows about a person as one file, in the format of docs/export.md.

Only rows of the person's own are read, and of each only the fields that are named here: no secret,
no words of organizers, nobody else's name.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from events.formatting import times
from events.models import Attendee, Block, Event, Follow, Host, MutedTopic, Payment, Role

from .second_factor import devices, recovery

FORMAT, VERSION = "eventsite-account", 1
BATCH = 500  # rows that are in memory at a time
Row = Mapping[str, object]


def write(attendee: Attendee, now: datetime) -> Iterator[str]:
    """Yield the file piece by piece, so that a long history needs no more memory than a short."""
    head = {"format": FORMAT, "version": VERSION, "site": settings.SITE_URL, "made_at": _at(now)}
    yield "{\n" + ",\n".join(_member(name, value) for name, value in head.items())
    for name, value in _facts(attendee).items():
        yield ",\n" + _member(name, value)
    for name, rows in _lists(attendee).items():
        yield f",\n{_json(name)}: ["
        yield from _items(rows)
        yield "]"
    yield "\n}\n"


def _items(rows: Iterable[Row]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield (",\n  " if number else "\n  ") + _json(row)


def _member(name: str, value: object) -> str:
    return f"{_json(name)}: {_json(value)}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _at(instant: datetime | None) -> str | None:
    return times.for_machines(instant) if instant else None


# --- The person ----------------------------------------------------------------------------------


def _facts(attendee: Attendee) -> dict[str, Row]:
    return {
        "account": _account(attendee),
        "second_factor": _second_factor(attendee.user),
        "neos": _neos(attendee),
        "patreon": _patreon(attendee),
    }


def _account(attendee: Attendee) -> Row:
    user = attendee.user
    return {
        "user_name": user.get_username(),
        "display_name": attendee.display_name,
        "email": user.email,
        "email_confirmed_at": _at(attendee.email_confirmed_at),
        "new_email": attendee.pending_email,
        "time_zone": str(attendee.time_zone or ""),
        "language": attendee.language,
        "has_password": user.has_usable_password(),
        "is_organizer": user.is_staff,
        "joined_at": _at(user.date_joined),
        "last_sign_in_at": _at(user.last_login),
        "picture": _address(attendee.picture),
    }


def _second_factor(user: User) -> Row:
    """Say that there is one, without its key and codes."""
    app = devices.app_of(user)
    return {
        "set_up_at": _at(app.created_at) if app else None,
        "last_used_at": _at(app.last_used_at) if app else None,
        "recovery_codes": recovery.count(user),
    }


def _neos(attendee: Attendee) -> Row:
    return {
        "id": attendee.neos_id,
        "name": attendee.neos_username,
        "picture_id": attendee.neos_icon,
        "registered_at": _at(attendee.neos_registered_at),
        "email_verified": attendee.neos_email_verified,
        "locked": attendee.neos_locked,
        "banned_until": _at(attendee.neos_banned_until),
        "badges": attendee.neos_tags,
        "last_checked_at": _at(attendee.verified_at),
        "former_ids": [former.neos_id for former in attendee.former_neos_ids.order_by("pk")],
    }


def _patreon(attendee: Attendee) -> Row:
    return {
        "known": attendee.patreon_known,
        "supporter": attendee.patreon_supporter,
        "monthly_cents": attendee.patreon_cents,
        "total_cents": attendee.patreon_total_cents,
        "counts_until": _at(attendee.patreon_until),
    }


# --- Rows of the person's own --------------------------------------------------------------------


def _lists(attendee: Attendee) -> dict[str, Iterable[Row]]:
    user = attendee.user
    places = attendee.registrations.select_related("workshop").prefetch_related("answers")
    messages = attendee.notifications.select_related("registration")
    invitations = attendee.used_invitations.select_related("workshop")
    return {
        "places": map(_place, _iterate(_with_sight(places, user))),
        "payments": map(_payment, _iterate(payments_of(attendee))),
        "messages": map(_message, _iterate(_with_sight(messages, user))),
        "invitations": map(_invitation, _iterate(_with_sight(invitations, user))),
        "roles": map(_role, _iterate(_with_sight(attendee.roles.select_related("workshop"), user))),
        "follows": map(_follow, _iterate(_with_sight(follows_of(attendee), user))),
        "unwanted_mails": ({"kind": topic} for topic in unwanted_mails_of(attendee)),
        "blocks": map(_block, _iterate(_with_sight(blocks_of(attendee), user))),
        "announcements": map(_announcement, _iterate(_with_sight(user.announcements.all(), user))),
        "columns": user.export_columns.order_by("kind").values("kind", "columns"),
        "organizes": map(
            _organized, chain(_iterate(user.organized_events.all()), _iterate(user.hosts.all()))
        ),
    }


def unwanted_mails_of(attendee: Attendee) -> QuerySet[MutedTopic, str]:
    return attendee.muted_topics.order_by("topic").values_list("topic", flat=True)


def payments_of(attendee: Attendee) -> QuerySet[Payment]:
    q = Payment.objects.filter(registration__attendee=attendee)
    return q.select_related("registration").prefetch_related("refunds", "disputes")


def blocks_of(attendee: Attendee) -> QuerySet[Block]:
    """Return blocks of the ids that the person has or had at Neos, of events that they may see."""
    former = attendee.former_neos_ids.values_list("neos_id", flat=True)
    own: QuerySet[Block] = Block.objects.filter(
        neos_id__in={*former, attendee.neos_id or ""} - {""}
    )
    visible = Event.objects.visible_to(attendee.user)
    return own.filter(Q(event=None) | Q(event__in=visible))


def roles_of(attendee: Attendee) -> QuerySet[Role]:
    visible = Event.objects.visible_to(attendee.user)
    q: QuerySet[Role] = attendee.roles.filter(event__in=visible)
    return q.select_related("event", "workshop__event")


def follows_of(attendee: Attendee) -> QuerySet[Follow]:
    visible = Event.objects.visible_to(attendee.user)
    q: QuerySet[Follow] = attendee.follows.select_related("host", "event")
    return q.filter(Q(event=None) | Q(event__in=visible))


def _with_sight(q: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Annotate whether the person may see the event: it may have become a draft."""
    seen = Event.objects.visible_to(user).filter(pk=OuterRef("event"))
    judged: QuerySet[Any] = q.select_related("event").annotate(is_event_seen=Exists(seen))
    return judged


def _iterate(q: QuerySet[Any]) -> Iterator[Any]:
    return q.order_by("pk").iterator(BATCH)


def _event(row: Any) -> Row | None:
    return _title(row.event) if row.event and row.is_event_seen else None


def _title(what: Any) -> Row:
    return {"title": str(what), "address": _address(what)}


def _address(what: Any) -> str | None:
    return f"{settings.SITE_URL}{what.get_absolute_url()}" if what else None


def _place(registration: Any) -> Row:
    return {
        "code": str(registration.code),
        "event": _event(registration),
        "workshop": registration.workshop.title if registration.workshop else None,
        "status": registration.status,
        "amount": registration.amount,
        "currency": registration.currency,
        "perk": registration.perk_label,
        "registered_at": _at(registration.created_at),
        "waitlisted_at": _at(registration.waitlisted_at),
        "draw_number": registration.draw_rank,
        "put_first_at": _at(registration.promoted_at),
        "overruled": [code for code in registration.overruled.split("+") if code],
        "taken_at": _at(registration.taken_at),
        "held_until": _at(registration.hold_until),
        "refund_until": _at(registration.refund_until),
        "confirmed_at": _at(registration.confirmed_at),
        "checked_in_at": _at(registration.checked_in_at),
        "ended_at": _at(registration.ended_at),
        "name_is_shown": registration.is_shown,
        "outside_capacity": registration.outside_capacity,
        "early_minutes": registration.early_minutes,
        "skipped_for": [code for code in registration.passed_over_for.split("+") if code],
        "answers": [_answer(answer) for answer in registration.answers.all()],
    }


def _answer(answer: Any) -> Row:
    return {
        "question": answer.asked,
        "answer": answer.text,
        "answered_at": _at(answer.answered_at),
    }


def _payment(payment: Payment) -> Row:
    return {
        "number": f"{payment.pk:06}",
        "place": str(payment.registration.code),
        "provider": payment.provider,
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status,
        "reason_to_give_back": payment.problem,
        "asked_at": _at(payment.created_at),
        "paid_at": _at(payment.paid_at),
        "refunds": [_gone(refund, refund.finished_at) for refund in payment.refunds.all()],
        "disputes": [_gone(dispute, dispute.told_at) for dispute in payment.disputes.all()],
    }


def _gone(row: Any, changed_at: datetime | None) -> Row:
    return {
        "amount": row.amount,
        "currency": row.currency,
        "status": row.status,
        "begun_at": _at(row.created_at),
        "changed_at": _at(changed_at),
    }


def _message(message: Any) -> Row:
    place = message.registration
    return {
        "kind": message.kind,
        "place": str(place.code) if place else None,
        "event": _event(message),
        "state": message.state,
        "written_at": _at(message.created_at),
        "sent_at": _at(message.sent_at),
    }


def _invitation(used: Any) -> Row:
    return {
        "event": _event(used),
        "workshop": used.workshop.title if used.workshop else None,
        "used_at": _at(used.used_at),
    }


def _role(role: Any) -> Row:
    is_seen = role.is_event_seen and role.workshop is not None
    return {
        "event": _event(role),
        "workshop": role.workshop.title if is_seen else None,
        "kind": role.kind,
        "name_is_shown": role.is_shown,
        "outside_capacity": role.outside_capacity,
        "early_minutes": role.early_minutes,
        "given_at": _at(role.created_at),
    }


def _follow(follow: Any) -> Row:
    host = _title(follow.host) if follow.host else None
    return {"host": host, "event": _event(follow), "since": _at(follow.created_at)}


def _block(block: Any) -> Row:
    return {
        "neos_id": block.neos_id,
        "whole_site": block.event_id is None,
        "event": _event(block),
        "since": _at(block.created_at),
    }


def _announcement(announcement: Any) -> Row:
    return {
        "event": _event(announcement),
        "to": announcement.audience,
        "texts": announcement.texts,
        "written_at": _at(announcement.created_at),
        "sent_at": _at(announcement.sent_at),
    }


def _organized(what: Event | Host) -> Row:
    return {"kind": "host" if isinstance(what, Host) else "event", **_title(what)}
