"""The feed of one person: what is in it and for how long; the same rows give the same bytes."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from events import calendars, places
from events.calendars import secret
from events.models import Attendee, Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_local_attendee, make_workshop
from tests.lines import register

from .reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ada() -> Attendee:
    return make_attendee(neos_username="Ada")


def titles(attendee: Attendee) -> list[str]:
    return [entry.summary for entry in read(calendars.feed(attendee))]


def test_feed_has_all_that_one_has_and_nothing_of_others(ada: Attendee) -> None:
    event = make_event(title="Jam", starts_at=NOON + DAY)
    full = make_event(title="Full", capacity=0, starts_at=NOON + 2 * DAY)
    stranger = make_event(title="Not mine", starts_at=NOON + 3 * DAY)
    for bookable in (event, make_workshop(event, title="Shaders"), full):
        register(ada, bookable)
    register(make_attendee(), stranger)
    make_event(title="Draft", status="draft")
    assert titles(ada) == ["Jam", "Shaders", "On the waitlist: Full"]


def test_empty_feed_is_a_calendar(ada: Attendee) -> None:
    content = calendars.feed(ada)
    assert read(content) == []
    lines = content.decode().split("\r\n")
    assert f"X-WR-CALNAME:My places at {settings.SITE_NAME}" in lines
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"} <= {*lines}
    assert (lines[0], [x for x in lines if x.startswith("METHOD")]) == ("BEGIN:VCALENDAR", [])


def test_place_that_was_given_up_or_lapsed_is_not_in_the_feed(ada: Attendee) -> None:
    given_up = register(ada, make_event(title="Given up"))
    places.cancel(registration=given_up, in_full=False)
    lapsing = register(ada, make_event(title="Held", price=500))
    assert titles(ada) == ["Not paid yet: Held"]
    Registration.objects.filter(pk=lapsing.pk).update(hold_until=NOON)
    assert titles(ada) == []


def test_cancelled_event_stays_for_who_had_something(ada: Attendee) -> None:
    for title, fields in {"A": {}, "B": {"capacity": 0}, "C": {"price": 500}}.items():
        register(ada, make_event(title=title, **fields))
    Event.objects.update(status="cancelled")
    Registration.objects.filter(status="awaiting_payment").update(hold_until=NOON)
    entries = read(calendars.feed(ada))
    assert {entry.status for entry in entries} == {"CANCELLED"}
    assert [entry.summary for entry in entries] == [f"Cancelled: {title}" for title in "ABC"]


def test_event_that_left_the_site_stays_without_the_way_in(ada: Attendee) -> None:
    event = make_event(starts_at=NOON - HOUR, session_url="neos-session:///S-1")
    register(ada, event)
    assert b"S-1" in calendars.feed(ada)
    Event.objects.update(status="draft")
    content = calendars.feed(ada)
    assert [entry.status for entry in read(content)] == ["TENTATIVE"]
    assert b"S-1" not in content


def test_feed_keeps_what_is_over_for_thirty_days(ada: Attendee, clock: Clock) -> None:
    event = make_event(title="Jam", starts_at=NOON + HOUR, ends_at=NOON + 5 * HOUR)
    register(ada, event)
    register(ada, make_workshop(event, title="Early"))
    clock.move_to(NOON + 2 * HOUR + 30 * DAY)
    assert titles(ada) == ["Jam"]
    clock.move_to(NOON + 5 * HOUR + 30 * DAY)
    assert titles(ada) == []


def test_feed_ends_at_its_limit(ada: Attendee, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "MOST_ENTRIES", 2)
    for number in range(3):
        register(ada, make_event(title=f"E{number}", starts_at=NOON + number * DAY + HOUR))
    assert titles(ada) == ["E0", "E1"]


@pytest.mark.parametrize("count", [1, 5])
def test_feed_costs_one_query(
    ada: Attendee, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        event = make_event(starts_at=NOON + (number + 1) * DAY)
        register(ada, event)
        register(ada, make_workshop(event))
    with django_assert_num_queries(1):
        content = calendars.feed(ada)
    assert len(read(content)) == 2 * count


def test_same_rows_give_the_same_bytes_whenever_they_are_asked_for(
    ada: Attendee, clock: Clock
) -> None:
    register(ada, make_event(title="Jam", session_url="neos-session:///S-1"))
    register(ada, make_event(capacity=0))
    register(make_attendee(), make_event())
    before = calendars.feed(ada)
    clock.shift(3 * DAY)
    register(make_attendee(), Event.objects.get(title="Jam"))
    assert calendars.feed(ada) == before


def test_feed_and_file_have_one_entry_for_one_place(ada: Attendee) -> None:
    registration = register(ada, make_event())
    assert read(calendars.event_file(registration.event, registration)) == read(calendars.feed(ada))


def test_feed_of_an_attendee_without_a_language_is_in_that_of_the_site() -> None:
    nobody = make_local_attendee(language="")
    register(nobody, make_event(title="Full", capacity=0))
    assert titles(nobody) == ["On the waitlist: Full"]


# --- The secret ----------------------------------------------------------------------------------


def test_secret_opens_one_calendar_and_no_other(ada: Attendee) -> None:
    bela = make_attendee()
    assert secret.owner_of(ada.calendar_token) == ada
    assert secret.owner_of(bela.calendar_token) == bela
    for wrong in ("", "x", ada.calendar_token[:-1], ada.calendar_token.swapcase(), str(ada.pk)):
        assert secret.owner_of(wrong) is None


def test_renewed_secret_is_another_and_the_old_one_is_nobodys(ada: Attendee) -> None:
    bela = make_attendee()
    old, of_bela = ada.calendar_token, bela.calendar_token
    secret.renew(ada)
    assert ada.calendar_token != old
    assert secret.owner_of(old) is None
    assert secret.owner_of(ada.calendar_token) == ada
    assert secret.owner_of(of_bela) == bela


def test_address_is_of_this_site_for_both_ways(ada: Attendee) -> None:
    addresses = secret.addresses_of(ada)
    path = f"/calendar/{ada.calendar_token}.ics"
    assert addresses.https == f"{settings.SITE_URL}{path}"
    assert addresses.webcal == f"webcal://{settings.SITE_URL.partition('://')[2]}{path}"
