"""All that the site knows about a person as one file, in the format of docs/export.md.

Only rows of the person's own are read, and of each only the fields that are named here: no secret,
no words of organizers, nobody else's name.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from events.access.agreements import agreements_of
from events.models import Attendee, Block, Event, Follow, MutedTopic, Payment, Role

from . import export_rows
from .export_rows import Row
from .second_factor import devices, recovery

FORMAT, VERSION = "eventsite-account", 1
BATCH = 500  # rows that are in memory at a time


def write(attendee: Attendee, now: datetime) -> Iterator[str]:
    """Yield the file piece by piece, so that a long history needs no more memory than a short."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "site": settings.SITE_URL,
        "made_at": export_rows.at(now),
    }
    yield "{\n" + ",\n".join(_member(name, value) for name, value in head.items())
    for name, value in facts(attendee).items():
        yield ",\n" + _member(name, value)
    for name, rows in lists(attendee).items():
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


# --- The person ----------------------------------------------------------------------------------


def facts(attendee: Attendee) -> dict[str, Row]:
    """Return what there is once, by section of the file."""
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
        "email_confirmed_at": export_rows.at(attendee.email_confirmed_at),
        "new_email": attendee.pending_email,
        "time_zone": str(attendee.time_zone or ""),
        "language": attendee.language,
        "has_password": user.has_usable_password(),
        "is_organizer": user.is_staff,
        "joined_at": export_rows.at(user.date_joined),
        "last_sign_in_at": export_rows.at(user.last_login),
        "picture": export_rows.address(attendee.picture),
    }


def _second_factor(user: User) -> Row:
    """Say that there is one, without its key and codes."""
    app = devices.app_of(user)
    return {
        "set_up_at": export_rows.at(app.created_at) if app else None,
        "last_used_at": export_rows.at(app.last_used_at) if app else None,
        "recovery_codes": recovery.count(user),
    }


def _neos(attendee: Attendee) -> Row:
    return {
        "platform": attendee.platform,
        "id": attendee.neos_id,
        "name": attendee.neos_username,
        "picture_id": attendee.neos_icon,
        "registered_at": export_rows.at(attendee.neos_registered_at),
        "email_verified": attendee.neos_email_verified,
        "locked": attendee.neos_locked,
        "banned_until": export_rows.at(attendee.neos_banned_until),
        "badges": attendee.neos_tags,
        "last_checked_at": export_rows.at(attendee.verified_at),
        "former_ids": [former.neos_id for former in attendee.former_neos_ids.order_by("pk")],
    }


def _patreon(attendee: Attendee) -> Row:
    return {
        "known": attendee.patreon_known,
        "supporter": attendee.patreon_supporter,
        "monthly_cents": attendee.patreon_cents,
        "total_cents": attendee.patreon_total_cents,
        "counts_until": export_rows.at(attendee.patreon_until),
    }


# --- Rows of the person's own --------------------------------------------------------------------


def lists(attendee: Attendee) -> dict[str, Iterable[Row]]:
    """Return rows by section of the file. They are read while somebody goes through them."""
    user = attendee.user
    places = attendee.registrations.select_related("workshop").prefetch_related("answers")
    messages = attendee.notifications.select_related("registration")
    invitations = attendee.used_invitations.select_related("workshop")
    return {
        "places": map(export_rows.place, _iterate(_with_sight(places, user))),
        "payments": map(export_rows.payment, _iterate(payments_of(attendee))),
        "messages": map(export_rows.message, _iterate(_with_sight(messages, user))),
        "invitations": map(export_rows.invitation, _iterate(_with_sight(invitations, user))),
        "agreements": map(export_rows.agreement, agreements_of(attendee)),
        "roles": map(
            export_rows.role, _iterate(_with_sight(attendee.roles.select_related("workshop"), user))
        ),
        "follows": map(export_rows.follow, _iterate(_with_sight(follows_of(attendee), user))),
        "unwanted_mails": ({"kind": topic} for topic in unwanted_mails_of(attendee)),
        "blocks": map(export_rows.block, _iterate(_with_sight(blocks_of(attendee), user))),
        "announcements": map(
            export_rows.announcement, _iterate(_with_sight(user.announcements.all(), user))
        ),
        "columns": user.export_columns.order_by("kind").values("kind", "columns"),
        "organizes": map(
            export_rows.organized,
            chain(_iterate(user.organized_events.all()), _iterate(user.hosts.all())),
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
