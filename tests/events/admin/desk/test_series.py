"""Copying and repeating an event, and the series that comes of it, as organizers do it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import follows, housekeeping, series
from events.models import Event, Notification, Series
from events.series import Rule
from tests.events.admin.conftest import SignedIn
from tests.events.admin.pages import errors, fields, page_of, read, said, save, version
from tests.factories import NOON, make_attendee, make_event, make_host, make_user
from tests.states.state import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, WEEK = timedelta(days=1), timedelta(days=7)
START = datetime(2030, 10, 12, 18, tzinfo=UTC)  # the second Saturday, 20:00 in Berlin
WEEKLY = {"pattern": "weekly", "interval": "1", "count": "4", "made": "at-once"}


@pytest.fixture
def show(mika: User) -> Event:
    return make_event(
        title="Show", slug="show", starts_at=START, time_zone="Europe/Berlin", organizers=[mika]
    )


def address(event: Event, name: str) -> str:
    return f"/admin/events/event/{event.pk}/{name}/"


def items(response: HttpResponse) -> list[str]:
    """Return the dates that a page lists."""
    lists = [
        each
        for each in read(response).all("ol", "ul")
        if "dates" in each.attributes.get("class", "")
    ]
    return [item.text for each in lists for item in each.all("li")]


def confirm(browser: Client, event: Event, typed: dict[str, str]) -> HttpResponse:
    asked = browser.post(address(event, "series"), typed)
    more = {"confirmed": "1", "version": version(asked)}
    return browser.post(address(event, "series"), typed | more)


# --- Copy ----------------------------------------------------------------------------------------


def test_copy_asks_for_the_date_and_makes_a_draft(browser: Client, show: Event) -> None:
    page = browser.get(address(show, "copy"))
    typed = {
        box.attributes["name"]: box.attributes["value"]
        for box in read(page).all("input")
        if box.attributes.get("name", "").startswith("starts_at")
    }
    assert typed == {"starts_at_0": "2030-10-19", "starts_at_1": "20:00"}
    response = browser.post(address(show, "copy"), typed | {"starts_at_0": "2030-11-02"})
    copy = Event.objects.latest("pk")
    assert (response.status_code, response["Location"]) == (302, page_of(copy))
    assert (copy.status, copy.slug) == ("draft", "show-2")
    assert copy.starts_at == datetime(2030, 11, 2, 19, tzinfo=UTC)
    assert said(response) == [
        "This is the copy, a draft: nobody was told. Check it, then publish it."
    ]


def test_next_date_is_to_come_also_for_an_old_event(browser: Client, show: Event) -> None:
    change(show, starts_at=START - 20 * WEEK, ends_at=START - 20 * WEEK + DAY)
    page = browser.get(address(show, "copy")).content.decode()
    assert 'value="2030-06-01"' in page  # the day of the clock


def test_copy_needs_a_date_that_the_clock_shows_once(browser: Client, show: Event) -> None:
    typed = {"starts_at_0": "2031-03-30", "starts_at_1": "02:30"}
    response = browser.post(address(show, "copy"), typed)
    assert response.status_code == 422
    assert "never comes, or comes twice" in errors(response)[0]
    assert Event.objects.count() == 1


def test_copy_says_which_of_its_times_are_past(browser: Client, show: Event) -> None:
    change(show, draw_at=START - 130 * DAY)
    typed = {"starts_at_0": "2030-06-08", "starts_at_1": "20:00"}
    response = browser.post(address(show, "copy"), typed)
    assert said(response)[1:] == ["The draw of the copy would be in the past. Choose another time."]


def test_saving_as_new_keeps_co_organizers(browser: Client, show: Event) -> None:
    co = make_user(username="co", is_staff=True)
    show.organizers.add(co)
    save(browser, page_of(show), slug="new", _saveasnew="1")
    copy = Event.objects.get(slug="new")
    assert set(copy.organizers.values_list("username", flat=True)) == {"mika", "co"}


# --- Repeat --------------------------------------------------------------------------------------


def test_dates_are_shown_before_anything_is_made(browser: Client, show: Event) -> None:
    asked = browser.post(address(show, "series"), WEEKLY)
    assert items(asked) == [
        "Sat 12 October 2030, 20:00 (Europe/Berlin) · this event",
        "Sat 19 October 2030, 20:00 (Europe/Berlin)",
        "Sat 26 October 2030, 20:00 (Europe/Berlin)",
        "Sat 2 November 2030, 20:00 (Europe/Berlin) · the clocks have changed: UTC+1",
    ]
    assert (Event.objects.count(), Series.objects.count()) == (1, 0)


def test_series_is_made_of_drafts(browser: Client, show: Event) -> None:
    response = confirm(browser, show, WEEKLY)
    assert said(response) == ["The series is there, with 3 new drafts."]
    assert response["Location"] == address(show, "series")
    rows = Event.objects.order_by("series_index").values_list("slug", "status")
    assert list(rows) == [
        ("show", "published"),
        ("show-2030-10-19", "draft"),
        ("show-2030-10-26", "draft"),
        ("show-2030-11-02", "draft"),
    ]
    page = browser.get(address(show, "series"))
    assert len(items(page)) == 4
    assert "Every week on Saturday" in read(page).text


def test_second_saturday_ahead_is_made_by_the_site(browser: Client, show: Event) -> None:
    typed = {"pattern": "monthly 2", "interval": "1", "made": "ahead", "days_ahead": "190"}
    asked = browser.post(address(show, "series"), typed)
    assert items(asked)[1:3] == [
        "Sat 9 November 2030, 20:00 (Europe/Berlin) · the clocks have changed: UTC+1",
        "Sat 14 December 2030, 20:00 (Europe/Berlin) · draft later",
    ]
    confirm(browser, show, typed)
    assert Event.objects.count() == 2
    page = read(browser.get(address(show, "series"))).text
    assert "Every month on the second Saturday" in page
    assert "Without an end." in page


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"until": "2030-12-01"}, "Choose a number of events or a last day, not both."),
        ({"count": ""}, "All at once needs a number of events or a last day."),
        ({"count": "300"}, "At once makes at most 60 events. Choose fewer, or some days before."),
        (
            {"count": "", "until": "2030-10-13"},
            "By this rule there is no later event up to that day.",
        ),
        ({"interval": "0"}, "Write a number that is not below 1."),
        ({"pattern": "monthly 3"}, "Select a valid choice. monthly 3 is not one of the available"),
    ],
)
def test_rule_that_cannot_be_is_refused(
    browser: Client, show: Event, typed: dict[str, str], error: str
) -> None:
    response = browser.post(address(show, "series"), WEEKLY | typed)
    assert response.status_code == 422
    assert error in errors(response)[0]


def test_date_moved_meanwhile_is_asked_about_again(browser: Client, show: Event) -> None:
    asked = browser.post(address(show, "series"), WEEKLY)
    change(show, starts_at=START - DAY)
    more = {"confirmed": "1", "version": version(asked)}
    response = browser.post(address(show, "series"), WEEKLY | more)
    assert items(response)[1].startswith("Fri 18 October")
    assert Series.objects.count() == 0


def test_two_who_repeat_at_once_make_one_series(browser: Client, show: Event) -> None:
    confirm(browser, show, WEEKLY)
    response = browser.post(address(show, "series"), WEEKLY | {"confirmed": "1"})
    assert said(response)[1:] == ["Somebody made a series of this event a moment ago."]
    assert (Series.objects.count(), Event.objects.count()) == (1, 4)


def test_drafts_are_stopped_and_made_again(
    signed_in: SignedIn, mika: User, show: Event, clock: time_machine.Traveller
) -> None:
    series.repeat(show, rule=Rule(START.date(), "weekly"), days_ahead=1)
    signed_in(mika).post(address(show, "series"), {"stop": "1"})
    clock.move_to(START + 6 * DAY)
    housekeeping.run()
    assert Event.objects.count() == 1
    response = signed_in(mika).post(address(show, "series"), {"go-on": "1"})
    assert said(response) == ["The site makes drafts again: 1 is new."]
    assert Event.objects.count() == 2


def test_button_that_there_is_not_is_refused(browser: Client, show: Event) -> None:
    series.repeat(show, rule=Rule(START.date(), "weekly"), days_ahead=1)
    assert browser.post(address(show, "series"), {"x": "1"}).status_code == 400


# --- Publish -------------------------------------------------------------------------------------


def test_drafts_are_published_after_a_question_and_followers_get_one_mail(
    browser: Client, show: Event
) -> None:
    host = make_host(show, name="Club")
    Event.objects.update(announced_at=NOON)
    user = make_user(email="fan@example.org")
    follows.follow(make_attendee(user=user, email_confirmed_at=NOON), host=host)
    confirm(browser, show, WEEKLY)
    asked = browser.post(address(show, "series"), {"publish": "1"})
    assert len(items(asked)) == 3
    assert "one mail, about the first event" in read(asked).text
    assert Event.objects.filter(status="draft").count() == 3
    response = confirm(browser, show, {"publish": "1"})
    assert said(response)[-1:] == ["3 events are published."]
    assert Event.objects.filter(status="published").count() == 4
    follows.tell(timezone.now())
    assert Notification.objects.filter(kind="new-event").count() == 1


def test_draft_whose_draw_would_be_past_stays_one(browser: Client, show: Event) -> None:
    change(show, draw_at=START - 141 * DAY)
    confirm(browser, show, WEEKLY)
    asked = browser.post(address(show, "series"), {"publish": "1"})
    assert len(items(asked)) == 2
    assert "Sat 19 October 2030, 20:00 (Europe/Berlin) stays a draft" in read(asked).text
    confirm(browser, show, {"publish": "1"})
    assert Event.objects.filter(status="draft").count() == 1


def test_draft_that_was_changed_meanwhile_is_asked_about_again(
    browser: Client, show: Event
) -> None:
    confirm(browser, show, WEEKLY)
    asked = browser.post(address(show, "series"), {"publish": "1"})
    change(Event.objects.get(series_index=1), starts_at=START + 7 * DAY - WEEK / 7)
    more = {"publish": "1", "confirmed": "1", "version": version(asked)}
    browser.post(address(show, "series"), more)
    assert Event.objects.filter(status="published").count() == 1


def test_drafts_of_another_organizer_stay(
    browser: Client, signed_in: SignedIn, robin: User, mika: User, show: Event
) -> None:
    """One whom she was taken from is not hers to publish or to see."""
    confirm(browser, show, WEEKLY)
    lost = Event.objects.get(series_index=2)
    lost.organizers.set([robin])
    assert len(items(browser.get(address(show, "series")))) == 3
    confirm(browser, show, {"publish": "1"})
    lost.refresh_from_db()
    assert (lost.status, Event.objects.filter(status="published").count()) == ("draft", 3)


def test_series_page_costs_the_same_for_many(browser: Client, show: Event, mika: User) -> None:
    series.repeat(show, rule=Rule(START.date(), "weekly", count=2), days_ahead=None)
    other = make_event(starts_at=START, organizers=[mika])
    series.repeat(other, rule=Rule(START.date(), "weekly", count=40), days_ahead=None)
    counts = []
    for event in (show, other):
        for name in ("series", "following", "copy"):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(address(event, name)).status_code == 200
            counts.append(len(captured))
    assert counts[:3] == counts[3:]


def test_form_offers_to_change_the_following(browser: Client, show: Event) -> None:
    confirm(browser, show, WEEKLY)
    response = save(browser, page_of(show), title="Big show", capacity="3")
    offers = [word for word in said(response) if "Change the following ones too" in word]
    assert offers == ["Only this event of the series is changed. Change the following ones too"]
    assert Event.objects.filter(title="Big show").count() == 1
    assert fields(browser.get(page_of(show)))["title"] == ["Big show"]


def test_saving_as_new_keeps_hosts_of_others(browser: Client, show: Event) -> None:
    make_host(show, name="Club")
    response = save(browser, page_of(show), slug="new", _saveasnew="1")
    assert errors(response) == []
    copy = Event.objects.get(slug="new")
    assert [str(host) for host in copy.hosts.all()] == ["Club"]
