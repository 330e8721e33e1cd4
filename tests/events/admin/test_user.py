"""Accounts, for superusers: closed with what they hold, erased, never deleted."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import DjangoCaptureOnCommitCallbacks as Committed

from events import places
from events.admin import confirmed_actions
from events.models import Attendee, Event
from tests.factories import make_attendee, make_event, make_organizer, make_user, statuses

from .conftest import SignedIn
from .pages import USERS, fields, logged, read, save, version, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def ada() -> User:
    return make_attendee(neos_id="U-Ada", neos_username="Ada", user=make_user(username="ada")).user


@pytest.fixture
def jam(ada: User) -> Event:
    """One place, which is Ada's; Bo waits."""
    event = make_event(title="Jam", capacity=1)
    for person in [ada, make_attendee(neos_id="U-Bo").user]:
        places.register(user=person, bookable=event)
    return event


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


def page(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def sent(browser: Client, user: User, **changes: str) -> dict[str, Any]:
    """Return what the form of an account sends, with some fields changed."""
    return fields(browser.get(page(user))) | changes


def erase(browser: Client, *people: User, **more: str) -> HttpResponse:
    pks = [str(person.pk) for person in people]
    asked = browser.post(USERS, {"action": "erase", "_selected_action": pks})
    if not more or not version(asked):
        return asked
    sent = {"action": "erase", "_selected_action": pks, "version": version(asked)}
    return browser.post(USERS, sent | more)


# --- Closing -----------------------------------------------------------------------------------


def test_closed_account_gives_up_its_places(
    root: Client, committed: Committed, ada: User, jam: Event
) -> None:
    with committed(execute=True):
        response = save(root, page(ada), is_active=[])
    ada.refresh_from_db()
    assert (ada.is_active, statuses(jam)) == (False, ["cancelled", "confirmed"])
    assert words(response)[-1] == "The account is closed, and 1 registration of it was given up."


@pytest.mark.django_db(transaction=True)
def test_next_page_says_what_closing_gave_up(root: Client, ada: User, jam: Event) -> None:
    """With a real commit, which comes before the answer."""
    page_after = read(
        root.post(page(ada), fields(root.get(page(ada))) | {"is_active": []}, follow=True)
    ).text
    assert "The account is closed, and 1 registration of it was given up." in page_after
    assert statuses(jam) == ["cancelled", "confirmed"]


def test_other_changes_give_nothing_up(
    root: Client, committed: Committed, ada: User, jam: Event
) -> None:
    with committed(execute=True):
        save(root, page(ada), first_name="Ada")
    ada.refresh_from_db()
    assert (ada.first_name, ada.is_active) == ("Ada", True)
    assert statuses(jam) == ["confirmed", "waitlisted"]


def test_closed_account_that_is_saved_again_says_nothing(
    root: Client, committed: Committed, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    with committed(execute=True):
        response = save(root, page(ada), is_active=[], first_name="Ada")
    assert [word for word in words(response) if "closed" in word] == []


def test_account_without_an_attendee_is_closed(root: Client, committed: Committed) -> None:
    plain = make_user()
    with committed(execute=True):
        response = save(root, page(plain), is_active=[])
    assert words(response)[-1] == "The account is closed, and 0 registrations of it were given up."


def test_form_says_what_closing_means(root: Client, ada: User) -> None:
    assert "gives up the person's places, also those on waitlists" in read(root.get(page(ada))).text


# --- Erasing -----------------------------------------------------------------------------------


def test_erasing_asks_first_and_names_everybody(root: Client, ada: User, jam: Event) -> None:
    question = read(erase(root, ada))
    people = [item.raw for item in question.first("div", id="content").first("ul").all("li")]
    assert people == ["ada · Ada (U-Ada)"]
    ada.refresh_from_db()
    assert (ada.username, statuses(jam)) == ("ada", ["confirmed", "waitlisted"])
    assert logged() == []


def test_erased_person_is_forgotten_and_their_place_goes_on(
    root: Client, ada: User, jam: Event
) -> None:
    response = erase(root, ada, confirmed="1")
    attendee = Attendee.objects.get(user=ada)
    assert words(response) == ["1 person is erased."]
    assert (attendee.neos_id, attendee.user.is_active) == (None, False)
    assert statuses(jam) == ["cancelled", "confirmed"]


def test_log_of_erasing_names_nobody(root: Client, ada: User) -> None:
    erase(root, ada, confirmed="1")
    entry = LogEntry.objects.get()
    ada.refresh_from_db()
    assert (entry.object_repr, entry.change_message) == (ada.username, "Erased.")
    assert entry.object_id == str(ada.pk)


def test_nobody_erases_themselves_or_a_superuser(root: Client, superuser: User, ada: User) -> None:
    other = make_user(username="other", is_superuser=True)
    left = "2 were not changed: you cannot erase your own account or a superuser."
    assert words(erase(root, superuser, other)) == [left]
    erase(root, superuser, other, ada, confirmed="1")  # the page asked about Ada only
    names = set(User.objects.values_list("username", flat=True))
    assert names == {"root", "other", "ada"}
    assert words(erase(root, ada, confirmed="1"))[-1] == "1 person is erased."


def test_question_leaves_out_who_is_not_erased(root: Client, superuser: User, ada: User) -> None:
    question = read(erase(root, superuser, ada))
    boxes = question.all("input", type="hidden", name="_selected_action")
    assert [box.attributes["value"] for box in boxes] == [str(ada.pk)]
    assert "Your own account and superusers are not erased." in question.text


def test_erasing_too_many_is_refused(
    root: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmed_actions, "MAX_SELECTED_ROWS", 1)
    response = erase(root, ada, make_user(), confirmed="1")
    assert words(response) == ["Please select at most 1 rows at a time."]
    assert User.objects.filter(username="ada").count() == 1


@pytest.mark.parametrize("selected", ["", "abc", "9" * 40])
def test_selection_that_holds_no_id_is_a_bad_request(root: Client, selected: str) -> None:
    response = root.post(USERS, {"action": "erase", "_selected_action": selected})
    assert response.status_code == 400


def test_markup_in_a_name_is_text(root: Client) -> None:
    markup = '"><img src=x onerror=alert(1)>'
    question = erase(root, make_attendee(neos_username=markup).user).content.decode()
    assert (markup in question, "onerror=alert(1)" in question) == (False, True)


def test_question_costs_the_same_with_more_people(
    root: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_attendee().user, make_attendee().user, make_user()]
    for chosen in [people[:1], people]:
        with django_assert_num_queries(8):
            erase(root, *chosen)


# --- Nobody deletes, nobody else gets in -------------------------------------------------------


def test_accounts_are_not_deleted(root: Client, ada: User, jam: Event) -> None:
    address = f"{USERS}{ada.pk}/delete/"
    assert (root.get(address).status_code, root.post(address, {"post": "yes"}).status_code) == (
        403,
        403,
    )
    options = read(root.get(USERS)).first("select", name="action").all("option")
    assert [option.attributes["value"] for option in options] == ["", "erase", "erase_as_asked"]
    root.post(USERS, {"action": "delete_selected", "_selected_action": str(ada.pk), "post": "yes"})
    assert User.objects.filter(username="ada").count() == 1


def test_accounts_are_closed_to_everybody_but_superusers(
    client: Client, signed_in: SignedIn, ada: User, jam: Event
) -> None:
    """Also to staff who were given the rights: they could make themselves superusers."""
    clerk = make_user(username="clerk", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(content_type__app_label="auth"))
    mika = make_organizer()
    jam.organizers.add(mika)
    for stranger in [client, *map(signed_in, [clerk, mika, ada])]:
        for address in [USERS, page(ada), f"{USERS}add/", f"{USERS}{ada.pk}/password/"]:
            assert stranger.get(address).status_code in {302, 403}
        stranger.post(page(ada), {"username": "ada", "is_superuser": "on"})
        erase(stranger, ada, confirmed="1")
    ada.refresh_from_db()
    assert (ada.username, ada.is_active, ada.is_superuser) == ("ada", True, False)
    assert statuses(jam) == ["confirmed", "waitlisted"]


def test_accounts_cost_the_same_with_more_rows(
    root: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        with django_assert_num_queries(7):
            root.get(USERS)
        make_attendee()
        make_attendee()
