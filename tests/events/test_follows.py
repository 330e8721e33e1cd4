"""People who follow are told once: of an opening when it came, of a new event when it is public."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events import follows, housekeeping
from events.access import pricing
from events.messages import delivery, texts
from events.models import Attendee, Event, Follow, Host, Notification
from tests.deletions import changed_once_read
from tests.factories import NOON, make_attendee, make_event, make_perk, make_user
from tests.lines import kinds, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def reader(name: str = "ada", **fields: object) -> Attendee:
    """Somebody who can be written to."""
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(user=user, email_confirmed_at=NOON, **fields)


def make_host(name: str = "Lanterns") -> Host:
    return Host.objects.create(name=name, slug=name.lower())


def hosted(*hosts: Host, **fields: object) -> Event:
    event = make_event(**fields)
    event.hosts.add(*hosts)
    return event


def tell() -> None:
    follows.tell(timezone.now())


# --- Openings ------------------------------------------------------------------------------------


def test_opening_is_told_once_to_everybody_who_asked_when_it_came(clock: Clock) -> None:
    event = make_event(opens_at=NOON + HOUR)
    ada, bo, stranger = reader(), make_attendee(), reader("cy")
    for attendee in (ada, bo):
        follows.follow(attendee, event=event)
    tell()
    assert (kinds(ada), Follow.objects.count()) == ([], 2)
    clock.shift(HOUR)
    tell()
    tell()
    told = Notification.objects.order_by("attendee").values_list("attendee", "event", "state")
    assert list(told) == [(ada.pk, event.pk, "queued"), (bo.pk, event.pk, "nobody")]
    assert (kinds(stranger), Follow.objects.get().attendee) == ([], ada)  # spent once it is sent
    delivery.deliver_due()
    tell()
    assert (kinds(ada), Follow.objects.count()) == (["registration-open"], 0)


def test_opening_that_was_moved_before_it_came_is_told_at_the_new_time(clock: Clock) -> None:
    event = make_event(opens_at=NOON + HOUR)
    ada = reader()
    follows.follow(ada, event=event)
    Event.objects.update(opens_at=NOON + 2 * HOUR)
    clock.shift(HOUR)
    tell()
    assert kinds(ada) == []
    clock.shift(HOUR)
    tell()
    assert kinds(ada) == ["registration-open"]


def test_opening_that_is_asked_for_again_is_told_again(clock: Clock) -> None:
    event = make_event(opens_at=NOON)
    ada = reader()
    for hours in (1, 2):
        Event.objects.update(opens_at=timezone.now() + HOUR)
        follows.follow(ada, event=event)
        clock.shift(HOUR)
        housekeeping.run()
        assert kinds(ada) == ["registration-open"] * hours


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"status": "cancelled"}, {"closes_at": NOON + HOUR}]
)
def test_opening_is_not_told_where_nobody_can_register(
    fields: dict[str, object], clock: Clock
) -> None:
    event = make_event(opens_at=NOON + HOUR / 2)
    ada = reader()
    follows.follow(ada, event=event)
    Event.objects.update(**fields)
    clock.shift(HOUR)
    tell()
    assert kinds(ada) == []


def test_opening_that_somebody_asks_for_meanwhile_is_told_in_the_next_round(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They ask after the messages were written, and before the follows are forgotten."""
    event = make_event(opens_at=NOON + HOUR)
    ada, bo = reader(), reader("bo")
    follows.follow(ada, event=event)
    clock.shift(HOUR)

    def tell_and_let_bo_ask(asked: QuerySet[Follow]) -> None:
        registration_open(asked)
        follows.follow(bo, event=event)

    registration_open = texts.registration_open
    with monkeypatch.context() as patch:
        patch.setattr(texts, "registration_open", tell_and_let_bo_ask)
        tell()
    assert (kinds(ada), kinds(bo)) == (["registration-open"], [])
    tell()
    assert kinds(bo) == ["registration-open"]


def test_opening_is_not_told_to_who_has_signed_up_11(clock: Clock) -> None:
    """Somebody who waits knows it too; a place at another event says nothing."""
    event = make_event(opens_at=NOON + HOUR, capacity=1)
    ada, bo, cy = reader(), reader("bo"), reader("cy")
    for attendee in (ada, bo, cy):
        follows.follow(attendee, event=event)
    clock.shift(HOUR)
    register(ada, event)
    register(bo, event)
    register(cy, make_event())
    tell()
    assert [kinds(one)[-1] for one in (ada, bo, cy)] == [
        "registered",
        "waitlisted",
        "registration-open",
    ]
    assert Follow.objects.get().attendee == cy


PLEDGES = [
    ({"patreon_cents": 600}, 5),
    ({"patreon_cents": 599}, 0),
    ({"patreon_cents": 0}, 0),
    ({"patreon_cents": 1200}, 2),
    ({"patreon_cents": 900, "patreon_until": NOON + DAY}, 5),
    ({"patreon_cents": 900, "patreon_until": NOON}, 0),
    ({"patreon_cents": 900, "patreon_known": False}, 0),
]


