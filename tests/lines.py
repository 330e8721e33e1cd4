"""People at an event: taking places, waiting in line, and what became of them."""

from events import places
from events.models import Attendee, Bookable, Event, Registration
from tests.factories import make_attendee, make_event


def register(attendee: Attendee, bookable: Bookable) -> Registration:
    return places.register(user=attendee.user, bookable=bookable)


def kinds(attendee: Attendee) -> list[str]:
    return list(attendee.notifications.order_by("pk").values_list("kind", flat=True))


def full_event(**fields: object) -> tuple[Event, list[Registration]]:
    """An event with one place, taken by the first of three people; the others wait."""
    event = make_event(capacity=1, **fields)
    return event, [register(make_attendee(), event) for _ in range(3)]


def status(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


def statuses_of(*registrations: Registration) -> list[str]:
    return [status(registration) for registration in registrations]
