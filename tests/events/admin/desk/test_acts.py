"""Pages on which organizers give a place, move somebody, make a link, and choose organizers."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.accounts import closing
from events.models import Attendee, Event, PlaceInvitation, Registration
from events.payments.providers import manual
from tests.attendance import miss, team
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import at
from tests.events.admin.pages import errors, logged, read, said
from tests.factories import (
    NOON,
    make_attendee,
    make_local_attendee,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import register, status
from tests.markup import fill_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def press(browser: Client, page: HttpResponse, address: str) -> HttpResponse:
    """Press the button of a page that asks, with all that it carries."""
    form = next(f for f in read(page).all("form") if any(f.all("button", name="confirmed")))
    sent: dict[str, list[str]] = {}
    for name, value in fill_in(form, form.first("button", name="confirmed"), {}):
        sent.setdefault(name, []).append(value)
    return browser.post(address, sent)


def add(browser: Client, event: Event, person: str, **more: str) -> HttpResponse:
    typed = {"person": person, "place": "event", "because": "Speaks"}
    return browser.post(at(event, "people/add/"), typed | more)


def held_by(attendee: Attendee) -> list[str]:
    return list(attendee.registrations.order_by("pk").values_list("status", flat=True))


def test_name_that_means_somebody_else_by_now_is_asked_about_again(
    browser: Client, jam: Event
) -> None:
    ada = make_attendee(neos_id="U-ada", neos_username="Ada")
    asked = add(browser, jam, "Ada")
    Attendee.objects.filter(pk=ada.pk).update(neos_username="Ada L.")
    eve = make_attendee(neos_id="U-eve", neos_username="Ada")
    again = press(browser, asked, at(jam, "people/add/"))
    assert "Give Ada (U-eve) a place at “Jam”?" in read(again).raw
    assert (held_by(ada), held_by(eve), logged()) == ([], [], [])
    press(browser, again, at(jam, "people/add/"))
    assert (held_by(ada), held_by(eve)) == ([], ["confirmed"])


def test_history_tells_nothing_of_a_place_that_was_there_already(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    ada = make_attendee(neos_id="U-ada", neos_username="Ada")
    asked = add(browser, jam, "U-ada")
    press(browser, asked, at(jam, "people/add/"))
    clock.shift(timedelta(seconds=1))
    again = press(browser, asked, at(jam, "people/add/"))
    text = "Ada (U-ada) has a place at “Jam” already. Nothing was changed."
    assert said(again)[-1] == text
    assert (held_by(ada), logged()) == (["confirmed"], [("mika", "Given a place by hand.")])


@pytest.mark.parametrize("named", ["U-ada", "u-ADA", " U-ada\n", "Ada", "aDA", "account-ada"])
def test_person_is_added_by_id_or_name_after_a_question(
    browser: Client, mika: User, jam: Event, named: str
) -> None:
    account = make_user(username="account-ada")
    ada = make_attendee(neos_id="U-ada", neos_username="Ada", user=account)
    asked = add(browser, jam, named)
    assert "Give Ada (U-ada) a place at “Jam”?" in read(asked).raw
    assert held_by(ada) == []
    done = press(browser, asked, at(jam, "people/add/"))
    assert said(done) == [
        "Ada (U-ada) has a place at “Jam” now.",
        "No message of ours reaches Ada (U-ada). Please tell them yourself.",
    ]
    assert (held_by(ada), logged()) == (["confirmed"], [("mika", "Given a place by hand.")])
    assert ada.registrations.get().given_because == "Speaks"


def test_full_and_closed_event_is_asked_about(browser: Client, jam: Event) -> None:
    Event.objects.update(capacity=1, closes_at=NOON)
    ada = make_attendee(neos_id="U-ada")
    asked = add(browser, jam, "U-ada")
    text = read(asked).raw
    assert "Registration is closed." in text
    assert "All 1 places are taken. This is one more than that." in text
    add(browser, jam, "U-ada", confirmed="1")
    assert held_by(ada) == []
    press(browser, asked, at(jam, "people/add/"))
    assert held_by(ada) == ["confirmed"]


def test_what_has_changed_since_the_question_is_asked_again(browser: Client, jam: Event) -> None:
    ada = make_attendee(neos_id="U-ada")
    asked = add(browser, jam, "U-ada")
    Event.objects.update(capacity=1)
    again = press(browser, asked, at(jam, "people/add/"))
    assert said(again) == ["Something here changed while you had the page open. Please look again."]
    assert "This is one more than that." in read(again).text
    assert held_by(ada) == []
    press(browser, again, at(jam, "people/add/"))
    assert held_by(ada) == ["confirmed"]


def test_id_in_other_letters_means_nobody_if_two_have_it(browser: Client, jam: Event) -> None:
    for neos_id in ("U-ada", "u-Ada"):
        make_attendee(neos_id=neos_id, neos_username="Ada")
    assert "Nobody has this id" in read(add(browser, jam, "U-ADA")).text
    assert "Give Ada (u-Ada) a place" in read(add(browser, jam, "u-Ada")).raw


@pytest.mark.parametrize("named", ["U-nobody", "u-nobody", "Ad", "%", "x\0y"])
def test_person_that_nobody_is_is_not_made(browser: Client, jam: Event, named: str) -> None:
    make_attendee(neos_id="U-ada", neos_username="Ada")
    before = Attendee.objects.count()
    response = add(browser, jam, named, confirmed="1")
    assert (response.status_code, Attendee.objects.count()) == (422, before)
    assert errors(response) != []


def test_one_of_several_people_of_a_name_is_chosen_by_id(browser: Client, jam: Event) -> None:
    one, other = (make_attendee(neos_id=f"U-{n}", display_name="Kai") for n in "ab")
    response = add(browser, jam, "kai")
    assert errors(response) == ["Several people have this name. Choose one by the id."]
    assert [label.text for label in read(response).all("label")][-3:] != []
    stranger = make_attendee()
    assert add(browser, jam, "kai", chosen=str(stranger.pk)).status_code == 422
    asked = add(browser, jam, "kai", chosen=str(other.pk))
    press(browser, asked, at(jam, "people/add/"))
    assert (held_by(one), held_by(other)) == ([], ["confirmed"])


def test_gate_is_not_set_aside_and_the_reason_is_said(browser: Client, jam: Event) -> None:
    Event.objects.update(neos_required=True)
    local = make_local_attendee()
    response = add(browser, jam, local.user.username, confirmed="1", agreed="full")
    (text,) = errors(response)
    assert "you cannot set that aside" in text
    assert "needs a verified Neos account" in text
    assert held_by(local) == []


# --- Moving ------------------------------------------------------------------------------------


def test_person_is_moved_to_another_workshop(browser: Client, jam: Event) -> None:
    mine = Registration.objects.get(event=jam, workshop__isnull=False)
    other = make_workshop(jam, title="Fog")
    address = f"{at(jam, 'people/move/')}?of={mine.pk}"
    links = [a.attributes["href"] for a in read(browser.get(at(jam, "people/"))).all("a")]
    assert address in links
    asked = browser.post(address, {"to": other.pk, "because": "Asked"})
    assert "Move Guest (U-guest) from “Mixing” to “Fog”?" in read(asked).raw
    done = press(browser, asked, address)
    assert said(done)[0] == "Guest (U-guest) was moved from “Mixing” to “Fog”."
    mine.refresh_from_db()
    assert mine.workshop == other
    assert logged() == [("mika", "Moved from “Mixing” to “Fog”.")]


def test_paid_place_says_what_to_do_instead(browser: Client, mika: User, jam: Event) -> None:
    one, other = make_workshop(jam, price=500), make_workshop(jam, price=700)
    guest = Attendee.objects.get(neos_id="U-guest")
    Registration.objects.filter(workshop__isnull=False).update(status="cancelled", ended_at=NOON)
    mine = register(guest, one)
    manual.mark_paid(registration=mine, by=mika)
    address = f"{at(jam, 'people/move/')}?of={mine.pk}"
    asked = browser.post(address, {"to": other.pk, "because": "Asked"})
    (text,) = errors(press(browser, asked, address))
    assert text.startswith("€5.00 was paid for this place, and the other workshop costs €7.00")


def test_place_is_given_to_somebody_else(browser: Client, jam: Event) -> None:
    mine = Registration.objects.get(event=jam, workshop=None)
    ada = make_attendee(neos_id="U-ada", neos_username="Ada")
    Event.objects.update(capacity=1)
    address = f"{at(jam, 'people/replace/')}?of={mine.pk}"
    asked = browser.post(address, {"person": "U-ada", "because": "Ill"})
    text = read(asked).raw
    assert "Cancel the place of Guest (U-guest) at “Jam”, and give it to Ada (U-ada)?" in text
    assert "one more" not in text
    press(browser, asked, address)
    assert (status(mine), held_by(ada)) == ("cancelled", ["confirmed"])


def test_page_says_whose_place_it_is(browser: Client, jam: Event) -> None:
    mine = Registration.objects.get(event=jam, workshop__isnull=False)
    make_workshop(jam, title="Fog")
    for page in ("move", "replace"):
        shown = read(browser.get(f"{at(jam, f'people/{page}/')}?of={mine.pk}")).raw
        assert "Guest (U-guest) · Mixing · confirmed" in shown


def test_question_says_what_is_lost_and_what_it_costs(
    browser: Client, mika: User, jam: Event
) -> None:
    guest = Attendee.objects.get(neos_id="U-guest")
    make_attendee(neos_id="U-ada", neos_username="Ada")
    Registration.objects.update(status="cancelled", ended_at=NOON)
    Event.objects.update(price=1500)
    jam.refresh_from_db()
    mine = register(guest, jam)
    manual.mark_paid(registration=mine, by=mika)
    register(guest, jam.workshops.get())
    address = f"{at(jam, 'people/replace/')}?of={mine.pk}"
    text = read(browser.post(address, {"person": "U-ada", "because": "Ill"})).raw
    assert "Guest (U-guest) loses this, too: Mixing." in text
    assert "€15.00 goes back to Guest (U-guest)." in text
    assert "It costs €15.00, less any discount. Ada (U-ada) has to pay" in text


# --- Links -------------------------------------------------------------------------------------


def test_place_is_not_given_to_who_leaves_it(browser: Client, jam: Event) -> None:
    ada = register(make_attendee(neos_id="U-ada"), jam)
    address = at(jam, f"people/replace/?of={ada.pk}")
    for more in ({}, {"confirmed": "1"}):
        response = browser.post(address, {"person": "U-ada", "because": "Speaks"} | more)
        assert errors(response) == [
            "The person has a place or a spot on the waitlist there already."
        ]
    assert held_by(ada.attendee) == ["confirmed"]


def test_link_is_shown_once_and_listed_with_its_state(browser: Client, jam: Event) -> None:
    typed = {"place": "event", "days": "7", "because": "Plays"}
    response = browser.post(at(jam, "people/invite/"), typed)
    link = read(response).first("input", id="link").attributes["value"]
    token = link.rstrip("/").rpartition("/")[2]
    assert re.fullmatch(r"http.*/invitations/[\w-]{43}/", link)
    assert "no-store" in response["Cache-Control"]
    page = browser.get(at(jam, "people/")).content.decode()
    assert ("can be used" in page, "Plays" in page, token in page) == (True, True, False)
    assert token not in str(list(LogEntry.objects.values()))
    made = PlaceInvitation.objects.get()
    browser.post(at(jam, "people/invite/"), {"revoke": made.pk})
    assert "revoked" in browser.get(at(jam, "people/")).content.decode()
    messages = [message for _who, message in logged()]
    assert messages == ["Made an invitation link.", "Revoked an invitation link."]


@pytest.mark.parametrize(
    "typed", [{"days": "0"}, {"days": "61"}, {"days": "x"}, {"because": ""}, {"place": "99"}]
)
def test_odd_link_is_not_made(browser: Client, jam: Event, typed: dict[str, str]) -> None:
    sent = {"place": "event", "days": "7", "because": "Plays"} | typed
    assert browser.post(at(jam, "people/invite/"), sent).status_code == 422
    assert PlaceInvitation.objects.count() == 0


def test_link_of_another_event_is_not_revoked(
    browser: Client, signed_in: SignedIn, robin: User, jam: Event, ball: Event
) -> None:
    typed = {"place": "event", "days": "7", "because": "Plays"}
    signed_in(robin).post(at(ball, "people/invite/"), typed)
    made = PlaceInvitation.objects.get()
    for pk in [made.pk, "x", "9" * 30]:
        response = browser.post(at(jam, "people/invite/"), {"revoke": pk})
        assert response.status_code == 404
    made.refresh_from_db()
    assert made.revoked_at is None


# --- Organizers --------------------------------------------------------------------------------


def choose(browser: Client, event: Event, **typed: object) -> HttpResponse:
    return browser.post(at(event, "people/organizers/"), typed)


def test_organizer_adds_another_who_then_sees_the_event(
    browser: Client, signed_in: SignedIn, robin: User, jam: Event
) -> None:
    assert signed_in(robin).get(at(jam, "desk/")).status_code == 404
    response = choose(browser, jam, named="robin")
    assert said(response) == ["robin organizes this event too now. It is on their list of events."]
    assert signed_in(robin).get(at(jam, "desk/")).status_code == 200
    history = read(browser.get(at(jam, "history/"))).text
    assert "Organizer “ robin ” added." in history


def test_account_that_is_none_or_no_organizers_gets_the_same_answer(
    browser: Client, jam: Event
) -> None:
    make_user(username="guest-account", email="guest@example.org")
    answers = {
        tuple(errors(choose(browser, jam, named=named)))
        for named in ["guest-account", "guest@example.org", "nobody", "nobody@example.org"]
    }
    assert len(answers) == 1
    assert next(iter(answers))[0].startswith("No account for organizers has this name")


def test_last_organizer_cannot_leave(browser: Client, mika: User, jam: Event) -> None:
    response = choose(browser, jam, remove=mika.pk)
    assert said(response) == ["Somebody has to organize this event. Add another organizer first."]
    assert list(jam.organizers.all()) == [mika]


def test_organizer_leaves_and_sees_the_event_no_more(
    browser: Client, mika: User, robin: User, jam: Event
) -> None:
    jam.organizers.add(robin)
    assert choose(browser, jam, remove=mika.pk)["Location"] == "/admin/events/event/"
    assert browser.get(at(jam, "desk/")).status_code == 404
    assert list(jam.organizers.all()) == [robin]


def test_links_of_a_removed_organizer_are_pointed_out(
    browser: Client, signed_in: SignedIn, robin: User, jam: Event
) -> None:
    jam.organizers.add(robin)
    typed = {"place": "event", "days": "7", "because": "Plays"}
    signed_in(robin).post(at(jam, "people/invite/"), typed)
    response = choose(browser, jam, remove=robin.pk)
    assert said(response)[1].startswith("1 invitation link that they made can still be used.")


@pytest.mark.parametrize("pk", ["x", "", "9" * 30, "\uff11"])
def test_odd_organizer_is_not_removed(browser: Client, mika: User, jam: Event, pk: str) -> None:
    assert choose(browser, jam, remove=pk).status_code == 302
    assert list(jam.organizers.all()) == [mika]


def test_history_forgets_an_organizer_who_was_erased(browser: Client, jam: Event) -> None:
    kai = make_organizer(username="kai-of-berlin")
    choose(browser, jam, named="kai-of-berlin")
    closing.erase(kai)
    assert [entry.change_message for entry in LogEntry.objects.all()] == [""]


@pytest.mark.parametrize("is_late", [True, False])
def test_opening_is_said_of_this_person(
    browser: Client, mika: User, jam: Event, *, is_late: bool
) -> None:
    ada = make_attendee(neos_id="U-ada")
    jam.organizers.add(mika, team())
    miss(ada, 2 if is_late else 0)
    opens_at = NOON - timedelta(hours=1) if is_late else NOON + timedelta(hours=1)
    Event.objects.filter(pk=jam.pk).update(opens_at=opens_at, no_show_hours=24)
    text = read(add(browser, jam, "U-ada")).raw
    said_of = ("Registration opens later for this person." in text, "has not opened yet" in text)
    assert said_of == (is_late, not is_late)