@pytest.mark.parametrize(("pledge", "hours"), PLEDGES)
def test_opening_of_a_patron_is_told_when_it_opens_for_them(
    pledge: dict[str, object], hours: int, clock: Clock
) -> None:
    """The perk with the highest pledge counts, though a lower one opens earlier."""
    event = make_event(opens_at=NOON + 10 * HOUR)
    make_perk(event, min_cents=600, early_hours=5)
    make_perk(event, min_cents=1000, early_hours=2)
    make_perk(make_event(), min_cents=1, early_hours=9)
    ada = reader(**pledge)
    follows.follow(ada, event=event)
    clock.shift((10 - hours) * HOUR - timedelta(seconds=1))
    assert follows.is_opening_ahead(event, ada, timezone.now())
    tell()
    assert kinds(ada) == []
    clock.shift(timedelta(seconds=1))
    perk = pricing.perk_of(ada, event.perks.all(), timezone.now())
    assert pricing.opens_at(event, perk) == timezone.now()
    tell()
    assert kinds(ada) == ["registration-open"]


# --- New events ----------------------------------------------------------------------------------


def test_new_event_is_told_to_followers_of_its_hosts_once(clock: Clock) -> None:
    lanterns, tinkers, others = make_host(), make_host("Tinkers"), make_host("Others")
    ada, bo, stranger = reader(), reader("bo"), reader("cy")
    follows.follow(ada, host=lanterns)
    follows.follow(ada, host=tinkers)
    follows.follow(bo, host=tinkers)
    follows.follow(stranger, host=others)
    event = hosted(lanterns, tinkers)
    hosted(lanterns)
    for _ in range(2):
        tell()
    told = Notification.objects.order_by("attendee", "event")
    pks = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    rows = [(ada.pk, pks[0]), (ada.pk, pks[1]), (bo.pk, pks[0])]
    assert list(told.values_list("attendee", "event")) == rows
    assert told[0].subject == f"event:{event.pk}"
    assert Follow.objects.count() == 4


def test_new_event_is_told_when_it_is_first_public(clock: Clock) -> None:
    host, ada = make_host(), reader()
    follows.follow(ada, host=host)
    event = hosted(host, status="draft")
    for change, expected in (
        ({"listed": False}, 0),
        ({"status": "cancelled", "listed": True}, 0),
        ({"status": "published", "listed": False}, 0),
        ({"listed": True}, 1),
        ({"status": "draft"}, 1),
        ({"status": "published"}, 1),
    ):
        Event.objects.filter(pk=event.pk).update(**change)
        tell()
        assert len(kinds(ada)) == expected


def test_new_event_is_not_told_to_who_follows_afterwards_or_once_it_is_over(clock: Clock) -> None:
    host, ada = make_host(), reader()
    hosted(host)
    tell()
    follows.follow(ada, host=host)
    hosted(host, starts_at=NOON - 3 * HOUR)
    tell()
    assert kinds(ada) == []


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ({"status": "draft"}, {"status": "published"}),
        ({"listed": False}, {"listed": True}),
        ({"starts_at": NOON - HOUR, "ends_at": NOON}, {"ends_at": NOON + HOUR}),
    ],
)
def test_event_that_leaves_the_site_meanwhile_is_announced_once_it_is_back_9(
    change: dict[str, object], back: dict[str, object]
) -> None:
    host, ada = make_host(), reader()
    follows.follow(ada, host=host)
    event, other = hosted(host), hosted(host)
    with changed_once_read(event.pk, **change):
        tell()
    told = ada.notifications.order_by("pk").values_list("event", flat=True)
    assert list(told.all()) == [other.pk]
    Event.objects.filter(pk=event.pk).update(**back)
    tell()
    assert list(told.all()) == [other.pk, event.pk]


# --- What it costs -------------------------------------------------------------------------------


def test_idle_round_asks_twice_and_writes_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    host, ada = make_host(), reader()
    follows.follow(ada, host=host)
    follows.follow(ada, event=make_event(opens_at=NOON + HOUR))
    follows.follow(ada, event=make_event(opens_at=NOON))
    hosted(host)
    tell()
    assert Notification.objects.count() == 2  # none is sent yet, so nothing is spent
    with django_assert_num_queries(2):
        tell()


def test_telling_costs_the_same_for_many_people_and_events_growth(clock: Clock) -> None:
    costs = []
    for number in range(1, 4):
        host, event = make_host(f"Host{number}"), make_event(opens_at=timezone.now() + HOUR)
        for one in range(number * 3):
            attendee = reader(f"p{number}{one}")
            follows.follow(attendee, host=host)
            follows.follow(attendee, event=event)
        for _ in range(number):
            hosted(host)
        clock.shift(HOUR)
        with CaptureQueriesContext(connection) as captured:
            tell()
        costs.append(len(captured))
        assert Notification.objects.count() == sum(3 * n * (n + 1) for n in range(1, number + 1))
    assert len(set(costs)) == 1


def test_following_twice_is_following_once() -> None:
    host, ada = make_host(), reader()
    for _ in range(2):
        follows.follow(ada, host=host)
    assert Follow.objects.count() == 1
    follows.stop(ada, host=host)
    assert (Follow.objects.count(), follows.is_followed(ada, host=host)) == (0, False)
