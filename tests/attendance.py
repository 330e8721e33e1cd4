"""Places at events that are over, with who came and who did not."""

from datetime import datetime, timedelta

from events.models import Attendee, Event, Registration
from tests.factories import NOON, make_attendee, make_event

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def held(attendee: Attendee, event: Event, **fields: object) -> Registration:
    """A place that was taken a week before the event."""
    taken = event.starts_at - 7 * DAY
    defaults: dict[str, object] = {
        "status": "confirmed",
        "created_at": taken,
        "taken_at": taken,
        "confirmed_at": taken,
    }
    return Registration.objects.create(attendee=attendee, event=event, **defaults | fields)


def over(ended_at: datetime, **fields: object) -> Event:
    """An event that is over, to which one other person came."""
    event = make_event(starts_at=ended_at - 2 * HOUR, ends_at=ended_at, **fields)
    held(make_attendee(), event, checked_in_at=event.starts_at)
    return event


def miss(attendee: Attendee, number: int = 2, now: datetime = NOON) -> list[Registration]:
    """Give the person so many places at events that ended the day before, and let them not come."""
    return [held(attendee, over(now - DAY, title=f"Jam {n + 1}")) for n in range(number)]
