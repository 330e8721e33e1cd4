"""Drafts of a series are made at once or ahead, each once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from events import housekeeping, series
from events.models import Event, Notification, Series
from events.series import Rule
from tests.factories import NOON, make_event, make_host, make_organizer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
START = datetime(2030, 6, 8, 18, tzinfo=UTC)
WEEKLY = Rule(START.date(), "weekly")
WEEK = timedelta(days=7)


@pytest.fixture
def jam() -> Event:
    return make_event(
        title="Jam", slug="jam", starts_at=START, organizers=[make_organizer(username="mika")]
    )


def days(one: Series) -> list[str]:
    events = one.events.order_by("series_index")
    return [f"{event.starts_at:%m-%d}" for event in events]


def test_all_are_made_at_once(jam: Event) -> None:
    made = series.repeat(jam, rule=Rule(START.date(), "weekly", count=3), days_ahead=None)
    assert days(made) == ["06-08", "06-15", "06-22"]
    states = list(made.events.order_by("pk").values_list("status", "slug", "series_index"))
    assert states == [
        ("published", "jam", 0),
        ("draft", "jam-2030-06-15", 1),
        ("draft", "jam-2030-06-22", 2),
    ]
    assert (made.slug, made.due_at, series.due(NOON + 99 * WEEK)) == ("jam", None, [])


def test_some_are_made_ahead_and_the_others_by_housekeeping(jam: Event, clock: Clock) -> None:
    made = series.repeat(jam, rule=WEEKLY, days_ahead=15)
    assert days(made) == ["06-08", "06-15"]
    assert made.due_at == START + 2 * WEEK - timedelta(days=15)
    housekeeping.run()
    assert days(made) == ["06-08", "06-15"]
    clock.shift(2 * WEEK)
    assert housekeeping.look().series == [made]
    housekeeping.run()
    housekeeping.run()
    assert housekeeping.look().series == []
    assert days(made) == ["06-08", "06-15", "06-22", "06-29"]
    assert Notification.objects.count() == 0


def test_what_passed_while_nobody_looked_is_left_out(jam: Event, clock: Clock) -> None:
    made = series.repeat(jam, rule=WEEKLY, days_ahead=8)
    clock.shift(5 * WEEK)
    housekeeping.run()
    assert days(made) == ["06-08", "07-06", "07-13"]
    made.refresh_from_db()
    assert made.next_index == 6


def test_occurrence_that_was_deleted_or_moved_is_not_made_again(jam: Event, clock: Clock) -> None:
    made = series.repeat(jam, rule=WEEKLY, days_ahead=22)
    Event.objects.get(series_index=1).delete()
    moved = Event.objects.get(series_index=2)
    Event.objects.filter(pk=moved.pk).update(starts_at=START + WEEK * 2 - timedelta(days=1))
    clock.shift(WEEK)
    housekeeping.run()
    assert days(made) == ["06-08", "06-21", "06-29"]


def test_series_ends_after_its_last_day(jam: Event, clock: Clock) -> None:
    rule = Rule(START.date(), "weekly", until=date(2030, 6, 20))
    made = series.repeat(jam, rule=rule, days_ahead=1)
    for _ in range(4):
        clock.shift(WEEK)
        housekeeping.run()
    made.refresh_from_db()
    assert (days(made), made.due_at) == (["06-08", "06-15"], None)


def test_new_drafts_are_copies_of_the_template_as_it_is_then(jam: Event, clock: Clock) -> None:
    made = series.repeat(jam, rule=WEEKLY, days_ahead=7)
    Event.objects.filter(pk=jam.pk).update(capacity=9)
    clock.shift(WEEK)
    housekeeping.run()
    assert made.events.latest("pk").capacity == 9


def test_without_the_template_the_last_event_is_copied(jam: Event, clock: Clock) -> None:
    made = series.repeat(jam, rule=WEEKLY, days_ahead=15)
    Event.objects.filter(series_index=1).update(capacity=4)
    jam.delete()
    clock.shift(WEEK)
    housekeeping.run()
    assert (days(made), made.events.latest("pk").capacity) == (["06-15", "06-22"], 4)


def test_series_without_any_event_is_left_alone(jam: Event, clock: Clock) -> None:
    made = series.repeat(jam, rule=WEEKLY, days_ahead=1)
    jam.delete()
    clock.shift(4 * WEEK)
    housekeeping.run()
    made.refresh_from_db()
    assert (days(made), made.due_at) == ([], None)


def test_series_that_was_stopped_makes_no_more_until_it_goes_on(jam: Event, clock: Clock) -> None:
    made = series.repeat(jam, rule=WEEKLY, days_ahead=7)
    series.stop(made)
    clock.shift(3 * WEEK)
    housekeeping.run()
    assert days(made) == ["06-08"]
    assert series.go_on(made) == 1
    assert days(made) == ["06-08", "06-22"]


def test_event_repeats_once(jam: Event) -> None:
    series.repeat(jam, rule=WEEKLY, days_ahead=7)
    with pytest.raises(series.AlreadyRepeats):
        series.repeat(jam, rule=WEEKLY, days_ahead=7)
    assert Series.objects.count() == 1


def test_all_of_a_series_without_an_end_are_not_made(jam: Event) -> None:
    with pytest.raises(ValueError, match="weekly"):
        series.repeat(jam, rule=WEEKLY, days_ahead=None)
    assert Series.objects.count() == 0


def test_address_of_a_long_title_has_room_for_the_day(jam: Event) -> None:
    Event.objects.filter(pk=jam.pk).update(title="long " * 20)
    made = series.repeat(Event.objects.get(), rule=WEEKLY, days_ahead=15)
    slug = made.events.latest("pk").slug
    assert (slug[-11:], len(slug) <= 80) == ("-2030-06-15", True)


def test_housekeeping_goes_on_after_a_series_that_fails(
    jam: Event, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The occurrence is there already, which only a hand in the database can do."""
    broken = series.repeat(jam, rule=WEEKLY, days_ahead=8)
    whole = series.repeat(make_event(starts_at=START), rule=WEEKLY, days_ahead=8)
    Event.objects.create(
        title="x", slug="x", starts_at=NOON, ends_at=START, series=broken, series_index=1
    )
    clock.shift(WEEK)
    housekeeping.run()
    assert days(whole) == ["06-08", "06-15"]
    assert "Housekeeping could not do this: _make_drafts" in caplog.text


def test_due_costs_one_statement_for_many(jam: Event, django_assert_num_queries: object) -> None:
    for _ in range(3):
        one = make_event(starts_at=START)
        make_host(one)
        series.repeat(one, rule=WEEKLY, days_ahead=7)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert series.due(timezone.now()) == []
