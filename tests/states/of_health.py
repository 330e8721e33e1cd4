"""The two pages about how the site does: with much to tell, and with something wrong."""

from collections.abc import Iterator

from events import happened
from events.happened import Kind, counts, figures
from tests.factories import make_attendee, make_event, make_user

from .state import State, take


def of_health() -> Iterator[State]:
    root = make_user(username="root-of-health", is_staff=True, is_superuser=True)
    event = make_event(title="Waited for", capacity=1)
    for _ in range(4):
        take(make_attendee(), event)
    for kind in Kind:
        counts.count(happened.HAPPENED, kind.value)
    counts.count(happened.PROVIDER, "stripe failed", 2.0)
    counts.count(happened.LOCK, "event", 0.01)
    counts.count(happened.REQUEST, "events:register-workshop 5xx", 3.0)
    figures.flush()
    yield State("health-now", "/admin/now/", "Something is wrong", root)
    yield State("health-hours", "/admin/hours/", "Moved up from a waitlist", root)
