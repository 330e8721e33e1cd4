"""Everybody who may stand before a door: the same people in all tests of its lists."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from events import places
from events.models import Attendee, Block, Event, Registration
from tests.factories import make_attendee, make_event, make_role
from tests.lines import register

#: Who is let in, in the order of lists, with the role that the door names.
LET_IN = (("U-ada", "guest"), ("U-bo", "host"), ("U-cleo", "helper"), ("U-dan", "speaker"))
#: Who is not: cancelled, blocked, waiting, banned, and never seen.
KEPT_OUT = ("U-fay", "U-gus", "U-hal", "U-ivo", "U-stranger")
#: What a confirmed place has.
TIMES = ("created_at", "taken_at", "confirmed_at")


def make_jam(**fields: Any) -> Event:
    """An event in a week, full with three guests, two of whom may not come in any more.

    Its door opens a quarter of an hour before the start, for Bo half an hour earlier.
    """
    defaults: dict[str, Any] = {"slug": "jam", "title": "Jam", "capacity": 3, "neos_required": True}
    event = make_event(**defaults | fields)
    places.cancel(registration=come(event, "fay"), in_full=False)
    for name in ("ada", "gus", "ivo", "hal"):
        come(event, name)
    for name, kind, early in (("bo", "host", 30), ("cleo", "helper", 0), ("dan", "speaker", 0)):
        make_role(event, person(name), kind=kind, early_minutes=early)
        come(event, name)
    Block.objects.create(neos_id="U-gus", event=event)
    later = timezone.now() + timedelta(days=60)
    Attendee.objects.filter(neos_id="U-ivo").update(neos_banned_until=later)
    return event


def come(event: Event, name: str) -> Registration:
    return register(person(name), event)


def person(name: str) -> Attendee:
    found = Attendee.objects.filter(neos_id=f"U-{name}").first()
    return found or make_attendee(neos_id=f"U-{name}", neos_username=name.title())


def make_crowd(event: Event, size: int) -> None:
    """Make people with a confirmed place as rows: to sign up 20,000 takes minutes."""
    now = timezone.now()
    users = User.objects.bulk_create(User(username=f"crowd-{n}") for n in range(size))
    people = Attendee.objects.bulk_create(
        Attendee(user=user, neos_id=f"U-{n}", neos_username=f"Crowd {n}")
        for n, user in enumerate(users)
    )
    Registration.objects.bulk_create(
        Registration(event=event, attendee=one, status="confirmed", **dict.fromkeys(TIMES, now))
        for one in people
    )
