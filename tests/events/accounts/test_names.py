"""Names of accounts: looked at as they are stored, and nobody can prepare for one."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from events.accounts import closing, local
from events.accounts.forms import SignUpForm
from events.models import Attendee
from tests.factories import make_user
from tests.platform import words
from tests.sign_in import profile, sign_in, signed_in_as

pytestmark = [pytest.mark.both, pytest.mark.django_db]

SIGN_UP = "/accounts/signup/"
PASSWORD = "correct horse battery"


def typed(name: str, **fields: str) -> dict[str, str]:
    mail = "somebody@example.org"
    return {"username": name, "email": mail, "password1": PASSWORD, "password2": PASSWORD} | fields


@pytest.mark.parametrize(
    "name", ["\uff35-victim", "\uff55\uff0dvictim", "\u24ca-victim", "U-victim\u200b", " U-victim"]
)
def test_name_of_a_neos_account_is_refused_in_every_spelling_h1(client: Client, name: str) -> None:
    page = client.post(SIGN_UP, typed(name)).content.decode()
    assert words("reserved for Neos accounts") in page
    assert User.objects.count() == 0


def test_stranger_keeps_nobody_out_of_their_neos_account_h1(client: Client) -> None:
    client.post(SIGN_UP, typed("\uff35-victim"))
    owner = Client()
    sign_in(owner, profile(id="U-victim", username="victim"))
    assert signed_in_as(owner) == "U-victim"


@pytest.mark.parametrize(
    "name", ["ann", "ANN", "\uff41nn", "ann ", "\u200bann", "\u24d0nn"], ids=ascii
)
def test_name_that_is_taken_is_refused_in_every_spelling_h1(client: Client, name: str) -> None:
    make_user(username="ann")
    assert "Somebody has this name already." in client.post(SIGN_UP, typed(name)).content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize(("taken", "name"), [("änn", "ÄNN"), ("ÄNN", "änn"), ("Änn", "änn")])
def test_name_is_compared_without_case_beyond_ascii_h1(
    client: Client, taken: str, name: str
) -> None:
    make_user(username=taken)
    assert "Somebody has this name already." in client.post(SIGN_UP, typed(name)).content.decode()


def test_name_is_stored_as_it_was_looked_at_h1(client: Client) -> None:
    client.post(SIGN_UP, typed("\u200b\uff3aoe "))
    assert User.objects.get().username == "Zoe"


def test_names_that_are_one_when_stored_make_one_account_h1() -> None:
    """Both forms were fine when they were looked at; the second is told that the name is gone."""
    forms = [SignUpForm(typed(name)) for name in ("zoe", "\uff5aoe")]
    assert [form.is_valid() for form in forms] == [True, True]
    local.sign_up(user=forms[0].save(commit=False), language="en")
    with pytest.raises(local.NameTaken):
        local.sign_up(user=forms[1].save(commit=False), language="en")


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_at_once_make_one_account_and_no_error_h1() -> None:
    names, answers = ["zoe", "\uff5aoe", "zoe ", "zoe\u200b"], []
    barrier = threading.Barrier(len(names))

    def run(name: str) -> None:
        barrier.wait()
        try:
            response = Client(raise_request_exception=False).post(SIGN_UP, typed(name))
            answers.append(response.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 200, 200, 302]
    assert [user.username for user in User.objects.all()] == ["zoe"]


# --- Erased people -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["erased-1", "Erased-1", "\uff45rased-1", "ERASED-", "erased-\u200b1"]
)
def test_name_of_an_erased_person_is_refused_h2(client: Client, name: str) -> None:
    assert "are reserved" in client.post(SIGN_UP, typed(name)).content.decode()
    assert User.objects.count() == 0


def test_nobody_can_prepare_for_an_erasure_h2() -> None:
    user = make_user()
    for name in (f"erased-{user.pk}", f"erased-{user.pk + 1}"):
        make_user(username=name)  # made before the names were refused
    closing.erase(user)
    assert Attendee.objects.get(user=user).erased_at is not None
    assert User.objects.filter(username__startswith="erased-", is_active=False).count() == 1


def test_erasing_twice_gives_two_names_and_no_error_h2() -> None:
    user = make_user()
    found = set()
    for _ in range(2):
        closing.erase(user)
        found.add(User.objects.get(pk=user.pk).username)
    assert [len(name) for name in found] == [len("erased-") + 32] * 2
