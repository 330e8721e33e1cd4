"""Pages that let others in, or end an account, ask for proof that its person is there."""

from datetime import timedelta

import pytest
import responses
import time_machine
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.models import Attendee
from tests.factories import NOON, make_attendee, make_local_attendee, make_user
from tests.platform import DISCONNECT, LOGIN, words
from tests.sign_in import answer, come_back, profile, sign_in, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEW = {"new_password1": "correct horse battery", "new_password2": "correct horse battery"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def local(client: Client) -> Attendee:
    """A browser that was left open by somebody with a password."""
    attendee = make_local_attendee(user=make_user(email="old@example.org"))
    client.force_login(attendee.user)
    return attendee


@pytest.fixture
def linked(client: Client) -> Attendee:
    """A browser that was left open by somebody who has no password, only Neos."""
    attendee = make_attendee(neos_id="U-gearfox", email_confirmed_at="2030-01-01T00:00Z")
    User.objects.update(email="old@example.org")
    client.force_login(attendee.user)
    return attendee


def change(client: Client, **fields: str) -> HttpResponse:
    """Type another address and a name on the account page."""
    typed = {"email": "new@example.org", "display_name": "Typed", "time_zone": "Asia/Tokyo"}
    return client.post("/account/", typed | fields)


def pending() -> str:
    return Attendee.objects.values_list("pending_email", flat=True).get()


# --- With a password -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Please type your password"), ("wrong", "This is not your password.")],
)
def test_address_is_changed_with_the_password_only_h4(
    client: Client, local: Attendee, typed: str, sentence: str
) -> None:
    page = change(client, current_password=typed).content.decode()
    assert (pending(), sentence in page) == ("", True)
    assert [f'value="{kept}"' in page for kept in ("new@example.org", "Typed")] == [True, True]
    change(client, current_password="secret")
    assert pending() == "new@example.org"


def test_address_is_removed_with_the_password_only_h4(client: Client, local: Attendee) -> None:
    change(client, email="")
    assert User.objects.get().email == "old@example.org"
    change(client, email="", current_password="secret")
    assert User.objects.get().email == ""


def test_profile_is_saved_without_the_password_h4(client: Client, local: Attendee) -> None:
    assert change(client, email="old@example.org").status_code == 302
    assert Attendee.objects.get().display_name == "Typed"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Please type your password"), ("wrong", "This is not your password.")],
)
def test_account_is_deleted_with_the_password_only_p(
    client: Client, local: Attendee, typed: str, sentence: str
) -> None:
    response = client.post("/account/delete/", {"current_password": typed})
    page = response.content.decode()
    assert ("Nothing was deleted yet." in page, sentence in page) == (True, True)
    assert Attendee.objects.get().erased_at is None
    client.post("/account/delete/", {"current_password": "secret"})
    assert Attendee.objects.get().erased_at is not None


def test_account_page_asks_for_the_password_where_it_is_needed_p(
    client: Client, local: Attendee
) -> None:
    page = client.get("/account/").content.decode()
    assert page.count('name="current_password"') == 2
    assert page.count('id="link_current_password"') == 1
    for address in ("/account/delete/", "/account/data/"):
        assert client.get(address).content.decode().count('name="current_password"') == 1


def test_sign_in_with_neos_is_no_substitute_for_the_password_p(
    client: Client, linked: Attendee
) -> None:
    linked.user.set_password("secret")
    linked.user.save()
    client.force_login(linked.user)
    sign_in(client)
    change(client)
    client.post("/account/delete/")
    assert (pending(), Attendee.objects.get().erased_at) == ("", None)


def test_password_is_guessed_a_few_times_only_p(client: Client, local: Attendee) -> None:
    """All pages that ask for it count together."""
    answers = [change(client, current_password="wrong").status_code for _ in range(5)]
    for _ in range(6):
        response = client.post("/account/delete/", {"current_password": "wrong"})
        answers.append(response.status_code)
    assert answers == [200] * 10 + [429]


# --- Linking a Neos account: one more way in -----------------------------------------------------


def neos_ids() -> list[str | None]:
    return list(Attendee.objects.values_list("neos_id", flat=True))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Please type your password"), ("wrong", "This is not your password.")],
)
def test_neos_account_is_linked_with_the_password_only_p(
    client: Client, local: Attendee, typed: str, sentence: str
) -> None:
    fields = {"current_password": typed, "next": "/events/a/"}
    page = client.post(LOGIN, fields).content.decode()
    kept = ["Nothing was linked yet.", sentence, 'name="next" value="/events/a/"']
    assert [text in page for text in kept] == [True, True, True]
    response = client.post(LOGIN, fields | {"current_password": "secret"})
    assert (response.status_code, "secret" in response["Location"]) == (302, False)
    sign_in(client)
    assert neos_ids() == ["U-gearfox"]


