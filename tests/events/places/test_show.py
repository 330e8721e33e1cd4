"""Names among the people who come: of a confirmed place only, and if its holder says so."""

from datetime import timedelta

import pytest
from django.test import Client

from events import places
from events.access import facts
from events.accounts import closing
from events.accounts import local as profiles
from events.models import Attendee, Event, Registration
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import full_event, register
from tests.platform import DISCONNECT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def shown(event: Event) -> list[Attendee]:
    return facts.shown_people(event)


def agree(registration: Registration) -> bool:
    return places.show(registration=registration, is_shown=True)


def test_nobody_is_shown_who_did_not_say_so() -> None:
    event = make_event()
    ada, bo = make_attendee(), make_attendee()
    mine = register(ada, event)
    register(bo, event)
    assert shown(event) == []
    assert agree(mine) is True
    assert shown(event) == [ada]
    assert places.show(registration=mine, is_shown=False) is True
    assert shown(event) == []


def test_only_a_confirmed_place_at_an_event_can_be_shown() -> None:
    event, (_first, waiting, _third) = full_event()
    paid = register(make_attendee(), make_event(price=500))
    part = register(_first.attendee, make_workshop(event))
    assert [agree(r) for r in (waiting, paid, part)] == [False, False, False]
    assert Registration.objects.filter(is_shown=True).count() == 0


def test_place_that_is_taken_again_is_not_shown() -> None:
    event, ada = make_event(), make_attendee()
    first = register(ada, event)
    agree(first)
    places.cancel(registration=first, in_full=False)
    register(ada, event)
    assert shown(event) == []
    assert Registration.objects.filter(is_shown=True).count() == 0


def test_place_whose_payment_was_noted_by_mistake_is_not_shown_any_more() -> None:
    event, ada = make_event(price=500), make_attendee()
    held = register(ada, event)
    manual.mark_paid(registration=held, by=make_organizer())
    assert agree(held) is True
    assert places.ask_to_pay_again(registration=held) is None
    held.refresh_from_db()
    assert (held.status, held.is_shown, shown(event)) == ("awaiting_payment", False, [])


def test_erased_person_is_not_shown_at_what_is_over() -> None:
    event, ada = make_event(), make_attendee()
    agree(register(ada, event))
    Event.objects.update(starts_at=NOON - timedelta(hours=2), ends_at=NOON - timedelta(hours=1))
    assert shown(event) == [ada]
    closing.erase(ada.user)
    assert shown(event) == []


def test_closed_account_is_not_shown_12() -> None:
    """It is closed after the event, so that its place is not given up."""
    event, ada, bo = make_event(), make_attendee(), make_attendee()
    for attendee in (ada, bo):
        agree(register(attendee, event))
    Event.objects.update(starts_at=NOON - timedelta(hours=2), ends_at=NOON - timedelta(hours=1))
    closing.deactivate(ada.user)
    assert shown(event) == [bo]


# --- Names that are shown ------------------------------------------------------------------------


def local(**fields: object) -> Attendee:
    return make_local_attendee(user=make_user(username="secret-login"), **fields)


def page_of(event: Event) -> str:
    return Client().get(event.get_absolute_url()).content.decode()


def unlink(attendee: Attendee) -> None:
    client = Client()
    client.force_login(attendee.user)
    assert client.post(DISCONNECT).status_code == 302


def test_name_of_the_account_is_shown_to_nobody_2() -> None:
    event = make_event()
    mine = register(local(), event)
    assert (agree(mine), shown(event)) == (False, [])
    Registration.objects.update(is_shown=True)
    assert shown(event) == []


def test_unlinking_shows_the_name_of_the_account_to_nobody_2() -> None:
    event, ada = make_event(), make_attendee(user=make_user(username="secret-login"))
    mine = register(ada, event)
    agree(mine)
    assert ada.neos_username in page_of(event)
    unlink(ada)
    mine.refresh_from_db()
    assert (mine.is_shown, shown(event)) == (False, [])
    assert "secret-login" not in page_of(event)
    Attendee.objects.update(display_name="Ada")
    assert shown(event) == []  # they did not agree to this name


