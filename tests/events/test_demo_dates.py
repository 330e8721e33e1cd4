"""The demo's dates fit its texts, on each day on which it may be loaded."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.demo.content import EVENTS
from events.demo.load import DESCRIPTIONS
from events.demo.plan import EventPlan

#: A leap year and more, at hours that are another day in Tokyo or in New York.
LOADED = [
    datetime(2027, 12, 25, 3, 40, tzinfo=UTC) + timedelta(days=day, hours=day % 3 * 10)
    for day in range(400)
]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
曜日 = tuple(f"{day}曜" for day in "月火水木金土日")
PLANS = {plan.slug: plan for plan in EVENTS}


def words(plan: EventPlan) -> str:
    parts = [f"{part.title} {part.summary}" for part in plan.workshops]
    description = (DESCRIPTIONS / f"{plan.text or plan.slug}.md").read_text("utf-8")
    return "\n".join([plan.title, plan.summary, description, *parts])


def named_weekdays(text: str) -> set[int]:
    names = [*enumerate(WEEKDAYS), *enumerate(曜日)]
    return {number for number, name in names if name in text}


def weekdays_of(plan: EventPlan, now: datetime) -> set[int]:
    """The days of the week on which it takes place, on the clock of its zone."""
    day, last = plan.starts_at(now), plan.ends_at(now)
    found = set()
    while day <= last:
        found.add(day.weekday())
        day += timedelta(hours=1)
    return found


def wrong_days(plan: EventPlan) -> Iterator[datetime]:
    named = named_weekdays(words(plan))
    return (now for now in LOADED if not named <= weekdays_of(plan, now))


@pytest.mark.parametrize("plan", EVENTS, ids=lambda plan: plan.slug)
def test_no_text_names_a_day_on_which_it_is_not(plan: EventPlan) -> None:
    assert list(wrong_days(plan)) == []


def test_text_with_a_wrong_day_is_found() -> None:
    plan = EventPlan("festival", "", "", "festival", (), days=10)

    assert len(list(wrong_days(plan))) == len(LOADED)


def test_texts_name_the_days_that_they_sell() -> None:
    named = {slug: named_weekdays(words(plan)) for slug, plan in PLANS.items()}

    assert {slug: days for slug, days in named.items() if days} == {
        "creator-jam-100": {3},
        "festival": {4, 5, 6},
    }


def test_new_year_is_on_the_last_day_of_a_year_to_come() -> None:
    plan = PLANS["new-year"]
    starts = {plan.starts_at(now) for now in LOADED}
    ends = {plan.ends_at(now).astimezone(UTC) for now in LOADED}

    zone = ZoneInfo("Pacific/Kiritimati")
    years = (2027, 2028, 2029)
    assert starts == {datetime(year, 12, 31, 23, tzinfo=zone) for year in years}
    assert ends == {datetime(year + 1, 1, 1, 12, tzinfo=UTC) for year in years}


@pytest.mark.parametrize("plan", EVENTS, ids=lambda plan: plan.slug)
def test_event_is_over_running_or_to_come_as_planned(plan: EventPlan) -> None:
    def stage(now: datetime) -> str:
        if plan.ends_at(now) <= now:
            return "over"
        return "running" if plan.starts_at(now) <= now else "to come"

    expected = "running" if plan.is_running else "to come" if plan.days > 0 else "over"
    assert {stage(now) for now in LOADED} == {expected}


@pytest.mark.parametrize("plan", EVENTS, ids=lambda plan: plan.slug)
def test_opening_and_draw_come_before_the_start(plan: EventPlan) -> None:
    ahead = [days for days in (plan.opens_in, plan.draw_in) if days]
    late = [
        now
        for now in LOADED
        for days in ahead
        if not now < plan.in_days(days, now) < plan.starts_at(now)
    ]

    assert late == []


def test_running_event_runs_for_most_of_a_day_after_loading() -> None:
    plan = PLANS["open-stage"]
    left = [plan.ends_at(now) - now for now in LOADED]

    assert min(left) >= timedelta(hours=21)  # an hour less when the clocks go forward


def test_end_is_as_the_clock_shows_it_when_clocks_change_in_between() -> None:
    plan = PLANS["festival"]
    now = datetime(2030, 10, 14, 9, tzinfo=UTC)

    berlin = ZoneInfo("Europe/Berlin")
    assert plan.starts_at(now) == datetime(2030, 10, 25, 18, tzinfo=berlin)
    assert plan.ends_at(now) == datetime(2030, 10, 27, 21, tzinfo=berlin)
    elapsed = plan.ends_at(now).astimezone(UTC) - plan.starts_at(now).astimezone(UTC)
    assert elapsed == timedelta(hours=52)
