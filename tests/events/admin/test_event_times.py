"""Times on the event form: typed and shown in the event's own zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from events.models import Event
from tests.factories import make_event, make_local_attendee, make_workshop

from .conftest import SignedIn
from .pages import ADD, EVENTS, errors, fields, page_of, read, rows, save

DATE = "Write a date, like 2030-06-01."
TIME = "Write a time of day from 00:00 to 23:59, like 19:30."

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EVENING = datetime(2030, 7, 1, 18, tzinfo=UTC)  # 20:00 in Berlin, 3:00 of the next day in Tokyo


@pytest.fixture
def jam(mika: User) -> Event:
    """20:00 to 22:00 in Berlin, with a workshop in the first hour."""
    event = make_event(
        title="Jam",
        organizers=[mika],
        starts_at=EVENING,
        time_zone="Europe/Berlin",
        opens_at=EVENING - timedelta(days=10),
    )
    make_workshop(event, title="Mixing")
    return event


def shown(response: HttpResponse, name: str) -> list[str]:
    """Date and time in the fields of one time."""
    sent = fields(response)
    return [*sent[f"{name}_0"], *sent[f"{name}_1"]]


def instants(event: Event) -> list[datetime]:
    """Start and end of the event and its workshop, as stored."""
    event.refresh_from_db()
    workshop = event.workshops.get()
    return [event.starts_at, event.ends_at, workshop.starts_at, workshop.ends_at]


def test_form_shows_the_events_own_time(browser: Client, jam: Event) -> None:
    page = browser.get(page_of(jam))
    assert shown(page, "starts_at") == ["2030-07-01", "20:00"]
    assert shown(page, "opens_at") == ["2030-06-21", "20:00"]
    assert shown(page, "workshops-0-ends_at") == ["2030-07-01", "21:00"]


def test_pages_name_the_zone_they_are_in(browser: Client, jam: Event) -> None:
    assert "Times in Europe/Berlin" in read(browser.get(page_of(jam))).text
    assert "Times in" not in read(browser.get(EVENTS)).text
    assert rows(browser.get(EVENTS))[0][1] == "Mon 1 July 2030, 20:00 (Europe/Berlin)"


def test_zone_of_the_form_ends_with_the_page(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), time_zone="Asia/Tokyo")
    assert timezone.get_current_timezone_name() == "UTC"


def test_saving_an_untouched_form_moves_nothing(browser: Client, jam: Event) -> None:
    before = instants(jam)
    save(browser, page_of(jam))
    assert instants(jam) == before


def test_times_are_read_in_the_events_zone(browser: Client, jam: Event) -> None:
    """The workshop has no new end, so it keeps its length."""
    typed = {"starts_at_1": "19:00", "ends_at_1": "23:30", "workshops-0-starts_at_1": "20:30"}
    save(browser, page_of(jam), **typed)
    hours = [EVENING + timedelta(minutes=minutes) for minutes in (-60, 210, 30, 90)]
    assert instants(jam) == hours


def test_other_zone_keeps_the_clock_times(browser: Client, jam: Event) -> None:
    """20:00 in Berlin becomes 20:00 in Tokyo, which is seven hours earlier; workshops go along."""
    before = instants(jam)
    save(browser, page_of(jam), time_zone="Asia/Tokyo")
    assert instants(jam) == [instant - timedelta(hours=7) for instant in before]
    assert shown(browser.get(page_of(jam)), "starts_at") == ["2030-07-01", "20:00"]


def test_other_zone_and_other_times_are_read_together(browser: Client, jam: Event) -> None:
    """Both keep their lengths: nobody typed an end."""
    typed = {"starts_at_1": "09:00", "workshops-0-starts_at_1": "09:30"}
    lengths = [instants(jam)[n + 1] - instants(jam)[n] for n in (0, 2)]
    save(browser, page_of(jam), time_zone="America/New_York", **typed)
    assert instants(jam)[0] == datetime(2030, 7, 1, 13, tzinfo=UTC)
    assert instants(jam)[2] == datetime(2030, 7, 1, 13, 30, tzinfo=UTC)
    assert [instants(jam)[n + 1] - instants(jam)[n] for n in (0, 2)] == lengths


@pytest.mark.parametrize(
    ("date", "time"),
    [("2031-03-30", "02:30:00"), ("2030-10-27", "02:30:00")],
    ids=["gap in spring", "twice in autumn"],
)
def test_time_that_is_no_single_instant_is_refused(
    browser: Client, jam: Event, date: str, time: str
) -> None:
    before = instants(jam)
    typed = {"starts_at_0": date, "starts_at_1": time, "ends_at_0": "2031-04-01"}
    response = save(browser, page_of(jam), **typed)
    assert errors(response) == [
        "The clocks change then in Europe/Berlin: this time never comes, or comes twice."
    ]
    assert shown(response, "starts_at") == [date, time]
    assert instants(jam) == before


@pytest.mark.parametrize("hour", [0, 1], ids=["the first time", "the second time"])
def test_stored_time_that_comes_twice_stays_which_it_is_r5(
    browser: Client, jam: Event, hour: int
) -> None:
    jam.workshops.all().delete()
    start = datetime(2030, 10, 27, hour, 30, tzinfo=UTC)
    Event.objects.update(starts_at=start, ends_at=start + timedelta(hours=4))
    assert errors(save(browser, page_of(jam), summary="New")) == []
    jam.refresh_from_db()
    assert (jam.summary, jam.starts_at) == ("New", start)
    assert len(errors(save(browser, page_of(jam), starts_at_1="02:31:00"))) == 1


@pytest.mark.parametrize(
    ("time", "hour"), [("01:59", 0), ("03:00", 1)], ids=["last before", "first after"]
)
def test_times_beside_the_gap_are_exact(browser: Client, jam: Event, time: str, hour: int) -> None:
    jam.workshops.all().delete()
    day = {"starts_at_0": "2031-03-30", "ends_at_0": "2031-03-30", "ends_at_1": "12:00"}
    save(browser, page_of(jam), starts_at_1=time, **day)
    jam.refresh_from_db()
    assert (jam.starts_at.hour, jam.starts_at.minute) == (hour, int(time[3:]))


def test_error_keeps_what_was_typed(browser: Client, jam: Event) -> None:
    typed = {
        "time_zone": "Asia/Tokyo",
        "starts_at_0": "2030-06-30",
        "starts_at_1": "7:5",
        "ends_at_1": "quarter past",
        "workshops-0-starts_at_1": "20:30:00",
    }
    response = save(browser, page_of(jam), **typed)
    assert errors(response) == [TIME]
    again = fields(response)
    assert {name: again[name] for name in typed} == {name: [typed[name]] for name in typed}


def test_half_a_time_is_an_error(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), closes_at_0="2030-07-01")
    assert errors(response) == [TIME]
    response = save(browser, page_of(jam), closes_at_1="19:30")
    assert errors(response) == [DATE]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("starts_at_0", "next Friday", DATE),
        ("starts_at_0", "2030-02-30", DATE),
        ("starts_at_1", "7 pm", TIME),
        ("starts_at_1", "24:00", TIME),
        ("workshops-0-starts_at_1", "noon", TIME),
        ("workshops-0-starts_at_0", "1st", DATE),
    ],
)
def test_date_and_time_that_nobody_can_read_show_an_example(
    browser: Client, jam: Event, name: str, typed: str, sentence: str
) -> None:
    response = save(browser, page_of(jam), **{name: typed})
    assert errors(response) == [sentence]
    example = {DATE: "2030-06-01", TIME: "19:30"}[sentence]
    assert example in sentence
    assert sentence not in errors(save(browser, page_of(jam), **{name: example}))


@pytest.mark.usefixtures("every_zone")
def test_every_zone_is_on_offer(browser: Client, jam: Event) -> None:
    (select,) = read(browser.get(page_of(jam))).all("select", name="time_zone")
    offered = {option.attributes["value"] for option in select.all("option")}
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Ushuaia"} <= offered
    assert 400 < len(offered) < 500
    assert not {"localtime", "Asia/Calcutta", "GMT", "Etc/GMT+5", "EST", "GB", "Factory"} & offered


@pytest.mark.usefixtures("every_zone")
def test_stored_old_name_of_a_zone_stays(browser: Client, mika: User, jam: Event) -> None:
    make_local_attendee(user=mika, time_zone="Asia/Calcutta")
    Event.objects.update(time_zone="Asia/Calcutta")
    assert save(browser, page_of(jam), title="Jazz").status_code == 302
    jam.refresh_from_db()
    assert (str(jam.time_zone), jam.title) == ("Asia/Calcutta", "Jazz")
    assert fields(browser.get(ADD))["time_zone"] == ["UTC"]


@pytest.mark.usefixtures("every_zone")
def test_unknown_zone_is_an_error(browser: Client, jam: Event) -> None:
    before = instants(jam)
    for zone in ["Mars/Olympus", "localtime", "Asia/Calcutta", "../../etc/passwd", "UTC\0", ""]:
        response = save(browser, page_of(jam), time_zone=zone)
        assert response.status_code == 200
        assert shown(response, "starts_at") == ["2030-07-01", "20:00"]
        assert len(errors(response)) == 1
    assert instants(jam) == before


@pytest.mark.parametrize(
    ("date", "zone"),
    [
        ("0001-01-01", "Asia/Tokyo"),
        ("1999-12-31", "UTC"),
        ("2101-01-02", "UTC"),
        ("9999-12-31", "America/New_York"),
    ],
)
def test_year_that_cannot_be_shown_everywhere_is_refused(
    browser: Client, jam: Event, date: str, zone: str
) -> None:
    typed = {"time_zone": zone}
    for name in ["starts_at", "closes_at", "workshops-0-ends_at"]:
        typed |= {f"{name}_0": date, f"{name}_1": "00:00:00"}
    response = save(browser, page_of(jam), **typed)
    assert errors(response).count("Choose a year between 2000 and 2100.") == 3


def test_new_event_is_in_the_organizers_own_zone(browser: Client, mika: User) -> None:
    make_local_attendee(user=mika, time_zone="Asia/Tokyo")
    page = browser.get(ADD)
    assert fields(page)["time_zone"] == ["Asia/Tokyo"]
    assert "Times in Asia/Tokyo" in read(page).text


OF_ACCOUNT = "It is the zone that you have chosen in your account."
OF_EVENT = "It is the zone of the newest event that you organize."
OF_SITE = "It is the zone of this site."
OF_BROWSER = "It is the zone that was chosen in this browser."
NONE_CHOSEN = "It is UTC, because you have chosen no zone in your account."
ORIGINS = (OF_ACCOUNT, OF_EVENT, OF_SITE, OF_BROWSER, NONE_CHOSEN)


def zone_of_new(browser: Client, query: str = "") -> tuple[str, list[str]]:
    """Return the zone that an empty form shows, and where the form says that it is from."""
    page = browser.get(f"{ADD}{query}")
    return fields(page)["time_zone"][0], [one for one in ORIGINS if one in read(page).text]


def test_new_event_of_somebody_without_a_zone_is_in_utc(browser: Client) -> None:
    assert zone_of_new(browser) == ("UTC", [NONE_CHOSEN])


def test_new_event_is_in_the_first_zone_that_is_known(
    browser: Client, mika: User, robin: User, settings: Settings
) -> None:
    browser.cookies["zone"] = "America/New_York"
    make_event(organizers=[robin], time_zone="Europe/Berlin")  # not hers
    assert zone_of_new(browser) == ("America/New_York", [OF_BROWSER])
    settings.TIME_ZONE = "Asia/Tokyo"
    assert zone_of_new(browser) == ("Asia/Tokyo", [OF_SITE])
    make_event(organizers=[mika], time_zone="Asia/Tokyo")
    make_event(organizers=[mika, robin], time_zone="Europe/Berlin")
    assert zone_of_new(browser) == ("Europe/Berlin", [OF_EVENT])
    make_local_attendee(user=mika, time_zone="America/New_York")
    assert zone_of_new(browser) == ("America/New_York", [OF_ACCOUNT])


def test_zone_that_is_chosen_says_nothing_of_another(browser: Client, mika: User) -> None:
    make_event(organizers=[mika], time_zone="Asia/Tokyo")
    assert zone_of_new(browser, "?time_zone=Europe/Berlin") == ("Europe/Berlin", [])
    again = browser.post(ADD, fields(browser.get(ADD)) | {"time_zone": "Europe/Berlin"})
    assert fields(again)["time_zone"] == ["Europe/Berlin"]
    assert [one for one in ORIGINS if one in read(again).text] == []


def test_event_that_there_is_says_nothing_of_where_its_zone_is_from(
    browser: Client, jam: Event
) -> None:
    text = read(browser.get(page_of(jam))).text
    assert ("All times on this page are in it." in text, OF_EVENT in text) == (True, False)


def test_new_event_is_read_in_the_zone_chosen_for_it(browser: Client) -> None:
    day = {"starts_at_0": "2030-07-01", "starts_at_1": "20:00"}
    day |= {"ends_at_0": "2030-07-01", "ends_at_1": "22:00"}
    save(browser, ADD, title="Jam", slug="jam", time_zone="Europe/Berlin", **day)
    assert Event.objects.get().starts_at == EVENING


def test_form_of_another_organizers_event_tells_no_zone(
    signed_in: SignedIn, robin: User, jam: Event
) -> None:
    response = signed_in(robin).get(page_of(jam), follow=True)
    assert "Berlin" not in response.content.decode()


def test_texts_of_the_calendar_are_there(browser: Client) -> None:
    """The admin's own script reads how times are written here as JSON."""
    response = browser.get("/admin/jsi18n/")
    assert (response.status_code, "D j F Y, H:i (e)" in response.content.decode()) == (200, True)
