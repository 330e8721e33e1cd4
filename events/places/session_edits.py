"""Consequences of an edit for people who know the link into the session.

Nobody is told of a link while its event is cancelled, and a moved event may get another one before
it opens again. So the link that people saw last stays on the event while no page shows it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from events.messages import sessions
from events.models import Event, Registration

from .before_edit import Before


@dataclass(frozen=True, slots=True)
class Seen:
    """A link that people with a place could see, and until when; nothing if nobody could."""

    address: str = ""
    at: datetime | None = None


def tell_other_session(event: Event, before: Before, now: datetime, note: str) -> None:
    """Tell people who know another link than the present one; a link that nobody has seen yet is
    told in its time. The caller has the event's lock.
    """
    seen = _seen(event, before, now)
    if event.is_published and not event.has_ended(now):
        is_other = event.session_url != before.session_url
        is_unknown = seen.address not in ("", event.session_url)
        if is_unknown or (is_other and not seen.address):
            _tell(event, before, now, note)
            seen = Seen()
    _remember(event, Seen() if _is_open(event, now) else seen)


def _tell(event: Event, before: Before, now: datetime, note: str) -> None:
    was_shown = bool(before.session_url) and before.is_published
    opened_at = before.session_opens_at if was_shown else None
    people = sessions.who_saw_the_link(
        event, opened_at=opened_at, seen_at=before.seen_session_at, now=now
    )
    sessions.tell(people, changed_at=now, note=note)


def _seen(event: Event, before: Before, now: datetime) -> Seen:
    """Return the link that was shown up to this edit, or else the one that is remembered."""
    if not (before.session_url and before.is_published and _had_opened(event, before, now)):
        return Seen(before.seen_session_url, before.seen_session_at)
    return Seen(before.session_url, min(now, before.plans[None].ends_at))


def _had_opened(event: Event, before: Before, now: datetime) -> bool:
    """Return whether anybody could see the link: a role may show it to its person earlier."""
    if before.session_opens_at <= now:
        return True
    inside = event.registrations.filter(workshop=None, status=Registration.Status.CONFIRMED)
    early = inside.aggregate(early=Max("early_minutes"))["early"] or 0
    return before.session_opens_at - timedelta(minutes=early) <= now


def _is_open(event: Event, now: datetime) -> bool:
    """Return whether everybody with a place sees the link: then it needs no remembering."""
    is_time = event.session_opens_at <= now < event.ends_at
    return bool(event.session_url) and event.is_published and is_time


def _remember(event: Event, seen: Seen) -> None:
    if (event.seen_session_url, event.seen_session_at) != (seen.address, seen.at):
        event.seen_session_url, event.seen_session_at = seen.address, seen.at
        row = Event.objects.filter(pk=event.pk)
        row.update(seen_session_url=seen.address, seen_session_at=seen.at)
