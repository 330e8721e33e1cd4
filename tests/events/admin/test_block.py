"""Blocks keep exact Neos ids out: of own events by organizers, of the site by superusers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import DjangoCaptureOnCommitCallbacks as Committed

from events import places
from events.models import Attendee, Block, Event, Registration
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_user,
    statuses,
)

from .conftest import SignedIn
from .pages import (
    BLOCKS,
    REGISTRATIONS,
    confirm,
    delete,
    errors,
    leaks,
    names,
    read,
    rows,
    said,
    save,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ADD = f"{BLOCKS}add/"
NOT_NAMED = "Choose a person, or give the exact Neos id."
TWICE = "This Neos id is blocked there already."
NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."


def block(event: Event | None, neos_id: str = "U-rude", **fields: object) -> Block:
    return Block.objects.create(neos_id=neos_id, event=event, **fields)


def typed(event: Event | None, neos_id: str = "U-rude", reason: str = "") -> dict[str, str]:
    return {"neos_id": neos_id, "event": str(event.pk) if event else "", "reason": reason}


def asked(response: HttpResponse) -> dict[str, str]:
    """Return the box that has to be ticked, if the page asks for that."""
    boxes = list(read(response).all("input", type="checkbox", name="agreed"))
    return {"agreed": boxes[0].attributes["value"]} if boxes else {}


def press(browser: Client, address: str, sent: dict[str, str]) -> HttpResponse:
    """Send the form, and tick the box if the page asks for that."""
    response = browser.post(address, sent)
    tick = asked(response) if response.status_code == 200 else {}
    return browser.post(address, sent | tick) if tick else response


def page(of: Block) -> str:
    return f"{BLOCKS}{of.pk}/change/"


@pytest.fixture
def waiting(jam: Event) -> Registration:
    """Somebody blocked, who waits although there is a place."""
    Event.objects.filter(pk=jam.pk).update(capacity=1)
    rude = places.register(user=make_attendee(neos_id="U-rude").user, bookable=jam)
    block(jam)
    Event.objects.filter(pk=jam.pk).update(capacity=2)
    assert places.settle(event=jam) == 0
    return rude


# --- Who makes them ----------------------------------------------------------------------------


def test_organizer_blocks_somebody_at_an_own_event(browser: Client, mika: User, jam: Event) -> None:
    assert press(browser, ADD, typed(jam, reason="Shouts")).status_code == 302
    made = Block.objects.get()
    assert (made.neos_id, made.event, made.reason) == ("U-rude", jam, "Shouts")
    assert made.created_by == mika


def test_superuser_blocks_somebody_on_the_whole_site(
    signed_in: SignedIn, superuser: User, jam: Event
) -> None:
    browser = signed_in(superuser)
    assert press(browser, ADD, typed(None)).status_code == 302
    made = Block.objects.get()
    assert (made.neos_id, made.event, made.created_by) == ("U-rude", None, superuser)
    assert "Leave empty to block the person from the whole site." in read(browser.get(ADD)).text


def test_organizer_does_not_block_on_the_whole_site(browser: Client, jam: Event) -> None:
    assert errors(press(browser, ADD, typed(None))) == ["This field is required."]
    assert Block.objects.count() == 0
    assert "the whole site" not in read(browser.get(ADD)).text


def test_organizer_does_not_block_at_events_of_others(
    browser: Client, jam: Event, ball: Event
) -> None:
    own = block(jam)
    for address in [ADD, page(own)]:
        response = save(browser, address, **typed(ball))
        assert (errors(response), leaks(response)) == ([NO_CHOICE], [])
    assert list(Block.objects.values_list("event", flat=True)) == [jam.pk]


def test_blocks_of_others_are_neither_seen_nor_touched(
    browser: Client, jam: Event, ball: Event
) -> None:
    own, theirs, everywhere = block(jam, "U-mine"), block(ball, "U-theirs"), block(None, "U-all")
    assert names(browser.get(BLOCKS)) == ["U-mine"]
    assert names(browser.get(f"{BLOCKS}?q=U-")) == ["U-mine"]
    for other in [theirs, everywhere]:
        for address in [page(other), f"{BLOCKS}{other.pk}/delete/"]:
            assert browser.get(address).status_code == 302
            sent = typed(jam, "U-stolen") | {"post": "yes"}
            assert browser.post(address, sent).status_code == 302
    pks = [str(one.pk) for one in (theirs, everywhere)]
    sent = {"action": "delete_selected", "_selected_action": pks, "post": "yes"}
    browser.post(BLOCKS, sent)
    assert set(Block.objects.values_list("neos_id", flat=True)) == {"U-mine", "U-theirs", "U-all"}
    assert own.event == jam


def test_blocks_are_no_business_of_strangers(
    client: Client, signed_in: SignedIn, robin: User, jam: Event
) -> None:
    made = block(jam)
    staff, guest = make_user(is_staff=True), make_attendee(user=make_user(), neos_id="U-rude").user
    for stranger in map(signed_in, [staff, guest, robin]):
        for address in [BLOCKS, page(made)]:
            assert "U-rude" not in stranger.get(address, follow=True).content.decode()
        stranger.post(ADD, typed(jam, "U-new"))
        stranger.post(f"{BLOCKS}{made.pk}/delete/", {"post": "yes"})
    client.post(ADD, typed(jam, "U-new"))
    assert list(Block.objects.all()) == [made]


# --- What is stored ----------------------------------------------------------------------------


@pytest.mark.parametrize("neos_id", ["u-Rude", "U-rüde", "U rude", "U-rude.", "alice"])
def test_neos_id_is_stored_as_it_is_without_blanks_around(
    browser: Client, jam: Event, neos_id: str
) -> None:
    press(browser, ADD, typed(jam, f" \t{neos_id}\n"))
    assert Block.objects.get().neos_id == neos_id


@pytest.mark.parametrize("neos_id", ["", "  "])
def test_block_of_nobody_is_refused(browser: Client, jam: Event, neos_id: str) -> None:
    assert errors(press(browser, ADD, typed(jam, neos_id))) == [NOT_NAMED]


def test_change_of_a_block_keeps_who_made_it(browser: Client, superuser: User, jam: Event) -> None:
    made = block(jam, created_by=superuser)
    save(browser, page(made), reason="Better now?", created_by="1")
    made.refresh_from_db()
    assert (made.reason, made.created_by) == ("Better now?", superuser)


def test_same_block_twice_is_an_error(
    signed_in: SignedIn, superuser: User, browser: Client, jam: Event
) -> None:
    block(jam)
    assert errors(press(browser, ADD, typed(jam, " U-rude "))) == [TWICE]
    block(None)
    assert errors(press(signed_in(superuser), ADD, typed(None))) == [TWICE]
    assert Block.objects.count() == 2


def test_block_of_the_site_is_not_given_away_by_an_error(browser: Client, jam: Event) -> None:
    block(None)
    assert press(browser, ADD, typed(jam)).status_code == 302


# --- What is asked before ----------------------------------------------------------------------


def test_id_that_nobody_has_is_asked_about(browser: Client, jam: Event) -> None:
    response = browser.post(ADD, typed(jam, "Rude"))
    assert errors(response) == [
        "Nobody with this id has been here. The block counts as soon as somebody comes with it. "
        "If the id is right, tick the box."
    ]
    assert Block.objects.count() == 0
    other = typed(jam, "U-other") | asked(response)
    assert asked(browser.post(ADD, other)) != asked(response)
    assert Block.objects.count() == 0
    browser.post(ADD, typed(jam, "Rude") | asked(response))
    assert Block.objects.get().neos_id == "Rude"


def test_what_the_person_holds_is_said_before(browser: Client, jam: Event) -> None:
    response = browser.post(ADD, typed(jam, "U-guest"))
    assert errors(response) == [
        "This person has something there now: Guest ( U-guest ) · Jam · confirmed and "
        "Guest ( U-guest ) · Mixing · confirmed. Blocking cancels none of it. Tick the box to "
        "block all the same."
    ]
    assert Block.objects.count() == 0
    browser.post(ADD, typed(jam, "U-guest") | asked(response))
    assert Block.objects.get().neos_id == "U-guest"


def test_what_somebody_holds_at_events_of_others_is_not_said(
    browser: Client, jam: Event, ball: Event
) -> None:
    assert browser.post(ADD, typed(jam, "U-veil")).status_code == 302


def test_person_of_an_own_event_is_chosen_without_an_id(browser: Client, jam: Event) -> None:
    guest = Attendee.objects.get(neos_id="U-guest")
    sent = typed(jam, "") | {"person": str(guest.pk)}
    press(browser, ADD, sent)
    assert Block.objects.get().neos_id == "U-guest"


def test_person_of_others_cannot_be_chosen(browser: Client, jam: Event, ball: Event) -> None:
    veil = Attendee.objects.get(neos_id="U-veil")
    response = press(browser, ADD, typed(jam, "") | {"person": str(veil.pk)})
    assert (Block.objects.count(), leaks(response)) == (0, [])


def test_person_and_another_id_are_refused(browser: Client, jam: Event) -> None:
    guest = Attendee.objects.get(neos_id="U-guest")
    response = press(browser, ADD, typed(jam, "U-rude") | {"person": str(guest.pk)})
    assert errors(response) == ["This is not the id of the person above. Give only one."]
    assert Block.objects.count() == 0


def test_person_without_neos_cannot_be_blocked(browser: Client, jam: Event) -> None:
    local = make_local_attendee()
    places.register(user=local.user, bookable=jam)
    response = press(browser, ADD, typed(jam, "") | {"person": str(local.pk)})
    assert errors(response)[0].startswith("This person has no Neos account")


def test_people_are_looked_up_among_those_of_own_events(
    browser: Client, jam: Event, ball: Event
) -> None:
    query = {"app_label": "events", "model_name": "registration", "field_name": "attendee"}
    found = browser.get("/admin/autocomplete/", query | {"term": "U-"}).json()["results"]
    assert [one["text"] for one in found] == ["Guest (U-guest)"]


# --- What it means -----------------------------------------------------------------------------


def test_block_drops_nobody_and_leads_to_the_places(browser: Client, jam: Event) -> None:
    response = press(browser, ADD, typed(jam, "U-guest"))
    assert said(response)[0] == (
        "U-guest still has 2 places there. Blocking does not cancel them. See the registrations"
    )
    link = next(read_link(word) for word in words(response) if "still has" in word)
    assert link == f"{REGISTRATIONS}?q=U-guest&event__id__exact={jam.pk}"
    assert [row[1] for row in rows(browser.get(link))] == ["U-guest"] * 2
    assert statuses(jam) == ["confirmed"]


def read_link(message: str) -> str:
    return message.split('href="')[1].split('"')[0].replace("&amp;", "&")


@pytest.mark.parametrize("neos_id", ["U-veil", "U-guest"])
def test_block_without_a_place_to_come_warns_of_nothing(
    browser: Client, jam: Event, ball: Event, neos_id: str
) -> None:
    """One has places elsewhere, the other one has been there."""
    Event.objects.filter(pk=jam.pk).update(starts_at=NOON - timedelta(hours=2), ends_at=NOON)
    response = press(browser, ADD, typed(jam, neos_id))
    assert [word for word in said(response) if "still has" in word] == []
    assert Block.objects.get().neos_id == neos_id


def test_block_of_the_site_counts_every_event(
    signed_in: SignedIn, superuser: User, jam: Event, ball: Event
) -> None:
    response = press(signed_in(superuser), ADD, typed(None, "U-veil"))
    assert said(response)[0].startswith("U-veil still has 2 places there")


def test_deleted_block_lets_the_person_move_up(
    browser: Client, committed: Committed, jam: Event, waiting: Registration
) -> None:
    with committed(execute=True):
        response = delete(browser, f"{BLOCKS}{Block.objects.get().pk}/")
    waiting.refresh_from_db()
    assert waiting.status == "confirmed"
    assert "1 person moved up from the waitlist." in words(response)


def test_blocks_deleted_together_let_people_move_up(
    browser: Client, committed: Committed, jam: Event, waiting: Registration
) -> None:
    both = [block(jam, "U-nobody"), Block.objects.get(neos_id="U-rude")]
    with committed(execute=True):
        confirm(browser, "delete_selected", *both, post="yes")
    waiting.refresh_from_db()
    assert (waiting.status, Block.objects.count()) == ("confirmed", 0)


@pytest.mark.parametrize("neos_id", ["U-other", "u-rude"])
def test_changed_block_lets_the_person_move_up(
    browser: Client, committed: Committed, jam: Event, waiting: Registration, neos_id: str
) -> None:
    with committed(execute=True):
        response = save(browser, page(Block.objects.get()), neos_id=neos_id)
        save(browser, page(Block.objects.get()), neos_id=neos_id, **asked(response))
    waiting.refresh_from_db()
    assert waiting.status == "confirmed"


def test_other_reason_lets_nobody_move_up(
    browser: Client, committed: Committed, jam: Event, waiting: Registration
) -> None:
    with committed(execute=True):
        save(browser, page(Block.objects.get()), reason="Still")
    waiting.refresh_from_db()
    assert waiting.status == "waitlisted"


def test_blocks_cost_the_same_with_more_rows(
    browser: Client, mika: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for wanted in [1, 3]:
        while Block.objects.count() < wanted:
            block(make_event(organizers=[mika]), created_by=make_user())
        with django_assert_num_queries(8):
            assert len(rows(browser.get(BLOCKS))) == wanted
