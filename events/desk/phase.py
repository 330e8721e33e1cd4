"""Name the phase of an event: it decides which steps come next."""

from datetime import datetime, timedelta
from enum import StrEnum

from events.models import Event

#: From then on an event counts as near: it is time to remind people and to prepare the door.
NEAR = timedelta(hours=24)


class Phase(StrEnum):
    DRAFT = "draft"
    OPEN = "open"  # published, and more than a day ahead, whether or not people can sign up yet
    SOON = "soon"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


def phase_of(event: Event, now: datetime) -> Phase:
    if event.is_draft:
        return Phase.DRAFT
    if event.is_cancelled:
        return Phase.CANCELLED
    if event.has_ended(now):
        return Phase.OVER
    if event.starts_at <= now:
        return Phase.RUNNING
    return Phase.SOON if event.starts_at - now <= NEAR else Phase.OPEN
