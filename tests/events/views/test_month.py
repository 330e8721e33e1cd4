"""A month of events as a calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.http import site_pages
from tests.factories import NOON, make_attendee, make_event
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def days(client: Client, month: str = "2030-06") -> dict[str, list[tuple[str, str]]]:
    """Return the events of each day that has some, with their times."""
    weeks = client.get("/calendar/month/", {"month": month}).context["weeks"]
    squares = [square for week in weeks for square in week]
    return {
        square.day.isoformat(): [(entry.clock, entry.event.title) for entry in square.entries]
        for square in squares
        if square.entries
    }


def test_events_stand_on_their_days_in_order(client: Client) -> None:
    make_event(title="Late", starts_at=NOON + timedelta(hours=3))
    make_event(title="Early", starts_at=NOON)
    make_event(title="Next month", starts_at=NOON + timedelta(days=30))
    make_event(title="Draft", starts_at=NOON, status="draft")
    make_event(title="Unlisted", starts_at=NOON, listed=False)
    make_event(title="Off", starts_at=NOON + timedelta(days=1), status="cancelled")
    assert days(client) == {
        "2030-06-01": [("12:00", "Early"), ("15:00", "Late")],
        "2030-06-02": [("12:00", "Off")],
    }
    assert "cancelled</span>" in client.get("/calendar/month/").content.decode()


def caption(client: Client) -> str:
    page = TreeBuilder(client.get("/calendar/month/").content.decode()).root
    return page.first("caption").text


def test_month_is_on_one_clock_the_viewers_or_utc(client: Client) -> None:
    """Hanami begins at 21:00 in Tokyo, the festival later at 18:00 in Berlin."""
    make_event(
        title="Festival",
        starts_at=datetime(2030, 6, 30, 16, tzinfo=UTC),
        time_zone="Europe/Berlin",
    )
    make_event(
        title="Hanami", starts_at=datetime(2030, 6, 30, 12, tzinfo=UTC), time_zone="Asia/Tokyo"
    )
    in_utc = {"2030-06-30": [("12:00", "Hanami"), ("16:00", "Festival")]}
    assert (days(client), caption(client)) == (in_utc, "June 2030 · all times in UTC")
    client.force_login(make_attendee().user)  # who has chosen no zone
    assert (days(client), caption(client)) == (in_utc, "June 2030 · all times in UTC")
    client.force_login(make_attendee(time_zone="UTC").user)
    assert (days(client), caption(client)) == (in_utc, "June 2030 · times in your zone, UTC")
    client.force_login(make_attendee(time_zone="Asia/Tokyo").user)
    assert days(client) == {"2030-06-30": [("21:00", "Hanami")]}
    assert days(client, "2030-07") == {"2030-07-01": [("01:00", "Festival")]}
    assert caption(client) == "June 2030 · times in your zone, Asia/Tokyo"


def test_event_of_several_days_stands_on_each(client: Client) -> None:
    starts_at = datetime(2030, 5, 31, 20, tzinfo=UTC)
    make_event(title="Festival", starts_at=starts_at, ends_at=datetime(2030, 6, 3, tzinfo=UTC))
    assert days(client) == {"2030-06-01": [("", "Festival")], "2030-06-02": [("", "Festival")]}
    assert days(client, "2030-05") == {"2030-05-31": [("20:00", "Festival")]}


@pytest.mark.parametrize(
    "month",
    [
        *("", "2030-6", "2030-00", "2030-13", "0001-01", "9999-12", "20300-01", "2030-06-01"),
        *("x", "\x00", "2030-06\n", "２０３０-06", "-2030-06", "9" * 5_000),  # noqa: RUF001
    ],
)
def test_odd_months_are_the_month_of_today(client: Client, month: str) -> None:
    response = client.get("/calendar/month/", {"month": month})
    assert (response.status_code, response.context["name"]) == (200, "June 2030")


def test_today_is_marked_and_months_are_linked(client: Client) -> None:
    shown = client.get("/calendar/month/").content.decode()
    assert shown.count('aria-current="date"') == 1
    today = shown[shown.index('aria-current="date"') :]
    assert today.index("Saturday 1 June") < today.index("</td>")
    assert ('href="?month=2030-05"' in shown, 'href="?month=2030-07"' in shown) == (True, True)
    assert (
        'aria-current="date"' not in client.get("/calendar/month/?month=2030-07").content.decode()
    )


def test_table_stays_one_where_it_is_shown_as_a_list(client: Client) -> None:
    """Browsers forget what is a row or a cell once `display` is another; roles tell it again."""
    make_event(starts_at=NOON)
    table = TreeBuilder(client.get("/calendar/month/").content.decode()).root.first("table")
    roles = {"tr": "row", "th": "columnheader", "td": "cell", "tbody": "rowgroup"}
    wrong = [e.tag for e in table.all(*roles) if e.attributes.get("role") != roles[e.tag]]
    assert (table.attributes["role"], wrong) == ("table", [])
    columns = [cell.attributes["aria-colindex"] for cell in table.all("td")]
    assert columns == [str(number) for number in range(1, 8)] * 5


def test_months_before_and_after_stand_side_by_side(client: Client) -> None:
    page = TreeBuilder(client.get("/calendar/month/").content.decode()).root
    links = [link.text for link in page.first("nav", class_="tabs months").all("a")]
    assert links == ["← Month before", "Next month →", "This month", "As a list"]


@pytest.mark.parametrize(("month", "gone"), [("2000-01", "prev"), ("2199-12", "next")])
def test_calendar_ends_somewhere(client: Client, month: str, gone: str) -> None:
    shown = client.get("/calendar/month/", {"month": month}).content.decode()
    ends = [end for end in ("prev", "next") if f'rel="{end}"' in shown]
    assert ends == [end for end in ("prev", "next") if end != gone]


@pytest.mark.parametrize("month", ["2026-02", "2027-02", "2028-02", "2030-12"])
def test_weeks_begin_on_monday_and_hold_every_day_once(client: Client, month: str) -> None:
    response = client.get("/calendar/month/", {"month": month})
    weeks = response.context["weeks"]
    assert {week[0].day.isoweekday() for week in weeks} == {1}
    inside = [square.day for week in weeks for square in week if square.is_inside]
    assert [day.day for day in inside] == [*range(1, len(inside) + 1)]
    assert (inside[-1] + timedelta(days=1)).day == 1
    assert response.context["weekdays"][0] == "Monday"


@pytest.mark.parametrize("count", [1, 5])
def test_month_costs_one_query(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        make_event(starts_at=NOON)
    site_pages.written()  # the footer's, which are kept for all pages
    with django_assert_num_queries(1):
        client.get("/calendar/month/")
