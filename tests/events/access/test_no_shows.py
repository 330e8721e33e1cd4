"""People who did not come, and when registration opens for them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from events import places
from events.access import rules
from events.access.facts import read_facts
from events.access.no_shows import missed_by, no_shows
from events.access.refusals import PlaceRefused, Refusal
from events.models import Attendee, Event, Registration
from tests.attendance import held, miss, over, team
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_perk,
    make_role,
    make_user,
    make_workshop,
)
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Change = Callable[[Registration], object]


def soon(**fields: object) -> Event:
    """Opens in an hour, and a day later for people who did not come; sign-up ends in a week."""
    by_the_team = {"organizers": [team()], "opens_at": NOON + HOUR, "no_show_hours": 24}
    return make_event(**by_the_team | fields)


def refusals_of(event: Event, attendee: Attendee, now: datetime = NOON) -> list[Refusal]:
    person = Attendee.objects.facing(event).select_related("user").get(pk=attendee.pk)
    return rules.refusals(read_facts(event, person, now), event)


def opening(event: Event, attendee: Attendee, now: datetime = NOON) -> datetime | None:
    """Return when registration opens for this person; None if it is open."""
    found = refusals_of(event, attendee, now)
    return found[0].instant if found else None


# --- What counts ---------------------------------------------------------------------------------


def test_place_that_nobody_came_to_is_a_no_show_of_its_person_alone() -> None:
    ada, stranger = make_attendee(), make_attendee()
    event = over(NOON - DAY)
    mine = held(ada, event)
    held(stranger, make_event())
    assert list(no_shows(NOON)) == [mine]


@pytest.mark.parametrize(
    ("ended_at", "counts"),
    [
        (NOON, True),
        (NOON + timedelta(seconds=1), False),
        (NOON - 183 * DAY, True),
        (NOON - 183 * DAY - timedelta(seconds=1), False),
    ],
)
def test_event_counts_from_its_end_for_half_a_year(ended_at: datetime, *, counts: bool) -> None:
    held(make_attendee(), over(ended_at))
    assert no_shows(NOON).exists() is counts


def came(place: Registration) -> None:
    places.check_in(registration=place)


def left_again(place: Registration) -> None:
    places.check_in(registration=place)
    places.go_out(registration=place)


def came_to_a_workshop(place: Registration) -> None:
    part = make_workshop(place.event)
    held(place.attendee, place.event, workshop=part, checked_in_at=part.starts_at)


def gave_it_up(place: Registration) -> None:
    Registration.objects.filter(pk=place.pk).update(
        status="cancelled", ended_at=place.event.starts_at - HOUR
    )


def got_it_after_the_start(place: Registration) -> None:
    Registration.objects.filter(pk=place.pk).update(confirmed_at=place.event.starts_at)


def helped(place: Registration) -> None:
    make_role(place.event, place.attendee, kind="helper", outside_capacity=False)


def was_called_off(place: Registration) -> None:
    Event.objects.filter(pk=place.event_id).update(status="cancelled")


def became_a_draft(place: Registration) -> None:
    Event.objects.filter(pk=place.event_id).update(status="draft")


def nobody_noted_who_came(place: Registration) -> None:
    place.event.registrations.update(checked_in_at=None)


def only_a_workshop_noted_who_came(place: Registration) -> None:
    part = make_workshop(place.event)
    nobody_noted_who_came(place)
    held(make_attendee(), place.event, workshop=part, checked_in_at=part.starts_at)


def was_given_the_place(place: Registration) -> None:
    Registration.objects.filter(pk=place.pk).update(given_because="They asked me.")


def few_people_were_noted(place: Registration) -> None:
    """One of four."""
    for _ in range(2):
        held(make_attendee(), place.event)


def only_a_helper_was_noted(place: Registration) -> None:
    nobody_noted_who_came(place)
    helper = make_attendee()
    make_role(place.event, helper, kind="helper", outside_capacity=False)
    held(helper, place.event, checked_in_at=place.event.starts_at)


EXCUSES: list[Change] = [
    *(came, left_again, came_to_a_workshop, gave_it_up, got_it_after_the_start, helped),
    *(was_called_off, became_a_draft, nobody_noted_who_came, only_a_workshop_noted_who_came),
    *(was_given_the_place, few_people_were_noted, only_a_helper_was_noted),
]


@pytest.mark.parametrize("happens", EXCUSES)
def test_place_is_no_no_show_of_who_has_an_excuse(happens: Change) -> None:
    place = held(make_attendee(), over(NOON - DAY))
    assert no_shows(NOON).filter(pk=place.pk).exists() is True
    happens(place)
    assert no_shows(NOON).filter(pk=place.pk).exists() is False


def test_attendance_is_noted_once_a_third_of_those_without_a_role_came() -> None:
    place = held(make_attendee(), over(NOON - DAY))
    second = held(make_attendee(), place.event)
    for _ in range(3):
        helper = make_attendee()
        make_role(place.event, helper, kind="helper", outside_capacity=False)
        held(helper, place.event)
    assert no_shows(NOON).filter(pk=place.pk).exists() is True
    other = held(make_attendee(), place.event)
    assert no_shows(NOON).filter(pk=place.pk).exists() is False
    fog = make_workshop(place.event)
    held(other.attendee, place.event, workshop=fog, checked_in_at=place.event.starts_at)
    assert set(no_shows(NOON)) == {place, second}


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "waitlisted", "taken_at": None, "confirmed_at": None, "waitlisted_at": NOON},
        {"workshop": True},
    ],
)
def test_spot_and_workshop_are_no_no_shows(fields: dict[str, object]) -> None:
    event = over(NOON - DAY)
    fields |= {"workshop": make_workshop(event)} if "workshop" in fields else {}
    mine = held(make_attendee(), event, **fields)
    assert not no_shows(NOON).filter(pk=mine.pk).exists()


# --- What follows --------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "hours"), [(0, 1), (1, 1), (2, 25), (3, 25)])
def test_registration_opens_later_after_two_of_them(number: int, hours: int) -> None:
    ada, stranger, event = make_attendee(), make_attendee(), soon()
    miss(ada, number)
    assert opening(event, ada) == NOON + hours * HOUR
    assert opening(event, stranger) == NOON + HOUR


def test_later_opening_is_until_then_and_no_longer() -> None:
    ada, event = make_attendee(), soon()
    miss(ada)
    instants = (NOON + HOUR, NOON + 25 * HOUR - timedelta(seconds=1), NOON + 25 * HOUR)
    found = [opening(event, ada, now) for now in instants]
    assert found == [NOON + 25 * HOUR, NOON + 25 * HOUR, None]


def test_check_in_that_is_noted_later_lets_the_person_in() -> None:
    ada, event = make_attendee(), soon()
    first, _second = miss(ada)
    assert opening(event, ada, NOON + 2 * HOUR) == NOON + 25 * HOUR
    places.check_in(registration=first)
    assert opening(event, ada, NOON + 2 * HOUR) is None


@pytest.mark.parametrize("fields", [{"no_show_hours": 0}, {"opens_at": None}])
def test_nothing_is_later_where_organizers_did_not_say_so(fields: dict[str, object]) -> None:
    ada, event = make_attendee(), soon(**fields)
    miss(ada)
    assert opening(event, ada) == opening(event, make_attendee())


def test_hours_of_a_perk_and_later_hours_add_up() -> None:
    patron, event = make_attendee(patreon_cents=600), soon(opens_at=NOON + 10 * HOUR)
    make_perk(event, early_hours=8)
    assert opening(event, patron) == NOON + 2 * HOUR
    miss(patron)
    assert opening(event, patron) == NOON + 26 * HOUR


@pytest.mark.parametrize(
    ("fields", "latest"),
    [
        ({"closes_at": NOON + 11 * HOUR}, NOON + 6 * HOUR),
        ({"draw_at": NOON + 5 * HOUR}, NOON + 3 * HOUR),
        ({"closes_at": NOON + 11 * HOUR, "draw_at": NOON + 20 * HOUR}, NOON + 6 * HOUR),
        ({"closes_at": NOON + HOUR + timedelta(minutes=1)}, NOON + HOUR),
    ],
)
def test_nobody_waits_longer_than_half_of_the_time(
    fields: dict[str, object], latest: datetime
) -> None:
    ada, event = make_attendee(), soon(**fields)
    miss(ada)
    assert opening(event, ada) == latest


def test_place_is_refused_to_who_did_not_come_until_it_opens_for_them(clock: Clock) -> None:
    ada, stranger, event = make_attendee(), make_attendee(), soon()
    miss(ada)
    clock.shift(HOUR)
    assert register(stranger, event).status == "confirmed"
    with pytest.raises(PlaceRefused, match="registration-not-open"):
        register(ada, event)
    clock.shift(24 * HOUR)
    assert register(ada, event).status == "confirmed"


def test_person_who_waits_is_past_the_opening() -> None:
    ada, event = make_attendee(), soon(opens_at=None, capacity=0)
    register(ada, event)
    Event.objects.filter(pk=event.pk).update(opens_at=NOON + HOUR, capacity=1)
    miss(ada)
    places.settle(event=Event.objects.get(pk=event.pk))
    assert event.registrations.get().status == "confirmed"


@pytest.mark.parametrize(
    ("asked_of", "missed_of", "hours"),
    [("team", "team", 25), ("team", "others", 1), ("nobody", "nobody", 1)],
)
@pytest.mark.parametrize("is_by_hosts", [True, False])
def test_events_of_other_people_do_not_count(
    asked_of: str, missed_of: str, hours: int, *, is_by_hosts: bool
) -> None:
    ada, event = make_attendee(), soon(organizers=[])
    missed = [over(NOON - DAY, organizers=[]) for _ in range(2)]
    for name in {asked_of, missed_of} - {"nobody"}:
        theirs = [event] * (name == asked_of) + missed * (name == missed_of)
        if is_by_hosts:
            make_host(*theirs)
            continue
        organizer = make_user()
        for one in theirs:
            one.organizers.add(organizer)
    for one in missed:
        held(ada, one)
    assert opening(event, ada) == NOON + hours * HOUR


# --- What is said --------------------------------------------------------------------------------


def test_refusal_names_the_events_and_whom_to_write_to() -> None:
    ada, event = make_attendee(), soon(contact="jam@example.org")
    miss(ada)
    (refusal,) = refusals_of(event, ada)
    assert refusal.sentence == (
        "Registration opens later for you, because you had a place at “Jam 2” and “Jam 1” and were "
        "not checked in there. If you were there, or could not come, write to jam@example.org."
    )
    (other,) = refusals_of(event, make_attendee())
    assert other.sentence == "Registration has not opened yet."


@pytest.mark.parametrize(
    ("theirs", "named"),
    [
        (["", ""], "jam@example.org"),
        (["one@example.org", ""], "one@example.org"),
        (["one@example.org", "one@example.org"], "one@example.org"),
        (["two@example.org", "one@example.org"], "one@example.org and two@example.org"),
    ],
)
def test_refusal_names_the_contacts_of_what_was_missed(theirs: list[str], named: str) -> None:
    ada, event = make_attendee(), soon(contact="jam@example.org")
    for place, contact in zip(miss(ada), theirs, strict=True):
        Event.objects.filter(pk=place.event_id).update(contact=contact)
    (refusal,) = refusals_of(event, ada)
    assert str(refusal.sentence).endswith(f", write to {named}.")


def test_refusal_names_five_events_at_most() -> None:
    ada = make_attendee()
    miss(ada, 7)
    found = missed_by(ada, soon(), NOON)
    assert [event.title for event in found] == [f"Jam {n}" for n in (7, 6, 5, 4, 3)]


# --- What it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "hours", "queries"),
    [
        ({"no_show_hours": 0}, 0, 0),
        ({}, 0, 1),
        ({}, 24, 1),
        ({}, 25, 0),
        ({"opens_at": None}, 0, 0),
    ],
)
def test_facts_cost_one_query_more_only_where_it_can_matter(
    django_assert_num_queries: DjangoAssertNumQueries,
    fields: dict[str, object],
    hours: int,
    queries: int,
) -> None:
    ada, event = make_attendee(), soon(**fields)
    miss(ada)
    with django_assert_num_queries(queries):
        missed_by(ada, event, NOON + hours * HOUR)
    with django_assert_num_queries(0):
        missed_by(None, event, NOON)
