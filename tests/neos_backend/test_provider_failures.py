"""For every answer of the provider, a login succeeds or raises one of the library's exceptions."""

import json
import time
from typing import Any

import pytest
import requests
import responses
from social_core.exceptions import (
    AuthConfigurationError,
    AuthCredentialError,
    AuthProviderError,
    AuthResponseError,
)

from neos_backend.backends import NeosOAuth2

from .conftest import ACCOUNT, PROFILES, TOKEN, TOKEN_ANSWER, Browser, Wire

Mock = responses.RequestsMock
DEEP = "[" * 100_000
ENDS = ("token", "profile")
FAILURES = [
    ({"status": 400, "json": {"error": "invalid_grant"}}, AuthCredentialError, None),
    ({"status": 401, "json": {"error": "invalid_client"}}, AuthConfigurationError, None),
    ({"status": 400, "body": DEEP}, AuthProviderError, "http_error"),
    ({"status": 403}, AuthProviderError, "http_error"),
    ({"status": 429, "headers": {"Retry-After": "60"}}, AuthProviderError, "rate_limited"),
    ({"status": 500, "body": "<html>"}, AuthProviderError, "unavailable"),
    ({"status": 503}, AuthProviderError, "unavailable"),
    ({"status": 302, "headers": {"Location": PROFILES}}, AuthProviderError, "http_error"),
    ({"body": requests.Timeout()}, AuthProviderError, "timeout"),
    ({"body": requests.ConnectionError()}, AuthProviderError, "connection_failed"),
    ({"body": requests.exceptions.SSLError()}, AuthProviderError, "tls_error"),
    ({"body": requests.RequestException()}, AuthProviderError, "http_error"),
    *(
        ({"body": body}, AuthResponseError, None)
        for body in ("", "<html>", '{"id": "U-', "\ufeff{}", b'{"id": "\xff"}', DEEP)
    ),
    *(
        ({"body": body}, AuthResponseError, None)
        for body in ("[]", '"x"', "5", "null", "NaN", "{}")
    ),
    ({"json": ACCOUNT | TOKEN_ANSWER | {"padding": "x" * 300_000}}, AuthResponseError, None),
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(("answer", "error", "code"), FAILURES)
def test_provider_failure_is_one_of_the_library(
    browser: Browser, provider: Mock, end: str, answer: dict[str, Any], error: Any, code: str | None
) -> None:
    provider.post(TOKEN, **(answer if end == "token" else {"json": TOKEN_ANSWER}))
    provider.get(PROFILES, **answer)
    with pytest.raises(error) as caught:
        browser.sign_in()
    assert code in (None, caught.value.code)
    assert caught.value.stage == {"token": "token_exchange", "profile": "user_info"}[end]
    assert len(provider.calls) == 1 + ENDS.index(end)


def test_provider_asking_to_wait_is_passed_on(browser: Browser, provider: Mock) -> None:
    provider.post(TOKEN, status=429, headers={"Retry-After": "60"})
    with pytest.raises(AuthProviderError) as caught:
        browser.sign_in()
    assert caught.value.retry_after == "60"


@pytest.mark.parametrize(
    "token",
    [None, "", 5, ["a"], "a b", "a\nb", "a\x00", "ü", "\ud800", "猫", "x" * 8193, "a\r\nX-Y: z"],
)
def test_token_that_no_header_can_carry_is_refused(
    browser: Browser, provider: Mock, token: object
) -> None:
    provider.post(TOKEN, body=json.dumps(TOKEN_ANSWER | {"access_token": token}))
    with pytest.raises(AuthResponseError) as caught:
        browser.sign_in()
    assert caught.value.claim == "access_token"
    assert len(provider.calls) == 1


@pytest.mark.parametrize("kind", ["mac", "DPoP", ["Bearer"], {"a": 1}, 5])
def test_token_of_another_type_is_refused(browser: Browser, provider: Mock, kind: object) -> None:
    provider.post(TOKEN, json=TOKEN_ANSWER | {"token_type": kind})
    with pytest.raises(AuthResponseError) as caught:
        browser.sign_in()
    assert caught.value.claim == "token_type"


@pytest.mark.parametrize("kind", ["bearer", "BEARER", None, ""])
def test_token_of_no_or_the_same_type_is_taken(
    browser: Browser, provider: Mock, kind: object
) -> None:
    provider.post(TOKEN, json=TOKEN_ANSWER | {"token_type": kind})
    provider.get(PROFILES, json=ACCOUNT)
    assert browser.sign_in()["response"]["id"] == "U-gearfox"


@pytest.mark.parametrize("account", [{"username": "x"}, ACCOUNT | {"id": "u-x"}, {"id": 5}])
def test_profile_without_a_valid_id_is_refused(
    browser: Browser, provider: Mock, account: dict[str, Any]
) -> None:
    provider.post(TOKEN, json=TOKEN_ANSWER)
    provider.get(PROFILES, json=account)
    with pytest.raises(AuthResponseError) as caught:
        browser.sign_in()
    assert (caught.value.code, caught.value.claim) == ("invalid_claim", "id")


class HurriedNeos(NeosOAuth2):
    LOGIN_SECONDS = 0.6


def test_deadline_is_shared_by_token_and_profile(wire: Wire) -> None:
    def answer_late(connection: Any) -> None:
        time.sleep(0.4)
        body = json.dumps(TOKEN_ANSWER).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    url = wire.serve(answer_late)
    browser = Browser(HurriedNeos, ACCESS_TOKEN_URL=url, PROFILE_URL=url)
    started = time.monotonic()
    with pytest.raises(AuthProviderError) as caught:
        browser.sign_in()
    assert (caught.value.code, caught.value.stage) == ("timeout", "user_info")
    assert time.monotonic() - started < 0.8
