"""Sign-ins that fail: refused, foreign, late, or broken by the provider."""

from datetime import timedelta
from typing import Any

import pytest
import responses
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from social_core.exceptions import SocialAuthBaseException
from social_django.models import UserSocialAuth

from events.accounts.neos_errors import explain
from events.models import Attendee
from tests.factories import NOON, make_local_attendee
from tests.platform import COMPLETE, words
from tests.sign_in import PROFILE_URL, TOKEN_URL, answer, come_back, sign_in, signed_in_as, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# --- Failures ----------------------------------------------------------------------------------


def test_declined_consent_says_so_and_changes_nothing(client: Client) -> None:
    state = start(client)
    response = client.get(COMPLETE, {"state": state, "error": "access_denied"})
    assert response.status_code == 403
    assert words("You did not allow the sign-in at Neos") in response.content.decode()
    assert (signed_in_as(client), User.objects.count()) == ("", 0)


def test_declined_consent_keeps_where_the_person_wanted_to_go(client: Client) -> None:
    state = start(client, next="/events/jam/")
    response = client.get(COMPLETE, {"state": state, "error": "access_denied"})
    assert 'href="/accounts/login/?next=/events/jam/"' in response.content.decode()


def test_declined_consent_uses_the_state_up(client: Client) -> None:
    state = start(client)
    client.get(COMPLETE, {"state": state, "error": "access_denied"})
    assert come_back(client, state).status_code == 403


@pytest.mark.parametrize(
    "parameters",
    [{}, {"code": "x"}, {"state": "x", "code": "x"}, {"error": "server_error", "state": "x"}],
    ids=str,
)
def test_foreign_callback_is_refused_without_asking_neos(
    client: Client, parameters: dict[str, str]
) -> None:
    with responses.RequestsMock():
        response = client.get(COMPLETE, parameters)
    assert response.status_code in {400, 403}
    assert (signed_in_as(client), User.objects.count()) == ("", 0)


def test_state_of_another_browser_is_refused(client: Client) -> None:
    state = start(Client())
    start(client)
    with responses.RequestsMock():
        response = come_back(client, state)
    assert (response.status_code, signed_in_as(client)) == (403, "")
    assert "Please start again." in response.content.decode()


def test_sign_in_started_by_one_person_is_not_finished_by_another(client: Client) -> None:
    first, second = make_local_attendee(), make_local_attendee()
    for starter in (None, first):
        client.logout()
        if starter is not None:
            client.force_login(starter.user)
        state = start(client)
        client.force_login(second.user)
        with responses.RequestsMock():
            response = come_back(client, state)
        assert response.status_code == 403
        second.refresh_from_db()
        assert (second.neos_id, UserSocialAuth.objects.count()) == (None, 0)


def test_sign_in_started_before_logging_out_is_not_finished_by_nobody(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    state = start(client)
    client.logout()
    with responses.RequestsMock():
        response = come_back(client, state)
    assert (response.status_code, signed_in_as(client)) == (403, "")


def test_callback_works_once(client: Client) -> None:
    with responses.RequestsMock() as neos:
        answer(neos)
        state = start(client)
        come_back(client, state)
        assert come_back(client, state).status_code == 403
    assert signed_in_as(client) == "U-gearfox"


def test_text_of_the_provider_is_never_shown(client: Client) -> None:
    state = start(client)
    response = client.get(
        COMPLETE,
        {"state": state, "error": "server_error", "error_description": "<script>pwned</script>"},
    )
    assert "pwned" not in response.content.decode()
    assert response.status_code < 504


@pytest.mark.parametrize(("status", "answered"), [(500, 503), (503, 503), (429, 503), (400, 502)])
def test_provider_in_trouble_is_told_apart_from_a_bad_request(
    client: Client, status: int, answered: int
) -> None:
    with responses.RequestsMock() as neos:
        neos.add(responses.POST, TOKEN_URL, status=status, json={})
        response = come_back(client, start(client))
    assert (response.status_code, signed_in_as(client)) == (answered, "")
    assert "no-store" in response["Cache-Control"]


def test_profile_without_an_id_signs_nobody_in(client: Client) -> None:
    with responses.RequestsMock() as neos:
        neos.add(responses.POST, TOKEN_URL, json={"access_token": "t", "token_type": "Bearer"})
        neos.add(responses.GET, PROFILE_URL, json={"username": "nobody"})
        response = come_back(client, start(client))
    assert (response.status_code, User.objects.count()) == (502, 0)


def test_sign_in_needs_nothing_of_the_cache_s9(client: Client) -> None:
    """The cache counts tries; who is signing in stands in the database."""
    state = start(client, next="/events/jam/")
    cache.clear()
    with responses.RequestsMock() as neos:
        answer(neos)
        response = come_back(client, state)
    cache.clear()
    assert (response["Location"], signed_in_as(client)) == ("/events/jam/", "U-gearfox")


def test_closed_account_is_told_so_and_stays_out(client: Client) -> None:
    sign_in(client)
    client.logout()
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert response["Location"].startswith("/accounts/closed/")
    assert signed_in_as(client) == ""


def test_deactivated_person_is_out_at_the_next_request(client: Client) -> None:
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get("/registrations/").status_code == 302


def test_stale_verification_is_renewed_by_signing_in_again(client: Client) -> None:
    sign_in(client)
    Attendee.objects.update(verified_at=NOON - timedelta(days=31))
    assert Attendee.objects.get().is_verified is False
    sign_in(client)
    assert Attendee.objects.get().is_verified is True


@pytest.mark.parametrize(
    ("about", "beginning"),
    [
        ({"source": "provider_response"}, words("Neos and this site do not understand each other")),
        (
            {"provider_code": "invalid_scope"},
            words("Neos and this site do not understand each other"),
        ),
        ({"source": "configuration"}, words("The sign-in with Neos failed here")),
    ],
)
def test_failure_without_a_sentence_of_its_own_says_whose_it_is_s9(
    about: dict[str, Any], beginning: str
) -> None:
    error = SocialAuthBaseException(
        None, code="odd", recovery="none", **{"source": "configuration"} | about
    )
    assert explain(error).startswith(beginning)