def test_unlinking_leaves_a_display_name_where_it_is_2() -> None:
    event, bo = make_event(), make_attendee()
    ada = make_attendee(user=make_user(), display_name="Ada")
    for attendee in (ada, bo):
        agree(register(attendee, event))
    unlink(ada)
    assert set(shown(event)) == {ada, bo}


def test_display_name_that_is_taken_back_is_not_replaced_2() -> None:
    event = make_event()
    ada, bo = local(display_name="Ada"), make_attendee(display_name="Bo", neos_username="bo")
    for attendee in (ada, bo):
        agree(register(attendee, event))
    for attendee in (ada, bo):
        profiles.describe(attendee, display_name="", time_zone="UTC", language="")
    assert [one.public_name for one in shown(event)] == ["bo"]
    profiles.describe(ada, display_name="Somebody", time_zone="UTC", language="")
    assert shown(event) == [bo]


# --- The switch ----------------------------------------------------------------------------------


def switch(client: Client, registration: Registration, shown: str = "yes") -> int:
    return client.post(f"/registrations/{registration.code}/show/", {"shown": shown}).status_code


def test_switch_shows_and_hides_the_name_on_the_page(client: Client) -> None:
    event = make_event()
    mine = register(make_attendee(neos_username="Ada <b>"), event)
    client.force_login(mine.attendee.user)
    address = event.get_absolute_url()
    assert "Show my name to others on this page" in client.get(address).content.decode()
    response = client.post(f"/registrations/{mine.code}/show/", {"shown": "yes"})
    assert response["Location"] == f"{address}#people"
    stranger = Client()
    page = stranger.get(address).content.decode()
    assert ("<bdi>Ada &lt;b&gt;</bdi>" in page, "Do not show my name" in page) == (True, False)
    assert "Do not show my name" in client.get(address).content.decode()
    assert switch(client, mine, "no") == 302
    assert "Ada" not in stranger.get(address).content.decode()


def test_switch_is_for_ones_own_place_only(client: Client) -> None:
    theirs = register(make_attendee(), make_event())
    assert (switch(client, theirs), switch(client, theirs, "no")) == (302, 302)  # to sign in
    client.force_login(make_attendee().user)
    assert (switch(client, theirs), client.get("/").status_code) == (404, 200)
    theirs.refresh_from_db()
    assert theirs.is_shown is False


def test_switch_without_a_confirmed_place_says_why(client: Client) -> None:
    _event, (_first, waiting, _third) = full_event()
    client.force_login(waiting.attendee.user)
    response = client.post(f"/registrations/{waiting.code}/show/", {"shown": "yes"})
    assert response.status_code == 409
    assert "Only people with a confirmed place can be shown." in response.content.decode()


def test_visit_to_the_address_of_the_switch_leads_to_the_page(client: Client) -> None:
    mine = register(make_attendee(), make_event())
    client.force_login(mine.attendee.user)
    response = client.get(f"/registrations/{mine.code}/show/")
    assert response["Location"] == f"{mine.event.get_absolute_url()}#people"
    mine.refresh_from_db()
    assert mine.is_shown is False


def test_switch_says_which_name_is_shown_or_asks_for_one_2(client: Client) -> None:
    event = make_event()
    mine = register(local(), event)
    client.force_login(mine.attendee.user)
    page = client.get(event.get_absolute_url()).content.decode()
    assert ("choose a display name first" in page, "Show my name" in page) == (True, False)
    response = client.post(f"/registrations/{mine.code}/show/", {"shown": "yes"})
    assert response.status_code == 409
    assert "Please choose a display name in your account first." in response.content.decode()
    Attendee.objects.update(display_name="Ada")
    page = client.get(event.get_absolute_url()).content.decode()
    assert ("this name: <bdi>Ada</bdi>" in page, "Show my name" in page) == (True, True)
    assert switch(client, mine) == 302
    assert "secret-login" not in page_of(event)


def test_page_has_no_switch_for_somebody_without_a_place(client: Client) -> None:
    event, (_first, waiting, _third) = full_event()
    for user in (waiting.attendee.user, make_attendee().user):
        client.force_login(user)
        assert "Show my name" not in client.get(event.get_absolute_url()).content.decode()
