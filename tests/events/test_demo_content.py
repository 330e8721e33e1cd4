"""Events and people of the demo, as on the first of June 2030."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from events import demo
from events.models import Attendee, Event, Registration, Workshop
from tests.factories import NOON, statuses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the demo once, for tests that only look at it; each is rolled back to this point."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOON, tick=False), override_settings(PASSWORD_HASHERS=QUICK):
            demo.load()
        yield
        transaction.set_rollback(True)


# --- What is in it -----------------------------------------------------------------------------


def test_demo_is_the_same_every_time() -> None:
    places = {event.slug: tally(statuses(event)) for event in Event.objects.order_by("pk")}
    assert places == {
        "creator-jam-100": {"confirmed": 12},
        "lantern-night": {"confirmed": 9},
        "open-stage": {"confirmed": 6},
        "avatar-lab": {"confirmed": 8, "waitlisted": 3},
        "festival": {"confirmed": 9, "awaiting_payment": 9},
        "hanami": {"awaiting_payment": 4},
        "headless-hosting": {"confirmed": 5},
        "mini-golf-cup": {},
        "patron-salon": {},
        "world-tour": {"confirmed": 7},
        "photo-walk": {"confirmed": 5},
        "new-year": {},
        "tiny-concert": {"confirmed": 8},
        "masquerade": {"waitlisted": 9},
        "comet-watch": {"confirmed": 4, "waitlisted": 3},
    }


def tally(found: Iterable[str]) -> dict[str, int]:
    return dict(Counter(found))


def test_demo_spans_times_zones_and_prices() -> None:
    now = timezone.now()
    events = list(Event.objects.all())

    assert {event.slug for event in events if event.ends_at <= now} == {
        "creator-jam-100",
        "lantern-night",
    }
    assert [e.slug for e in events if e.starts_at <= now < e.ends_at] == ["open-stage"]
    assert {str(event.time_zone) for event in events} == {
        "America/New_York",
        "Asia/Tokyo",
        "Europe/Berlin",
    }
    assert {(e.price, e.currency) for e in events if e.price} == {(1500, "EUR"), (500, "JPY")}
    assert [e.slug for e in events if e.opens_at and e.opens_at > now] == ["mini-golf-cup"]
    assert [e.slug for e in events if e.status == Event.Status.DRAFT] == ["new-year"]
    assert [e.slug for e in events if e.status == Event.Status.CANCELLED] == ["photo-walk"]


def test_workshops_of_the_demo_are_taken_by_people_with_a_place() -> None:
    workshops = Workshop.objects.filter(event__slug="festival").order_by("starts_at")
    taken = {w.slug: tally(w.registrations.values_list("status", flat=True)) for w in workshops}
    holders = Registration.objects.filter(event__slug="festival", status="confirmed")
    guests = Registration.objects.filter(workshop__in=workshops)

    assert taken == {
        "logix": {"confirmed": 5, "waitlisted": 1},
        "shaders": {"awaiting_payment": 3},
        "sound": {"confirmed": 9},
    }
    assert set(guests.values_list("attendee")) - set(holders.values_list("attendee")) == set()


def test_no_event_of_the_demo_is_over_its_capacity() -> None:
    taking = Registration.objects.taking_place(timezone.now()).filter(workshop=None)

    limited = Event.objects.exclude(capacity=None)
    assert [e.slug for e in limited if taking.filter(event=e).count() > (e.capacity or 0)] == []
    assert limited.count() == 10


# --- Who is in it ------------------------------------------------------------------------------


def test_thirty_attendees_are_verified() -> None:
    attendees = Attendee.objects.exclude(neos_id=None)
    assert [attendee.is_verified for attendee in attendees] == [True] * 30
    assert len({attendee.neos_username for attendee in attendees}) == 30


@pytest.mark.parametrize(
    ("name", "is_superuser", "seen"),
    [(demo.STAFF, [True], 15), ("mika", [False], 8), ("robin", [False], 7)],
)
def test_login_of_the_demo_opens_the_admin(
    client: Client, name: str, is_superuser: list[bool], seen: int
) -> None:
    assert client.login(username=name, password=demo.PASSWORD) is True
    assert [User.objects.get(username=name).is_superuser] == is_superuser
    response = client.get("/admin/events/event/")
    assert response.context["cl"].result_count == seen
