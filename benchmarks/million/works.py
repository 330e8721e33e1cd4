"""Pieces of work that are measured on a filled site."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from benchmarks.crowd import make_people
from benchmarks.growth.costs import Work
from benchmarks.growth.scenes import expect, root
from events import housekeeping, places
from events.audit import audit
from events.models import Event, Registration
from tests.factories import make_event

from .rows import FIRST

#: So many events are audited; a round over all takes as many times longer as there are more.
AUDITED = 30
TIMES = 3


def works() -> Iterator[tuple[str, Work]]:
    """Yield each work with its name, several times."""
    for name, work in [*pages(), *acts(), *rounds()]:
        for _ in range(TIMES):
            yield name, work


def browser_of(user: User) -> Client:
    client = Client(HTTP_HOST="localhost:8000")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def pages() -> Iterator[tuple[str, Work]]:
    stranger, staff = Client(HTTP_HOST="localhost:8000"), root()
    held = Registration.objects.filter(pk__gt=FIRST).select_related("event", "attendee__user")
    last = held.latest("pk")
    person, event = browser_of(last.attendee.user), last.event
    desk = f"/admin/events/event/{event.pk}"
    for name, browser, address in (
        ("list of events", stranger, "/"),
        ("list of events, signed in", person, "/"),
        ("search", stranger, f"/?q={event.title.replace(' ', '+')}"),
        ("month", stranger, "/calendar/month/"),
        ("feed", stranger, "/feed.atom"),
        ("calendar of the site", stranger, "/calendar.ics"),
        ("event", stranger, event.get_absolute_url()),
        ("event, signed in", person, event.get_absolute_url()),
        ("my registrations", person, "/registrations/"),
        ("my place", person, f"/registrations/{last.code}/"),
        ("my account", person, "/account/"),
        ("admin: first page", staff, "/admin/"),
        ("admin: events", staff, "/admin/events/event/"),
        ("admin: desk of an event", staff, f"{desk}/change/"),
        ("admin: people of an event", staff, f"{desk}/people/"),
        ("admin: registrations", staff, "/admin/events/registration/"),
        ("admin: search of registrations", staff, "/admin/events/registration/?q=copy-77"),
        ("admin: attendees", staff, "/admin/events/attendee/"),
        ("admin: payments", staff, "/admin/events/payment/"),
        ("admin: messages", staff, "/admin/events/notification/"),
        ("admin: users", staff, "/admin/auth/user/"),
    ):
        yield name, lambda browser=browser, address=address: expect(browser.get(address))


def acts() -> Iterator[tuple[str, Work]]:
    roomy = make_event()
    full = Event.objects.filter(pk__gt=FIRST).latest("pk")
    newcomers = iter(make_people(2 * TIMES))
    given_up = Registration.objects.filter(event=full, status="confirmed").select_related(
        "attendee__user", "event"
    )
    leaving = iter(given_up[:TIMES])
    yield "sign up, a place is free", lambda: sign_up(next(newcomers).user, roomy)
    yield "sign up, all wait", lambda: sign_up(next(newcomers).user, full)
    yield (
        "give up a place, the next moves up",
        lambda: places.cancel(registration=next(leaving), in_full=False),
    )


def sign_up(user: User, event: Event) -> None:
    places.register(user=user, bookable=event)


def rounds() -> Iterator[tuple[str, Work]]:
    chosen = list(Event.objects.filter(pk__gt=FIRST).order_by("-pk")[1 : AUDITED + 1])
    yield f"audit of {len(chosen)} events", lambda: [audit(each) for each in chosen]
    yield "round of housekeeping", housekeeping.run
    yield "look of housekeeping", housekeeping.look
