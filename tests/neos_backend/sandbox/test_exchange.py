from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors
from pytest_django.fixtures import Settings
from time_machine import Traveller

from neos_backend.sandbox import grants, provider
from neos_backend.sandbox.platforms import NEOS
from neos_backend.sandbox.validator import SandboxRequestValidator
from tests.neos_backend.sandbox.flow import (
    ALL_SCOPES,
    CLIENT_ID,
    CLIENT_SECRET,
    PKCE,
    REDIRECT_URI,
    VERIFIER,
    new_code,
    refusal,
    token_form,
    trade,
)

GRANTS = grants.Grants("neos")

# --- Token request -------------------------------------------------------------------------------


def test_exchange_gives_a_token() -> None:
    status, answer = trade(new_code())

    assert status == 200
    assert answer.keys() == {"access_token", "token_type", "expires_in"}
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)


def test_exchange_accepts_the_verifier_of_the_challenge() -> None:
    status, _ = trade(new_code(**PKCE), code_verifier=VERIFIER)

    assert status == 200


@pytest.mark.parametrize(
    ("ticked", "scope"),
    [
        (("profile", "patreon"), "profile patreon"),
        (("profile", "email"), "profile email"),
        ((), "profile"),
    ],
)
def test_exchange_tells_the_scope_when_some_was_declined(
    ticked: tuple[str, ...], scope: str
) -> None:
    _, answer = trade(new_code(ticked=ticked))

    assert answer["scope"] == scope


def test_exchange_ignores_parameters_meant_for_the_server_itself() -> None:
    consent = grants.Consent(NEOS.cast[1], ALL_SCOPES, ALL_SCOPES)

    status, answer = trade(
        new_code(ticked=()), user=str(consent), scopes="email", extra_credentials="refresh_token=x"
    )

    assert (status, answer["scope"]) == (200, "profile")
    assert "refresh_token" not in answer


def test_exchange_answers_are_never_stored() -> None:
    good, _, _ = provider.exchange(NEOS, "code=x")

    assert good["Cache-Control"] == "no-store"
    assert good["Content-Type"] == "application/json"


# --- Token request: who asks ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"client_secret": CLIENT_SECRET.upper()}, (401, "invalid_client")),
        ({"client_secret": "schlüssel"}, (401, "invalid_client")),
        ({"client_secret": ""}, (401, "invalid_client")),
        ({"client_secret": None}, (401, "invalid_client")),
        ({"client_id": "stranger"}, (401, "invalid_client")),
        ({"client_id": None}, (401, "invalid_client")),
        ({"client_id": [CLIENT_ID, "stranger"]}, (400, "invalid_request")),
    ],
)
def test_exchange_refuses_the_wrong_client(
    changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert refusal(*trade(new_code(), **changes)) == expected


def test_exchange_refuses_everybody_when_no_secret_is_set(settings: Settings) -> None:
    settings.SOCIAL_AUTH_NEOS_SECRET = ""

    answer = trade(new_code(), client_secret="")

    assert refusal(*answer) == (401, "invalid_client")


# --- Token request: what is asked ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grant_type": None}, (400, "unsupported_grant_type")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": "refresh_token"}, (400, "unsupported_grant_type")),
        ({"grant_type": "openid"}, (400, "unauthorized_client")),
        ({"code": None}, (400, "invalid_request")),
        ({"code": ""}, (400, "invalid_request")),
        ({"code": "made-up"}, (400, "invalid_grant")),
        ({"redirect_uri": None}, (400, "invalid_request")),
        ({"redirect_uri": ""}, (400, "invalid_request")),
        ({"redirect_uri": REDIRECT_URI.upper()}, (400, "invalid_request")),
        ({"redirect_uri": REDIRECT_URI + "?"}, (400, "invalid_request")),
        ({"code_verifier": VERIFIER}, (400, "invalid_request")),
    ],
)
def test_exchange_refuses_a_wrong_request(
    changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert refusal(*trade(new_code(), **changes)) == expected


@pytest.mark.parametrize(
    ("verifier", "expected"),
    [
        (None, (400, "invalid_request")),
        ("", (400, "invalid_request")),
        ("x" * 43, (400, "invalid_grant")),
        (VERIFIER + "x", (400, "invalid_grant")),
        ("ü", (400, "invalid_grant")),
    ],
)
def test_exchange_refuses_a_wrong_verifier(verifier: str | None, expected: tuple[int, str]) -> None:
    assert refusal(*trade(new_code(**PKCE), code_verifier=verifier)) == expected


def test_exchange_refuses_a_code_of_another_client(settings: Settings) -> None:
    code = new_code()
    settings.SOCIAL_AUTH_NEOS_KEY = "second-client"

    answer = trade(code, client_id="second-client")

    assert refusal(*answer) == (400, "invalid_grant")


def test_exchange_refuses_a_code_of_another_address(settings: Settings) -> None:
    code = new_code()
    settings.SOCIAL_AUTH_NEOS_REDIRECT_URI = "http://testserver/elsewhere/"

    answer = trade(code, redirect_uri="http://testserver/elsewhere/")

    assert refusal(*answer) == (400, "invalid_request")


def test_exchange_refuses_a_code_used_before() -> None:
    code = new_code()
    trade(code)

    assert refusal(*trade(code)) == (400, "invalid_grant")


def test_exchange_leaves_the_code_usable_after_a_mistake() -> None:
    code = new_code(**PKCE)
    trade(code, code_verifier="x" * 43)

    status, _ = trade(code, code_verifier=VERIFIER)

    assert status == 200


def test_exchange_gives_one_token_to_requests_at_the_same_moment() -> None:
    code = new_code()
    barrier = Barrier(8)

    def ask(_: int) -> int:
        barrier.wait()
        return trade(code)[0]

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(ask, range(8)))

    assert statuses == [200] + [400] * 7


def test_exchange_refuses_a_code_claimed_between_check_and_use() -> None:
    class Overtaken(SandboxRequestValidator):
        """Another request wins after this one was found to be right."""

        def confirm_redirect_uri(self, _client_id: str, code: str, *_: Any) -> bool:
            return GRANTS.claim_code(code)

    request = Request("", "POST", token_form(new_code()))

    with pytest.raises(errors.InvalidGrantError, match="used a moment ago"):
        provider.CodeGrantWithPKCE(Overtaken(NEOS)).validate_token_request(request)


def test_claim_code_succeeds_for_one_of_many() -> None:
    code = new_code()
    barrier = Barrier(8)

    def claim(_: int) -> bool:
        barrier.wait()
        return GRANTS.claim_code(code)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(claim, range(8))) == [False] * 7 + [True]


def test_code_works_for_five_minutes(clock: Traveller) -> None:
    code = new_code()
    clock.shift(timedelta(minutes=5, seconds=-1))

    assert trade(code)[0] == 200


def test_code_expires_after_five_minutes(clock: Traveller) -> None:
    code = new_code()
    clock.shift(timedelta(minutes=5, seconds=1))

    assert refusal(*trade(code)) == (400, "invalid_grant")
