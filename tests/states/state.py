"""A page of the site as somebody sees it, and what rows for such pages are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import User

from events import places
from events.models import Attendee, Bookable, Event, Registration

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class State:
    """One page, seen by nobody signed in if there is no `by`.

    `says` stands in it, so that it is the page that `name` tells of. With `press` that button is
    pressed first, after the fields in `typed` were filled in by name; this changes nothing that the
    page shows a second time. `html` is a page that was made already. `is_demo`: on a demo site.
    `is_stock`: its controls are those of Django's admin, with scripts of theirs.
    """

    name: str
    address: str
    says: str
    by: User | None = None
    press: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    html: str = ""
    is_demo: bool = False
    is_stock: bool = False


def take(attendee: Attendee, bookable: Bookable) -> Registration:
    return places.register(user=attendee.user, bookable=bookable)


def change(event: Event, **fields: object) -> Event:
    """Change an event behind everybody's back, past rules about what an organizer may change."""
    Event.objects.filter(pk=event.pk).update(**fields)
    event.refresh_from_db()
    return event


def place_of(registration: Registration, page: str = "") -> str:
    """Return the address of the page of a place, or of one of the pages below it."""
    return f"/registrations/{registration.code}/{page}"


def page_of(name: str, event: Event, says: str, attendee: Attendee | None = None) -> State:
    """Return the page of an event to this person, or to somebody who is not signed in."""
    by = attendee.user if attendee else None
    return State(f"event-{name}", event.get_absolute_url(), says, by)