def test_way_to_neos_that_began_before_unlinking_links_nothing_p(
    client: Client, local: Attendee
) -> None:
    """Somebody at an open browser begins to verify, unlinks, and comes back as another."""
    sign_in(client)
    state = start(client, current_password="")
    client.post(DISCONNECT)
    with responses.RequestsMock() as neos:
        answer(neos, profile(id="U-stranger"))
        response = come_back(client, state)
    assert (response.status_code, "Nothing was linked." in response.content.decode()) == (403, True)
    assert neos_ids() == [None]


def test_password_that_was_typed_for_a_link_counts_for_ten_minutes_p(
    client: Client, local: Attendee, clock: time_machine.Traveller
) -> None:
    state = start(client)
    clock.shift(11 * MINUTE)
    with responses.RequestsMock() as neos:
        answer(neos)
        come_back(client, state)
    assert neos_ids() == [None]


def test_account_without_a_password_is_linked_without_a_question_p(client: Client) -> None:
    user = make_local_attendee().user
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert "link_current_password" not in client.get("/account/").content.decode()
    start(client, current_password="")
    sign_in(client)
    assert neos_ids() == ["U-gearfox"]


def test_password_is_guessed_no_more_often_by_linking_p(client: Client, local: Attendee) -> None:
    fields = {"current_password": "wrong"}
    answers = [client.post(LOGIN, fields).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_sign_ins_that_cannot_begin_are_no_guesses_p(client: Client) -> None:
    """Nobody is signed in, so the next in the same network is not asked to wait."""
    fields = {"next": "https://elsewhere.example/"}
    answers = {client.post(LOGIN, fields).status_code for _ in range(20)}
    assert answers == {400}
    assert client.post(LOGIN).status_code == 302


# --- With Neos only ------------------------------------------------------------------------------


def test_address_waits_for_a_new_sign_in_and_nothing_typed_is_lost_h4(
    client: Client, linked: Attendee
) -> None:
    page = change(client).content.decode()
    assert (pending(), words("Please sign in with Neos again first") in page) == ("", True)
    assert page.count('name="next" value="/account/"') == 1
    sign_in(client)
    page = client.get("/account/").content.decode()
    typed = ['value="new@example.org"', 'value="Typed"', '<option value="Asia/Tokyo" selected']
    assert [text in page for text in typed] == [True, True, True]
    change(client)
    assert pending() == "new@example.org"


def test_typed_address_is_not_shown_without_a_sign_in_or_later_h4(
    client: Client, linked: Attendee, clock: time_machine.Traveller
) -> None:
    change(client)
    assert "new@example.org" not in client.get("/account/").content.decode()
    clock.shift(11 * MINUTE)
    sign_in(client)
    assert "new@example.org" not in client.get("/account/").content.decode()


def test_first_password_asks_for_a_new_sign_in_p(client: Client, linked: Attendee) -> None:
    page = client.get("/accounts/password/").content.decode()
    assert ("new_password1" in page, 'name="next" value="/accounts/password/"' in page) == (
        False,
        True,
    )
    client.post("/accounts/password/", NEW)
    assert User.objects.get().has_usable_password() is False
    sign_in(client)
    client.post("/accounts/password/", NEW)
    assert User.objects.get().check_password(NEW["new_password1"]) is True


def test_account_is_deleted_after_a_new_sign_in_only_p(client: Client, linked: Attendee) -> None:
    page = client.post("/account/delete/").content.decode()
    assert (words("Sign in with Neos again") in page, Attendee.objects.get().erased_at) == (
        True,
        None,
    )
    sign_in(client)
    client.post("/account/delete/")
    assert Attendee.objects.get().erased_at is not None


@pytest.mark.parametrize(("minutes", "is_deleted"), [(10, True), (11, False)])
def test_sign_in_with_neos_counts_for_ten_minutes_p(
    client: Client,
    linked: Attendee,
    clock: time_machine.Traveller,
    minutes: int,
    *,
    is_deleted: bool,
) -> None:
    sign_in(client)
    clock.shift(minutes * MINUTE)
    client.post("/account/delete/")
    assert (Attendee.objects.get().erased_at is not None) is is_deleted


def test_sign_in_in_another_browser_proves_nothing_here_p(client: Client, linked: Attendee) -> None:
    sign_in(Client())
    client.post("/account/delete/")
    assert Attendee.objects.get().erased_at is None


def test_sign_in_of_somebody_else_proves_nothing_p(client: Client, linked: Attendee) -> None:
    """One person signs out, the next one's browser was left open by a sign-in without Neos."""
    sign_in(client, profile(id="U-other"))
    client.force_login(linked.user)
    client.post("/account/delete/")
    assert Attendee.objects.get(pk=linked.pk).erased_at is None


@pytest.mark.parametrize(("whose", "seconds"), [(1, 0), (0, 5), (0, -601)])
def test_note_of_another_person_or_time_proves_nothing_p(
    client: Client, linked: Attendee, whose: int, seconds: int
) -> None:
    """The session outlives what it says: who was there, and when."""
    session = client.session
    session["neos_signed_in"] = [linked.user_id + whose, NOON.timestamp() + seconds]
    session.save()
    client.post("/account/delete/")
    assert Attendee.objects.get().erased_at is None
