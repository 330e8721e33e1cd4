"""Everything of one sign-in stays with it: where it leads, who started it, what it is for."""

import pytest
import responses
from django.contrib.auth.models import User
from django.test import Client

from events.models import Attendee
from tests import platform
from tests.factories import make_local_attendee
from tests.platform import COMPLETE, words
from tests.sign_in import answer, come_back, profile, sign_in, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DEFAULT = "/registrations/"


def finish(client: Client, state: str, **parameters: str) -> str:
    """Come back with a code; return where that leads."""
    with responses.RequestsMock() as neos:
        answer(neos)
        response = come_back(client, state, **parameters)
    assert response.status_code == 302
    return str(response["Location"])


def keys_of_attempts(client: Client) -> list[str]:
    return sorted(k for k, _ in client.session.items() if k == "next" or "state" in k)


def test_abandoned_sign_in_leads_no_later_one_astray_s1(client: Client) -> None:
    start(client, next="/events/one/")
    assert "next" not in client.session
    assert finish(client, start(client)) == DEFAULT


def test_abandoned_sign_in_leads_no_linking_astray_s1(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    start(client, next="/events/one/")
    assert finish(client, start(client)) == "/account/"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_tabs_do_not_swap_their_targets_s1(client: Client, order: tuple[int, int]) -> None:
    client.force_login(make_local_attendee().user)
    targets = ("/events/one/", "/events/two/")
    states = [start(client, next=target) for target in targets]
    for number in order:
        assert finish(client, states[number]) == targets[number]


def test_tab_without_a_target_takes_none_of_another_s1(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    plain, directed = start(client), start(client, next="/events/two/")
    assert finish(client, plain) == "/account/"
    assert finish(client, directed) == "/events/two/"


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_empty_next_is_none_s1(client: Client, *, is_signed_in: bool) -> None:
    if is_signed_in:
        client.force_login(make_local_attendee().user)
    assert finish(client, start(client, next="")) == ("/account/" if is_signed_in else DEFAULT)


def test_next_of_the_callback_is_not_of_the_attempt_s1(client: Client) -> None:
    assert finish(client, start(client), next="/events/planted/") == DEFAULT


def test_linking_ends_at_the_account_and_says_so_s1(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    page = client.get(finish(client, start(client))).content.decode()
    assert words("Your Neos account is linked.") in page
    page = client.get(finish(client, start(client))).content.decode()
    assert words("Your Neos account is linked.") not in page
    assert words("We have checked your account with Neos again.") in page


def test_sign_in_says_nothing_about_linking_s1(client: Client) -> None:
    sign_in(client)
    assert words("Neos account is linked") not in client.get("/account/").content.decode()


def test_finished_sign_in_leaves_nothing_in_the_session_s1(client: Client) -> None:
    finish(client, start(client, next="/events/one/"))
    assert keys_of_attempts(client) == []


def test_refusal_offers_the_link_of_its_own_attempt_s1(client: Client) -> None:
    first, second = start(client, next="/events/one/"), start(client, next="/events/two/")
    plain = start(client)
    links = [declined(client, state) for state in (first, second, plain)]
    login = "/accounts/login/"
    assert links == [f"{login}?next=/events/one/", f"{login}?next=/events/two/", login]
    assert keys_of_attempts(client) == []


def test_refusal_of_a_signed_in_person_offers_their_link_s1(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    start(client, next="/events/one/")
    assert declined(client, start(client, next="/events/two/")) == "/account/?next=/events/two/"
    assert declined(client, start(client)) == "/account/"


def test_refusal_of_an_unknown_attempt_offers_no_link_of_another_s1(client: Client) -> None:
    start(client, next="/events/one/")
    assert declined(client, "unknown") == "/accounts/login/"


def declined(client: Client, state: str) -> str:
    """Return the address of the first button on the page after a refused consent."""
    response = client.get(COMPLETE, {"state": state, "error": "access_denied"})
    assert response.status_code == 403
    return response.content.decode().split('class="button primary" href="')[1].partition('"')[0]


def test_attempt_from_before_signing_in_says_what_happened_s1(client: Client) -> None:
    state = start(client, next="/events/one/")
    user = make_local_attendee().user
    client.force_login(user)
    with responses.RequestsMock():
        response = come_back(client, state)
    page = response.content.decode()
    assert (response.status_code, "You have signed in here in the meantime" in page) == (403, True)
    assert 'href="/account/?next=/events/one/"' in page
    assert Attendee.objects.get(user=user).neos_id is None


def test_session_keeps_the_newest_ten_attempts_s1(client: Client) -> None:
    states = [start(client, next=f"/events/{number}/") for number in range(25)]
    kept = [k for k, _ in client.session.items() if k.startswith(f"{platform.KEY}_oauth2_state_")]
    assert sorted(kept) == sorted(f"{platform.KEY}_oauth2_state_{state}" for state in states[-10:])
    with responses.RequestsMock():
        assert come_back(client, states[14]).status_code == 403
    assert finish(client, states[15]) == "/events/15/"


def test_code_that_neos_rejects_is_explained_truly_h1(client: Client) -> None:
    with responses.RequestsMock() as neos:
        neos.post(platform.PLATFORM.token_url, status=400, json={"error": "invalid_grant"})
        page = come_back(client, start(client)).content.decode()
    assert words("Neos did not accept this sign-in any more") in page
    assert "another browser" not in page


def test_refused_link_changes_neither_account_h1(client: Client) -> None:
    sign_in(client)
    client.logout()
    other = make_local_attendee()
    client.force_login(other.user)
    assert sign_in(client, profile()).status_code == 409
    assert (User.objects.count(), Attendee.objects.filter(neos_id="U-gearfox").count()) == (2, 1)
