"""Places at events that are over, with who came and who did not."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from events.models import Attendee, Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_user

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def team() -> User:
    """The organizer of all these events: only those of the same people count for each other."""
    return User.objects.filter(username="team").first() or make_user(username="team")


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
    """An event of the team that is over, to which one other person came."""
    by_the_team = {"organizers": [team()]} | fields
    event = make_event(starts_at=ended_at - 2 * HOUR, ends_at=ended_at, **by_the_team)
    held(make_attendee(), event, checked_in_at=event.starts_at)
    return event


def miss(attendee: Attendee, number: int = 2, now: datetime = NOON) -> list[Registration]:
    """Give the person so many places at events that ended the day before, and let them not come."""
    return [held(attendee, over(now - DAY, title=f"Jam {n + 1}")) for n in range(number)]
