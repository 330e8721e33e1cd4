"""Sign-ups over time, by days of the event's zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from events.desk.chart import MOST_POINTS, Chart, Point, chart, round_up
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register
from tests.states.state import change

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def sign_up(event: Event, at: datetime, **fields: object) -> Registration:
    one = register(make_attendee(), event)
    times = {"created_at": at, "taken_at": at, "confirmed_at": at}
    Registration.objects.filter(pk=one.pk).update(**times | fields)
    return one


def numbers(found: Chart | None) -> list[tuple[int, int, int, int]]:
    assert found is not None
    return [(p.day.day, p.places, p.waiting, p.gone) for p in found.points]


def test_event_without_sign_ups_has_no_chart() -> None:
    assert chart(make_event(), NOON) is None


def test_chart_adds_up_places_people_who_wait_and_who_left() -> None:
    event = make_event()
    sign_up(event, NOON - 3 * DAY)
    given_up = {"status": "cancelled", "ended_at": NOON - DAY}
    sign_up(event, NOON - 3 * DAY, **given_up)
    moved_up = {"waitlisted_at": NOON - 2 * DAY, "taken_at": NOON}
    sign_up(event, NOON - 2 * DAY, **moved_up)
    waiting = {"status": "waitlisted", "waitlisted_at": NOON, "taken_at": None}
    sign_up(event, NOON - 2 * DAY, **waiting)

    assert numbers(chart(event, NOON)) == [
        *((29, 2, 0, 0), (30, 2, 2, 0)),
        *((31, 1, 2, 1), (1, 2, 1, 1)),
    ]


def test_chart_has_the_days_of_the_event_and_not_of_the_server() -> None:
    event = make_event(time_zone="Asia/Tokyo")
    sign_up(event, datetime(2030, 5, 31, 15, 30, tzinfo=UTC))  # 0:30 on 1 June in Tokyo
    assert numbers(chart(event, NOON)) == [(1, 1, 0, 0)]


def test_chart_is_about_the_event_and_not_its_workshops() -> None:
    event = make_event()
    one = sign_up(event, NOON)
    register(one.attendee, make_workshop(event))
    assert numbers(chart(event, NOON)) == [(1, 1, 0, 0)]


def test_chart_ends_with_the_event() -> None:
    event = make_event()
    sign_up(event, NOON - 6 * DAY)
    change(event, starts_at=NOON - 5 * DAY, ends_at=NOON - 5 * DAY + timedelta(hours=1))
    assert [day for day, *_ in numbers(chart(event, NOON))] == [26, 27]


@pytest.mark.parametrize(
    ("days", "step", "points"), [(59, 1, 60), (60, 7, 9), (418, 7, 60), (420, 14, 31)]
)
def test_chart_of_a_long_time_goes_by_weeks(days: int, step: int, points: int) -> None:
    event = make_event()
    sign_up(event, NOON - days * DAY)
    found = chart(event, NOON)
    assert found is not None
    assert (found.step, len(found.points)) == (step, points)
    assert len(found.points) <= MOST_POINTS
    assert found.last == Point(date(2030, 6, 1), 1, 0, 0)


def test_line_is_drawn_from_left_to_right_and_upwards() -> None:
    points = [Point(date(2030, 6, n), n, 0, 0) for n in (1, 2, 4)]
    assert Chart(points, 4, 1).places == "0.0,150.0 300.0,100.0 600.0,0.0"


def test_one_day_is_a_level_line() -> None:
    assert Chart([Point(date(2030, 6, 1), 1, 0, 0)], 2, 1).places == "0.0,100.0 600.0,100.0"


@pytest.mark.parametrize(("number", "top"), [(1, 1), (3, 4), (7, 8), (11, 20), (41, 60), (99, 100)])
def test_upper_edge_is_a_round_number(number: int, top: int) -> None:
    assert round_up(number) == top
