"""Look for work that should have been done: housekeeping does it, and may not be running."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone, translation

from events.formatting import times
from events.health.reasons import find_reasons
from events.health.words import REASONS
from events.models import (
    Announcement,
    Event,
    Notice,
    Notification,
    PasswordResetRequest,
    Registration,
)

from .finding import Asked, Finding, ok, problem, warning

WORK, DEAD, READY = "late work", "dead letters", "readiness"
#: Housekeeping comes by every few seconds; a server that is away delays one round.
PATIENCE = timedelta(minutes=10)
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Late:
    """So many of something are due since `oldest`."""

    what: str
    number: int
    oldest: datetime

    def __str__(self) -> str:
        return f"{self.what}: {self.number}, the oldest since {times.in_words(self.oldest, UTC)}"


def check_late_work(_asked: Asked) -> Iterator[Finding]:
    late = [one for one in late_work(timezone.now()) if one is not None]
    for one in late:
        step = "Start `manage.py housekeeping --loop 20` as a service, and look at its log."
        yield problem(WORK, f"{one}.", step)
    if not late:
        yield ok(WORK, "Nothing waits longer than it should.")


def late_work(now: datetime) -> Iterator[Late | None]:
    since = now - PATIENCE
    # Only `created_at` says since when a message waits that was never tried.
    messages = Notification.objects.queued().annotate(at=Coalesce("next_try_at", "created_at"))
    yield _late("Messages wait to be sent", messages.filter(at__lte=since), "at")
    asked = PasswordResetRequest.objects.filter(created_at__lte=since)
    yield _late("Requests for new passwords wait", asked, "created_at")
    published = Q(status=Event.Status.PUBLISHED, ends_at__gt=now)
    draws = Event.objects.filter(published, drawn_at=None, draw_at__lte=since)
    yield _late("Draws were not held", draws, "draw_at")
    held = Registration.objects.lapsed(since).filter(
        event__status=Event.Status.PUBLISHED, event__ends_at__gt=now
    )
    yield _late("Unpaid places have not been given on", held, "hold_until")
    notices = Notice.objects.filter(processed_at=None, received_at__lte=since)
    yield _late("Notices of the payment provider were not processed", notices, "received_at")
    sent = Announcement.objects.unfinished().filter(includes_later=False, sent_at__lte=since)
    yield _late("Messages of organizers have not reached everybody", sent, "sent_at")


def _late(what: str, rows: QuerySet[Any], instant: str) -> Late | None:
    number = rows.order_by().count()
    oldest = rows.order_by().aggregate(oldest=Min(instant))["oldest"] if number else None
    return Late(what, number, oldest) if oldest else None


def check_readiness(asked: Asked) -> Iterator[Finding]:
    """Take what `/readyz` has against a deployed site as problems: a site on which periodic work
    was never started has nothing late yet.
    """
    if not asked.is_deployed:
        return
    reasons = find_reasons(timezone.now())
    with translation.override("en"):
        for reason in reasons:
            what, step = REASONS[reason]
            yield problem(READY, f"{reason}: {what}", str(step))
    if not reasons:
        yield ok(READY, "/readyz has nothing to say against this site.")


def check_dead_letters(_asked: Asked) -> Iterator[Finding]:
    number = Notification.objects.dead(timezone.now()).count()
    if number:
        step = "Look at them in the admin under Messages; staff can send them again."
        yield warning(DEAD, f"Messages that were not delivered: {number}.", step)
    else:
        yield ok(DEAD, "Every message was delivered, or is on its way.")
