"""A length stands for the end, in the form of an event and of each workshop."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Notification, Workshop
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register

from .pages import ADD, errors, fields, page_of, press_save, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
START = NOON + timedelta(days=7)
WRONG = "Write hours and minutes, like 1:30 or 90 min."
BOTH = "The length and the end do not agree. Clear one of them."


@pytest.fixture
def jam(mika: User) -> Event:
    """Two hours on 8 June 2030, a workshop in the first of them."""
    event = make_event(title="Jam", slug="jam", organizers=[mika], starts_at=START)
    Event.objects.update(ends_at=START + 2 * HOUR)
    make_workshop(event, title="Mixing", slug="mixing", starts_at=START, ends_at=START + HOUR)
    return Event.objects.get()


def length_of(row: Event | Workshop) -> timedelta:
    row.refresh_from_db()
    return row.ends_at - row.starts_at


def test_form_shows_the_length(browser: Client, jam: Event) -> None:
    shown = fields(browser.get(page_of(jam)))
    assert (shown["length"], shown["workshops-0-length"]) == (["2:00"], ["1:00"])


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1:30", 90),
        ("90 min", 90),
        ("90m", 90),
        ("2h", 120),
        ("1 h 15 min", 75),
        ("26:00", 1560),
        (" 2 Hours ", 120),
        ("1時間30分", 90),
    ],
)
def test_length_is_read_as_people_write_it(
    browser: Client, jam: Event, typed: str, minutes: int
) -> None:
    assert errors(save(browser, page_of(jam), length=typed)) == []
    assert length_of(jam) == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["90", "1.5", "1:60", "one hour", "-1:00", "1:30:00", "9" * 500])
def test_length_that_may_mean_two_things_is_refused(
    browser: Client, jam: Event, typed: str
) -> None:
    response = press_save(browser, page_of(jam), length=typed)
    assert errors(response) == [WRONG]
    assert fields(response)["length"] == [typed]
    assert length_of(jam) == 2 * HOUR


def test_length_of_nothing_is_refused(browser: Client, jam: Event) -> None:
    sentence = "Choose a length between one minute and a year."
    assert errors(press_save(browser, page_of(jam), length="0:00")) == [sentence]
    assert errors(press_save(browser, page_of(jam), length="9999:00")) == [sentence]


def test_later_start_moves_the_end_along(browser: Client, jam: Event) -> None:
    moved = {"starts_at_0": "2030-06-09", "workshops-0-starts_at_0": "2030-06-09"}
    assert errors(save(browser, page_of(jam), **moved)) == []
    assert length_of(jam) == 2 * HOUR
    assert length_of(Workshop.objects.get()) == HOUR
    assert jam.starts_at == START + timedelta(days=1)


def test_typed_end_wins_over_a_length_that_nobody_changed(browser: Client, jam: Event) -> None:
    assert errors(save(browser, page_of(jam), ends_at_1="16:00")) == []
    assert length_of(jam) == 4 * HOUR


def test_cleared_length_leaves_the_end(browser: Client, jam: Event) -> None:
    moved = {"starts_at_1": "11:30", "length": ""}
    assert errors(save(browser, page_of(jam), **moved)) == []
    assert length_of(jam) == timedelta(hours=2, minutes=30)


def test_cleared_end_leaves_the_length(browser: Client, jam: Event) -> None:
    assert errors(save(browser, page_of(jam), ends_at_0="", ends_at_1="")) == []
    assert length_of(jam) == 2 * HOUR


def test_length_and_end_that_disagree_are_refused(browser: Client, jam: Event) -> None:
    response = press_save(browser, page_of(jam), length="3:00", ends_at_1="16:00")
    assert errors(response) == [BOTH]
    assert length_of(jam) == 2 * HOUR


def test_another_zone_and_a_length_are_chosen_together(browser: Client, jam: Event) -> None:
    """Nobody touched the ends: they stand for other instants only because of the zone."""
    changes = {"time_zone": "Asia/Tokyo", "length": "3:00", "workshops-0-length": "1:30"}
    assert errors(save(browser, page_of(jam), **changes)) == []
    lengths = (length_of(jam), length_of(jam.workshops.get()))
    assert (jam.starts_at, lengths) == (START - 9 * HOUR, (3 * HOUR, 1.5 * HOUR))


def test_length_into_a_year_that_cannot_be_typed_is_refused(browser: Client, mika: User) -> None:
    typed = {"title": "Far", "starts_at_0": "2100-12-30", "starts_at_1": "10:00"}
    answer = save(browser, ADD, **typed, length="8784:00")
    assert errors(answer) == ["Choose a year between 2000 and 2100."]


def test_length_and_end_that_agree_are_saved(browser: Client, jam: Event) -> None:
    assert errors(save(browser, page_of(jam), length="4:00", ends_at_1="16:00")) == []
    assert length_of(jam) == 4 * HOUR


def test_neither_length_nor_end_is_refused(browser: Client, jam: Event) -> None:
    cleared = {"length": "", "ends_at_0": "", "ends_at_1": ""}
    response = press_save(browser, page_of(jam), **cleared)
    assert errors(response) == ["Give the length, or set the end."]


def test_workshop_takes_a_length(browser: Client, jam: Event) -> None:
    assert errors(save(browser, page_of(jam), **{"workshops-0-length": "30 min"})) == []
    assert length_of(Workshop.objects.get()) == HOUR / 2


def test_workshop_with_neither_length_nor_end_is_refused(browser: Client, jam: Event) -> None:
    cleared = {f"workshops-0-{name}": "" for name in ("length", "ends_at_0", "ends_at_1")}
    response = press_save(browser, page_of(jam), **cleared)
    assert errors(response) == ["Give the length, or set the end."]


def test_workshop_that_becomes_longer_than_its_event_is_refused(
    browser: Client, jam: Event
) -> None:
    response = press_save(browser, page_of(jam), **{"workshops-0-length": "3:00"})
    assert errors(response) == ["The workshop must not end after the event."]


def test_seconds_of_an_old_length_stay(browser: Client, jam: Event) -> None:
    Event.objects.update(ends_at=START + 2 * HOUR + timedelta(seconds=30))
    save(browser, page_of(jam), title="Another", starts_at_1="11:00")
    assert length_of(jam) == 2 * HOUR + timedelta(seconds=30)


def test_length_is_hours_that_pass_where_the_clocks_change(browser: Client, mika: User) -> None:
    """The clocks of Berlin go from 3:00 back to 2:00 on 27 October 2030."""
    night = {"starts_at_0": "2030-10-27", "starts_at_1": "01:00", "time_zone": "Europe/Berlin"}
    assert errors(save(browser, ADD, title="Night", length="3:00", **night)) == []
    event = Event.objects.get()
    assert event.ends_at - event.starts_at == 3 * HOUR
    assert event.ends_at.astimezone(event.zone).hour == 3


def test_untouched_form_tells_nobody_of_a_new_time(browser: Client, jam: Event) -> None:
    register(make_attendee(), jam)
    save(browser, page_of(jam), title="Another", length="120 min")
    assert not Notification.objects.filter(kind="time-changed").exists()


def test_copy_has_its_own_start_and_the_length(browser: Client, jam: Event) -> None:
    next_week = {"starts_at_0": "2030-06-15", "workshops-0-starts_at_0": "2030-06-15"}
    sent = fields(browser.get(page_of(jam))) | next_week | {"_saveasnew": "Save as new"}
    sent.pop("_save")
    assert errors(browser.post(page_of(jam), sent)) == []
    copy = Event.objects.exclude(pk=jam.pk).get()
    assert (copy.slug, copy.status, length_of(copy)) == ("jam-2", "draft", 2 * HOUR)
    assert length_of(copy.workshops.get()) == HOUR


def test_length_and_time_zone_are_changed_together(browser: Client, jam: Event) -> None:
    """The end that nobody typed stands on the clock of another zone now: it does not disagree."""
    zone = {"time_zone": "Asia/Tokyo"}
    part = {"workshops-0-length": "0:45"}
    assert errors(save(browser, page_of(jam), length="3:00", **zone, **part)) == []
    jam.refresh_from_db()
    workshop = jam.workshops.get()
    assert str(jam.time_zone) == "Asia/Tokyo"
    assert jam.ends_at - jam.starts_at == timedelta(hours=3)
    assert workshop.ends_at - workshop.starts_at == timedelta(minutes=45)


def test_start_and_time_zone_are_changed_together(browser: Client, jam: Event) -> None:
    jam.workshops.all().delete()
    length = jam.ends_at - jam.starts_at
    save(browser, page_of(jam), time_zone="Asia/Tokyo", starts_at_1="08:00")
    jam.refresh_from_db()
    assert (jam.starts_at.astimezone(jam.zone).hour, jam.ends_at - jam.starts_at) == (8, length)


@pytest.mark.parametrize("length", [timedelta(days=800), timedelta(seconds=30)])
def test_length_that_nobody_could_type_stays(
    browser: Client, mika: User, length: timedelta
) -> None:
    """It came from an end that was set, or from before there were lengths."""
    event = make_event(organizers=[mika])
    Event.objects.filter(pk=event.pk).update(ends_at=event.starts_at + length)
    assert errors(save(browser, page_of(event), title="Other")) == []
    event.refresh_from_db()
    assert (event.title, event.ends_at - event.starts_at) == ("Other", length)
