"""The page before unlinking: what is in the way, and how to end it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from social_core.exceptions import AuthPolicyError

from events import places
from events.accounts import neos, unlink
from events.models import Attendee, Event, Registration
from tests import platform
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_user,
    make_workshop,
)
from tests.lines import register
from tests.markup import Element, TreeBuilder
from tests.platform import DISCONNECT, words
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/account/unlink/"
PASSWORD_LINK = "/accounts/password/?next=/account/unlink/%3Fnext%3D%252Faccount%252F"


@pytest.fixture
def linked(client: Client) -> Attendee:
    """Somebody with a password who has linked Neos."""
    attendee = make_local_attendee(display_name="Me")
    client.force_login(attendee.user)
    sign_in(client)
    attendee.refresh_from_db()
    return attendee


def main(client: Client, address: str = PAGE) -> Element:
    return TreeBuilder(client.get(address).content.decode()).root.first("main")


def links(page: Element) -> list[str]:
    return [link.attributes["href"] for link in page.all("a")]


def titles(page: Element) -> list[str]:
    return [heading.text for heading in page.all("h3")]


def buttons(page: Element) -> list[str]:
    return [button.text for button in page.all("button")]


def test_account_leads_to_the_page_and_back(client: Client, linked: Attendee) -> None:
    account = main(client, "/account/?next=/events/jam/")
    (address,) = [link for link in links(account) if link.startswith(PAGE)]
    page = main(client, address)
    assert (buttons(page), links(page)) == (["Yes, unlink"], ["/account/?next=%2Fevents%2Fjam%2F"])
    back = page.first("input", name="next").attributes["value"]
    answer = client.post(DISCONNECT, {"next": back}, follow=True)
    assert answer.redirect_chain[-1][0].endswith(links(page)[0])
    assert words("Your Neos account is not linked any more.") in answer.content.decode()
    linked.refresh_from_db()
    assert linked.neos_id is None


def test_page_says_which_places_need_neos_and_gives_them_up(
    client: Client, linked: Attendee
) -> None:
    register(make_attendee(), make_event(title="Theirs", neos_required=True))
    register(linked, make_event(title="Free for all"))
    mine = register(linked, make_event(title="Mine", neos_required=True))
    page = main(client)
    assert (titles(page), "Yes, unlink" in buttons(page)) == (["Mine"], False)
    assert f"/registrations/{mine.code}/" in links(page)
    form = page.first("form", action=f"/registrations/{mine.code}/cancel/")
    back = form.first("input", name="next").attributes["value"]
    answer = client.post(form.attributes["action"], {"next": back}, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert "Yes, unlink" in answer.content.decode()
    assert client.post(DISCONNECT)["Location"].endswith("/account/")


def test_place_at_a_cancelled_event_can_be_given_up_there_too(
    client: Client, linked: Attendee
) -> None:
    """It may take place after all, so it is still theirs. No other page offers to give it up."""
    mine = register(linked, make_event(neos_required=True))
    Event.objects.update(status="cancelled")
    form = main(client).first("form", action=f"/registrations/{mine.code}/cancel/")
    client.post(form.attributes["action"])
    assert buttons(main(client)) == ["Yes, unlink"]


@pytest.mark.parametrize("kind", ["waiting", "held", "workshop", "price"])
def test_everything_that_would_be_void_is_in_the_way(linked: Attendee, kind: str) -> None:
    event = make_event(capacity=0 if kind == "waiting" else 5, neos_required=kind == "waiting")
    if kind in {"held", "price"}:
        Event.objects.update(price=500)
    event.refresh_from_db()
    mine = register(linked, event)
    if kind == "workshop":
        mine = register(linked, make_workshop(event, price=500))
    if kind == "price":
        Registration.objects.update(status="confirmed", confirmed_at=NOON)
    assert [r.pk for r in unlink.places_that_need_neos(linked, NOON)] == [mine.pk]


def test_hold_that_has_lapsed_keeps_nobody(
    client: Client, linked: Attendee, clock: time_machine.Traveller
) -> None:
    held = register(linked, make_event(price=500))
    clock.shift(timedelta(hours=1))
    assert buttons(main(client)) == ["Yes, unlink"]
    assert client.post(DISCONNECT).status_code == 302
    assert places.confirm_paid(registration=held) == "refused"


def test_who_has_no_password_sets_one_and_comes_back(client: Client) -> None:
    sign_in(client)
    page = main(client)
    assert (links(page)[0], buttons(page)) == (PASSWORD_LINK, [])
    new = dict.fromkeys(["new_password1", "new_password2"], "correct horse battery")
    answer = client.post(PASSWORD_LINK, new)
    assert answer["Location"] == "/account/unlink/?next=%2Faccount%2F"
    assert buttons(main(client, answer["Location"])) == ["Yes, unlink"]


def test_refused_try_says_all_that_is_in_the_way(client: Client) -> None:
    sign_in(client)
    attendee = Attendee.objects.get()
    register(attendee, make_event(title="Mine", neos_required=True))
    answer = client.post(DISCONNECT)
    page = TreeBuilder(answer.content.decode()).root.first("main")
    code = page.first("p", role="alert").attributes["data-code"]
    assert (answer.status_code, code) == (403, "disconnect_disallowed")
    assert (titles(page), links(page)[0]) == (["Mine"], PASSWORD_LINK)
    assert "no-store" in answer["Cache-Control"]


class Neos:
    name = platform.KEY


def test_password_that_was_taken_away_meanwhile_counts(linked: Attendee) -> None:
    """The library has asked before; the row is read again under the lock."""
    stale = User.objects.get(pk=linked.user_id)
    linked.user.set_unusable_password()
    linked.user.save()
    with pytest.raises(AuthPolicyError) as refused:
        neos.unlink(Neos(), stale)  # type: ignore[arg-type] - only the name is used
    linked.refresh_from_db()
    assert (refused.value.code, linked.neos_id) == ("disconnect_disallowed", "U-gearfox")


def test_stranger_and_unlinked_people_find_nothing_to_unlink(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    client.force_login(make_user())
    assert client.get(PAGE)["Location"] == "/account/"
    assert client.get(f"{PAGE}?next=//evil.example/")["Location"] == "/account/"
    assert client.post(PAGE).status_code == 405
