"""Openings that have come for who asked: earlier for patrons, later for who did not come."""

from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events import follows
from events.access import openings, pricing
from events.messages import delivery
from events.models import Attendee, Event, Follow, Notification
from events.places import event_edits
from tests.attendance import miss, team
from tests.factories import NOON, make_attendee, make_event, make_host, make_perk, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def reader(name: str) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(user=user, email_confirmed_at=NOON)


def soon(**fields: object) -> Event:
    return make_event(**{"opens_at": NOON + 5 * HOUR, "organizers": [team()]} | fields)


def come_by(clock: Clock, mailoutbox: list[EmailMessage]) -> list[str]:
    """Let an hour pass, and return who got mail then."""
    clock.shift(HOUR)
    mailoutbox.clear()
    follows.tell(timezone.now())
    delivery.deliver_due()
    return sorted(mail.to[0].partition("@")[0] for mail in mailoutbox)


@pytest.mark.parametrize(
    ("number", "told"), [(1, [["ada", "bo"], [], []]), (2, [["bo"], [], ["ada"]])]
)
def test_opening_is_told_when_it_comes_for_this_person(
    clock: Clock, mailoutbox: list[EmailMessage], number: int, told: list[list[str]]
) -> None:
    event = make_event(title="Jam", opens_at=NOON + HOUR, no_show_hours=2, organizers=[team()])
    ada, bo, _stranger = reader("ada"), reader("bo"), reader("cy")
    miss(ada, number)
    for attendee in (ada, bo):
        follows.follow(attendee, event=event)
    assert [come_by(clock, mailoutbox) for _ in range(3)] == told


def test_opening_that_was_put_off_meanwhile_is_not_sent(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    event = make_event(title="Jam", opens_at=NOON, organizers=[team()])
    ada = reader("ada")
    miss(ada)
    follows.follow(ada, event=event)
    follows.tell(NOON)
    before = event_edits.begin(event.pk)
    Event.objects.filter(pk=event.pk).update(no_show_hours=2)
    event_edits.follow_up(before)
    assert Notification.objects.filter(kind="registration-open").count() == 1
    delivery.deliver_due()
    assert (Notification.objects.filter(kind="registration-open").count(), mailoutbox) == (0, [])
    assert Follow.objects.count() == 1
    assert [come_by(clock, mailoutbox) for _ in range(2)] == [[], ["ada"]]


def test_database_finds_the_openings_that_the_rules_have_for_each_person(clock: Clock) -> None:
    people = [
        make_attendee(patreon_cents=cents, patreon_known=is_known)
        for cents, is_known in ((0, True), (600, True), (1200, True), (1200, False))
        for _ in range(2)
    ]
    for late in people[::2]:
        miss(late)
    events = [
        soon(closes_at=closes, no_show_hours=hours)
        for hours, closes in product((0, 3, 50), (None, NOON + 12 * HOUR))
    ]
    others = [
        soon(draw_at=NOON + 9 * HOUR, no_show_hours=50),
        soon(draw_at=NOON + 11 * HOUR, closes_at=NOON + 8 * HOUR, no_show_hours=50),
        soon(organizers=[make_user()], no_show_hours=50),
        soon(organizers=[], no_show_hours=50),
    ]
    make_host(others[3], *Event.objects.filter(title="Jam 1"))
    make_host(soon(organizers=[], no_show_hours=50), *Event.objects.filter(title="Jam 2")[:1])
    for event in (*events, *others):
        make_perk(event, min_cents=600, early_hours=2)
        make_perk(event, min_cents=1000, early_hours=4)
    for event, attendee in product((*events, *others), people):
        follows.follow(attendee, event=event)
    numbers, known = [], {event.pk for event in events}
    for _ in range(14):
        now = timezone.now()
        found = set(openings.opened(now).values_list("event", "attendee"))
        assert found == {
            (event.pk, attendee.pk)
            for event, attendee in product((*events, *others), people)
            if not follows.is_opening_ahead(event, attendee, now)
            and now < event.registration_ends_at
        }
        numbers.append(sum(event in known for event, _attendee in found))
        clock.shift(HOUR)
    assert numbers == [0, 8, 8, 16, 18, 34, 36, 36, 40, 44, 44, 44, 20, 20]


@pytest.mark.parametrize("field", ["closes_at", "draw_at", "ends_at"])
@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 61, 119, 120])
def test_database_has_the_middle_to_the_second(field: str, seconds: int) -> None:
    """The end is so many seconds after eleven hours from the opening."""
    late, end = make_attendee(), NOON + 16 * HOUR + timedelta(seconds=seconds)
    times = {"starts_at": NOON + 15 * HOUR, "ends_at": NOON + 30 * HOUR, field: end}
    event = soon(no_show_hours=100, **times)
    miss(late)
    follows.follow(late, event=event)
    opens_at = pricing.opens_at(event, None, is_later=True)
    assert opens_at is not None
    for now in (opens_at - timedelta(microseconds=1), opens_at):
        assert openings.opened(now).exists() is (now >= opens_at)


@pytest.mark.parametrize("number", [1, 1_100])
def test_openings_of_many_events_are_one_query(
    django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    ada = make_attendee()
    start = NOON + DAY
    rows = [
        Event(
            title="Jam",
            slug=f"jam-{n}",
            status="published",
            starts_at=start,
            ends_at=start + HOUR,
            opens_at=NOON + HOUR,
            no_show_hours=2,
        )
        for n in range(number)
    ]
    events = Event.objects.bulk_create(rows)
    Follow.objects.bulk_create(Follow(attendee=ada, event=one, created_at=NOON) for one in events)
    with django_assert_num_queries(1):
        assert openings.opened(NOON + HOUR).count() == number
