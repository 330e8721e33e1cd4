"""This and the following: asked with all that it does, then done for each event by itself."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from events import housekeeping, places, series
from events.models import Event, Notification, Registration
from events.series import Rule
from tests.events.admin.conftest import SignedIn
from tests.events.admin.pages import effects, logged, page_of, read, said, save
from tests.factories import make_attendee, make_event, make_user
from tests.states.state import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

START = datetime(2030, 7, 6, 18, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.fixture
def second(mika: User) -> Event:
    """The second of four weekly events, all published; Ada and Bo go to the third."""
    first = make_event(title="Jam", slug="jam", starts_at=START, organizers=[mika], capacity=9)
    rule = Rule(START.date(), "weekly", count=4)
    series.repeat(first, rule=rule, days_ahead=None)
    Event.objects.update(status="published")
    for name in ("Ada", "Bo"):
        sign_up(name)
    return occurrence(1)


def occurrence(index: int) -> Event:
    return Event.objects.get(series_index=index)


def sign_up(name: str, index: int = 2) -> Registration:
    user = make_user(username=name, email=f"{name}@example.org")
    make_attendee(user=user, neos_username=name, email_confirmed_at=timezone.now())
    return places.register(user=user, bookable=occurrence(index))


def address(event: Event) -> str:
    return f"/admin/events/event/{event.pk}/following/"


def ask(
    browser: Client, event: Event, *groups: str, indexes: tuple[int, ...] = (2, 3)
) -> HttpResponse:
    chosen = [str(occurrence(index).pk) for index in indexes]
    return browser.post(address(event), {"group": groups, "event": chosen})


def agree(browser: Client, event: Event, asked: HttpResponse) -> HttpResponse:
    """Press the button of the page that asks, with all that it carries."""
    sent: dict[str, list[str]] = {"confirmed": ["1"]}
    for box in read(asked).all("input", type="hidden"):
        sent.setdefault(box.attributes["name"], []).append(box.attributes["value"])
    return browser.post(address(event), sent)


def lines(response: HttpResponse) -> list[str]:
    """Return what becomes different, per event, without the effects on people."""
    sections = [each for each in read(response).all("section") if any(each.all("h3"))]
    return [
        item.text for section in sections for item in section.all("li") if not any(item.all("span"))
    ]


def move(event: Event, by: timedelta = HOUR) -> Event:
    return change(event, starts_at=event.starts_at + by, ends_at=event.ends_at + by)


def starts() -> list[str]:
    return [f"{each.starts_at:%m-%d %H}" for each in Event.objects.order_by("series_index")]


# --- The question --------------------------------------------------------------------------------


def test_page_has_later_events_with_their_people(browser: Client, second: Event) -> None:
    page = read(browser.get(f"{address(second)}?group=time&group=texts"))
    labels = [label.text for label in page.all("label", class_="line")]
    assert labels[-2:] == [
        "Sat 20 July 2030, 18:00 (UTC) · published · 2 places taken",
        "Sat 27 July 2030, 18:00 (UTC) · published · 0 places taken",
    ]
    ticked = [
        box.attributes["value"]
        for box in page.all("input", type="checkbox", name="group")
        if "checked" in box.attributes
    ]
    assert ticked == ["texts", "time"]


def test_question_says_what_changes_and_who_is_told(browser: Client, second: Event) -> None:
    asked = ask(browser, move(change(second, title="Big jam")), "texts", "time")
    moved = "{}: Sat {} July 2030, {}:00 (UTC) instead of Sat {} July 2030, {}:00 (UTC)"
    assert lines(asked) == [
        "Title: Big jam instead of Jam",
        moved.format("Starts", 20, 19, 20, 18),
        moved.format("Ends", 20, 21, 20, 20),
        "Title: Big jam instead of Jam",
        moved.format("Starts", 27, 19, 27, 18),
        moved.format("Ends", 27, 21, 27, 20),
    ]
    assert "2 people get a message with the old and the new time." in effects(asked)
    assert "Ada" in read(asked).text
    assert starts()[2:] == ["07-20 18", "07-27 18"]
    assert not Notification.objects.filter(kind="time-changed").exists()


def test_agreement_changes_each_event_and_tells_its_people(browser: Client, second: Event) -> None:
    asked = ask(browser, move(second), "time")
    response = agree(browser, second, asked)
    assert said(response) == ["2 later events are changed."]
    assert starts() == ["07-06 18", "07-13 19", "07-20 19", "07-27 19"]
    assert Notification.objects.filter(kind="time-changed").count() == 2
    assert Registration.objects.filter(status="confirmed").count() == 2
    noted = "Changed along with the event of the series that starts Sat 13 July 2030, 19:00 (UTC)."
    assert logged() == [("mika", noted)] * 2


def test_event_that_was_not_chosen_stays(browser: Client, second: Event) -> None:
    asked = ask(browser, move(second), "time", indexes=(3,))
    agree(browser, second, asked)
    assert starts()[2:] == ["07-20 18", "07-27 19"]


def test_what_is_alike_already_is_left_alone(browser: Client, second: Event) -> None:
    asked = ask(browser, second, "texts", "time", "places")
    assert (lines(asked), read(asked).text.count("It is like this one already.")) == ([], 2)
    assert said(agree(browser, second, asked)) == ["0 later events are changed."]
    assert logged() == []


def test_part_has_to_be_chosen(browser: Client, second: Event) -> None:
    response = browser.post(address(second), {"event": [str(occurrence(2).pk)]})
    assert response.status_code == 422
    assert "Choose at least one part" in response.content.decode()


def test_obstacle_is_said_and_that_event_stays(browser: Client, second: Event) -> None:
    lottery = change(second, draw_at=second.starts_at - 24 * HOUR)
    asked = ask(browser, lottery, "time")
    assert "People have signed up, so its lottery stays as it is." in read(asked).text
    response = agree(browser, second, asked)
    assert said(response)[0] == "1 later event is changed."
    assert said(response)[1].endswith("People have signed up, so its lottery stays as it is.")
    assert [occurrence(index).draw_at is None for index in (2, 3)] == [True, False]


# --- Between question and answer -----------------------------------------------------------------


def test_a_few_more_people_do_not_undo_the_agreement(browser: Client, second: Event) -> None:
    asked = ask(browser, move(second), "time")
    sign_up("Cy")
    agree(browser, second, asked)
    assert starts()[2] == "07-20 19"
    assert Notification.objects.filter(kind="time-changed").count() == 3


def test_first_person_who_signs_up_meanwhile_is_asked_about(browser: Client, second: Event) -> None:
    """Nobody was in the last event when the organizer agreed to move it."""
    asked = ask(browser, move(second), "time")
    sign_up("Cy", 3)
    response = agree(browser, second, asked)
    assert said(response)[0] == "1 later event is changed."
    assert "Something here changed while you had the page open." in said(response)[1]
    assert starts()[2:] == ["07-20 19", "07-27 18"]


def test_edit_that_changes_meanwhile_is_not_carried_on(browser: Client, second: Event) -> None:
    asked = ask(browser, change(second, title="Big jam"), "texts")
    change(second, title="Huge jam")
    response = agree(browser, second, asked)
    assert said(response)[0] == "0 later events are changed."
    assert occurrence(3).title == "Jam"


def test_deleted_event_is_passed_over(browser: Client, second: Event) -> None:
    asked = ask(browser, change(second, title="Big jam"), "texts")
    occurrence(3).delete()
    assert said(agree(browser, second, asked)) == ["1 later event is changed."]


# --- Who may, and what follows -------------------------------------------------------------------


def test_events_of_other_organizers_do_not_go_along(
    browser: Client, second: Event, robin: User
) -> None:
    lost = occurrence(3)
    lost.organizers.set([robin])
    sent = {"group": ["texts"], "event": [str(lost.pk)]}
    change(second, title="Big jam")
    assert "27 July" not in browser.get(address(second)).content.decode()
    assert lines(browser.post(address(second), sent)) == []


def test_strangers_get_nothing(
    client: Client, signed_in: SignedIn, robin: User, second: Event
) -> None:
    assert client.get(address(second)).status_code == 302
    for answer in (client.post, signed_in(robin).post):
        answer(address(second), {"group": ["texts"], "confirmed": "1"})
    assert signed_in(robin).get(address(second)).status_code == 404
    assert Event.objects.filter(title="Jam").count() == 4


def test_saving_the_form_changes_this_one_only_and_leads_on(browser: Client, second: Event) -> None:
    save(browser, page_of(second), starts_at_1="19:00", length="2:00", ends_at_1="21:00")
    assert starts() == ["07-06 18", "07-13 19", "07-20 18", "07-27 18"]
    page = read(browser.get(f"/admin/events/event/{second.pk}/desk/"))
    links = [link.attributes["href"] for link in page.all("a") if "following" in link.text]
    assert links == [f"{address(second)}?group=time"]


def test_drafts_made_later_are_like_the_event(
    browser: Client, mika: User, clock: time_machine.Traveller
) -> None:
    first = make_event(title="Jam", starts_at=START, organizers=[mika])
    series.repeat(first, rule=Rule(START.date(), "weekly"), days_ahead=40)
    move(change(first, title="Big jam"))
    asked = browser.post(address(first), {"group": ["texts", "time"]})
    agree(browser, first, asked)
    clock.shift(WEEK)
    housekeeping.run()
    new = Event.objects.latest("series_index")
    assert (new.title, new.starts_at.hour, new.status) == ("Big jam", 19, "draft")
