from datetime import timedelta
from typing import Any

import pytest
from oauthlib.oauth2.rfc6749 import errors
from time_machine import Traveller

from neos_backend.sandbox import grants, provider
from neos_backend.sandbox.platforms import NEOS
from tests.neos_backend.sandbox.flow import (
    ALL_SCOPES,
    CLIENT_ID,
    REDIRECT_URI,
    STATE,
    answer_in,
    authorize_query,
    new_code,
    new_token,
)

GRANTS = grants.Grants("neos")

# --- Authorization request -----------------------------------------------------------------------


def test_authorization_request_gives_the_scopes() -> None:
    asked = provider.read_authorization_request(
        NEOS, authorize_query(scope="profile  email profile")
    )

    assert asked.scopes == ("profile", "email")


@pytest.mark.parametrize("scope", [None, "", " "])
def test_authorization_request_may_ask_for_nothing(scope: str | None) -> None:
    assert provider.read_authorization_request(NEOS, authorize_query(scope=scope)).scopes == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "stranger"},
        {"client_id": CLIENT_ID.upper()},
        {"client_id": [CLIENT_ID, "stranger"]},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": "/auth/complete/neos/"},
        {"redirect_uri": REDIRECT_URI.upper()},
        {"redirect_uri": REDIRECT_URI.rstrip("/")},
        {"redirect_uri": REDIRECT_URI + "?redirect_state=1"},
        {"redirect_uri": REDIRECT_URI + "deeper"},
        {"redirect_uri": "http://elsewhere.example/"},
    ],
)
def test_authorization_request_for_the_wrong_client_or_address_is_fatal(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(errors.FatalClientError) as caught:
        provider.read_authorization_request(NEOS, authorize_query(**changes))

    assert caught.value.error == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unauthorized_client"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"scope": "profile openid"}, "invalid_scope"),
        ({"scope": "profile,email"}, "invalid_scope"),
        ({"scope": "Profile"}, "invalid_scope"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x" * 43}, "invalid_request"),
    ],
)
def test_authorization_request_that_is_wrong_otherwise_is_told_to_the_client(
    changes: dict[str, Any], error: str
) -> None:
    with pytest.raises(errors.OAuth2Error) as caught:
        provider.read_authorization_request(NEOS, authorize_query(**changes))

    assert isinstance(caught.value, errors.FatalClientError) is False
    answer = answer_in(caught.value.in_uri(caught.value.redirect_uri or ""))
    assert answer.keys() <= {"error", "error_description", "state"}
    assert (answer["error"], answer["state"]) == (error, STATE)


def test_allow_gives_a_code_and_the_state() -> None:
    asked = provider.read_authorization_request(NEOS, authorize_query())

    location = provider.allow(asked, person=NEOS.cast[0], ticked=ALL_SCOPES)

    assert location.startswith(REDIRECT_URI + "?") is True
    assert answer_in(location).keys() == {"code", "state"}
    assert answer_in(location)["state"] == STATE


def test_allow_never_grants_what_was_not_asked_for() -> None:
    code = new_code(ticked=("email", "patreon", "admin"), scope="profile email")

    grant = GRANTS.find_code(code)

    assert grant is not None
    assert grant.consent.granted == ("profile", "email")


def test_allow_grants_nothing_when_the_only_scope_is_declined() -> None:
    grant = GRANTS.find_code(new_code(ticked=(), scope="email"))

    assert grant is not None
    assert grant.consent.granted == ()


def test_decline_is_access_denied() -> None:
    asked = provider.read_authorization_request(NEOS, authorize_query())

    error = provider.decline(asked)

    answer = answer_in(error.in_uri(error.redirect_uri or ""))
    assert (answer["error"], answer["state"]) == ("access_denied", STATE)


# --- Bearer token --------------------------------------------------------------------------------


def test_bearer_token_opens_what_was_granted() -> None:
    consent = provider.consent_of_bearer(NEOS, f"Bearer {new_token(ticked=('email',))}")

    assert consent == grants.Consent(NEOS.cast[0], ALL_SCOPES, ("profile", "email"))


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer made-up", "Bearer ü", "Bearer a b", "Basic YTpi"]
)
def test_bearer_token_is_needed(header: str) -> None:
    with pytest.raises(errors.InvalidTokenError) as caught:
        provider.consent_of_bearer(NEOS, header)

    assert caught.value.status_code == 401


def test_bearer_token_is_no_authorization_code() -> None:
    with pytest.raises(errors.InvalidTokenError):
        provider.consent_of_bearer(NEOS, f"Bearer {new_code()}")


def test_bearer_token_without_profile_scope_is_insufficient() -> None:
    token = new_token(scope="email")

    with pytest.raises(errors.InsufficientScopeError) as caught:
        provider.consent_of_bearer(NEOS, f"Bearer {token}")

    assert caught.value.status_code == 403


def test_bearer_token_works_for_an_hour(clock: Traveller) -> None:
    token = new_token()
    clock.shift(timedelta(hours=1, seconds=-1))

    assert provider.consent_of_bearer(NEOS, f"Bearer {token}").person == NEOS.cast[0]


def test_bearer_token_expires_after_an_hour(clock: Traveller) -> None:
    token = new_token()
    clock.shift(timedelta(hours=1, seconds=1))

    with pytest.raises(errors.InvalidTokenError):
        provider.consent_of_bearer(NEOS, f"Bearer {token}")
