"""The lottery in the event form: when it is, what stays secret, what is history."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from events import places
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_organizer, statuses

from .conftest import SignedIn
from .pages import (
    ADD,
    EVENTS,
    REGISTRATIONS,
    errors,
    fields,
    page_of,
    read,
    registration_page,
    rows,
    save,
    shown_field,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DRAW = NOON + timedelta(days=1)
EARLY = "The draw must come before registration closes."


@pytest.fixture
def jam(mika: User) -> Event:
    """One place, drawn tomorrow; the event is in a week, 12:00 to 14:00."""
    return make_event(title="Jam", slug="jam", organizers=[mika], capacity=1, draw_at=DRAW)


@pytest.fixture
def entries(jam: Event) -> list[Registration]:
    users = [make_attendee(neos_username=name).user for name in ("Ada", "Bo", "Cy")]
    return [places.register(user=user, bookable=jam) for user in users]


@pytest.fixture
def drawn(jam: Event, entries: list[Registration], clock: time_machine.Traveller) -> Event:
    """The same after the draw."""
    clock.shift(timedelta(days=1))
    places.draw(event=jam, now=DRAW)
    jam.refresh_from_db()
    return jam


def at(instant: datetime, name: str = "draw_at") -> dict[str, str]:
    return {f"{name}_0": f"{instant:%Y-%m-%d}", f"{name}_1": f"{instant:%H:%M}"}


def test_time_of_the_draw_is_in_the_events_zone(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), time_zone="Asia/Tokyo", draw_at_0="2030-06-03", draw_at_1="21:00")
    jam.refresh_from_db()
    assert jam.draw_at == datetime(2030, 6, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (at(NOON + timedelta(days=7, hours=2)), EARLY),
        (at(DRAW) | at(DRAW, "closes_at"), EARLY),
        (at(DRAW) | at(DRAW, "opens_at"), "The draw must come after registration opens."),
        (at(NOON - timedelta(minutes=1)), "The draw must be in the future."),
    ],
)
def test_draw_is_while_registration_is_open(
    browser: Client, jam: Event, typed: dict[str, str], sentence: str
) -> None:
    assert errors(save(browser, page_of(jam), **typed)) == [sentence]
    jam.refresh_from_db()
    assert (jam.draw_at, jam.opens_at, jam.closes_at) == (DRAW, None, None)


def test_draw_just_before_the_close_is_fine(browser: Client, jam: Event) -> None:
    close = at(DRAW + timedelta(minutes=1), "closes_at")
    assert save(browser, page_of(jam), **close).status_code == 302


def test_event_with_a_draw_that_is_due_can_be_saved(
    browser: Client, jam: Event, entries: list[Registration], clock: time_machine.Traveller
) -> None:
    """Saving the event holds the draw that is due."""
    clock.shift(timedelta(days=1))
    browser.force_login(make_organizer())
    jam.organizers.add(*User.objects.filter(is_staff=True))
    assert save(browser, page_of(jam), summary="Soon").status_code == 302
    assert sorted(statuses(jam)) == ["confirmed", "waitlisted", "waitlisted"]


def test_lottery_stays_one_once_somebody_takes_part(
    browser: Client, jam: Event, entries: list[Registration]
) -> None:
    response = save(browser, page_of(jam), draw_at_0="", draw_at_1="")
    assert "People have signed up already" in response.content.decode()
    assert statuses(jam) == ["waitlisted"] * 3


def test_event_with_people_does_not_become_a_lottery(browser: Client, jam: Event) -> None:
    Event.objects.update(draw_at=None)
    places.register(user=make_attendee().user, bookable=jam)
    response = save(browser, page_of(jam), **at(DRAW, "draw_at"))
    assert "People have signed up already" in response.content.decode()
    assert statuses(jam) == ["confirmed"]


# --- What stays secret -------------------------------------------------------------------------


def test_form_shows_the_commitment_and_not_the_seed(browser: Client, jam: Event) -> None:
    page = browser.get(page_of(jam)).content.decode()
    assert (jam.draw_commitment in page, jam.draw_seed in page) == (True, False)
    assert shown_field(browser, page_of(jam), "commitment") == jam.draw_commitment
    lists = [EVENTS, REGISTRATIONS, f"{EVENTS}{jam.pk}/history/"]
    assert [
        address for address in lists if jam.draw_seed in browser.get(address).content.decode()
    ] == []


def test_new_event_promises_no_seed_yet(browser: Client) -> None:
    assert "field-commitment" not in browser.get(ADD).content.decode()


@pytest.mark.parametrize("name", ["draw_seed", "drawn_at", "drawn_at_0", "commitment"])
def test_seed_and_time_drawn_are_not_set_by_a_form(browser: Client, jam: Event, name: str) -> None:
    forged = "2030-06-01" if name.startswith("drawn") else "0" * 64
    save(browser, page_of(jam), summary="Forged", **{name: forged, "drawn_at_1": "12:00"})
    after = Event.objects.get()
    assert after.summary == "Forged"
    assert (after.draw_seed, after.drawn_at) == (jam.draw_seed, None)


@pytest.mark.parametrize("query", ["draw_seed__startswith=a", "draw_seed=a"])
def test_seed_is_not_guessed_by_a_lookup(browser: Client, jam: Event, query: str) -> None:
    assert browser.get(f"{EVENTS}?{query}").status_code == 400
    assert browser.get(f"{REGISTRATIONS}?event__{query}").status_code == 400


def test_draw_is_no_business_of_strangers(
    client: Client, signed_in: SignedIn, robin: User, jam: Event, entries: list[Registration]
) -> None:
    for stranger in [client, signed_in(entries[0].attendee.user), signed_in(robin)]:
        stranger.post(page_of(jam), at(NOON + timedelta(days=2)) | {"draw_seed": "0"})
        page = stranger.get(page_of(jam), follow=True).content.decode()
        assert jam.draw_commitment not in page
    after = Event.objects.get()
    assert (after.draw_at, after.draw_seed) == (DRAW, jam.draw_seed)


# --- After the draw ----------------------------------------------------------------------------


def as_organizer(jam: Event) -> Client:
    """Sessions of before have run out."""
    organizer, browser = make_organizer(), Client()
    jam.organizers.add(organizer)
    browser.force_login(organizer, "django.contrib.auth.backends.ModelBackend")
    return browser


def test_held_draw_is_history(drawn: Event) -> None:
    browser = as_organizer(drawn)
    sent = fields(browser.get(page_of(drawn)))
    assert {name for name in sent if name.startswith("draw")} == set()
    assert shown_field(browser, page_of(drawn), "draw_at").startswith(
        "Sun 2 June 2030, 12:00 (UTC)"
    )
    save(browser, page_of(drawn), summary="After", draw_at_0="2030-06-04", draw_at_1="12:00")
    after = Event.objects.get()
    assert (after.summary, after.draw_at, after.drawn_at) == ("After", DRAW, DRAW)


def test_form_from_before_the_draw_does_not_undo_it(
    jam: Event, entries: list[Registration], clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=1))
    browser = as_organizer(jam)
    sent: dict[str, Any] = fields(browser.get(page_of(jam)))
    places.draw(event=jam, now=DRAW)
    browser.post(page_of(jam), sent | {"draw_at_0": "", "draw_at_1": "", "summary": "Late"})
    after = Event.objects.get()
    assert (after.summary, after.draw_at, after.drawn_at) == ("Late", DRAW, DRAW)


def test_registration_does_not_open_after_a_held_draw(drawn: Event) -> None:
    browser = as_organizer(drawn)
    response = save(browser, page_of(drawn), **at(DRAW + timedelta(hours=1), "opens_at"))
    assert errors(response) == ["Registration must open before the draw."]


# --- Copies ------------------------------------------------------------------------------------


def test_copy_has_a_seed_of_its_own(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), slug="copy", _saveasnew="1")
    copy = Event.objects.get(slug="copy")
    assert (copy.draw_at, copy.drawn_at) == (DRAW, None)
    assert len({copy.draw_seed, jam.draw_seed}) == 2
    assert len(copy.draw_seed) == 64


def test_copy_of_a_drawn_event_is_a_lottery_that_was_not_drawn(drawn: Event) -> None:
    """Its draw is moved as far as its start."""
    week = at(drawn.starts_at + timedelta(days=7), "starts_at")
    save(as_organizer(drawn), page_of(drawn), slug="copy", _saveasnew="1", **week)
    copy = Event.objects.get(slug="copy")
    assert (copy.draw_at, copy.drawn_at) == (DRAW + timedelta(days=7), None)
    assert len({copy.draw_seed, drawn.draw_seed}) == 2


# --- Entries -----------------------------------------------------------------------------------


def test_entries_are_in_the_draw_and_have_no_number(
    browser: Client, entries: list[Registration]
) -> None:
    assert [row[4] for row in rows(browser.get(REGISTRATIONS))] == ["in the draw"] * 3
    assert shown_field(browser, registration_page(entries[0]), "obstacles") == (
        "The draw comes first: Sun 2 June 2030, 12:00 (UTC)."
    )
    assert shown_field(browser, registration_page(entries[0]), "draw_rank") == "-"


def test_drawn_entries_show_their_rank(drawn: Event, entries: list[Registration]) -> None:
    browser = as_organizer(drawn)
    ranks = {shown_field(browser, registration_page(one), "draw_rank") for one in entries}
    assert ranks == {"1", "2", "3"}
    states = {row[4] for row in rows(browser.get(REGISTRATIONS))}
    assert states == {"confirmed", "on the waitlist, number 1", "on the waitlist, number 2"}


def test_strangers_see_no_entries(
    client: Client, signed_in: SignedIn, robin: User, entries: list[Registration]
) -> None:
    address = registration_page(entries[0])
    for stranger in [client, signed_in(entries[0].attendee.user), signed_in(robin)]:
        page = read(stranger.get(address, follow=True))
        assert "The draw comes first" not in page.text
