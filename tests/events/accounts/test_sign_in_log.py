"""Mistakes of others are one warning with their own code: no traceback, and no mail to ADMINS."""

import logging
from typing import Any

import pytest
import responses
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from neos_backend import oauth
from tests.error_mail import wait_for_error_mail
from tests.factories import make_local_attendee
from tests.platform import COMPLETE, DISCONNECT, words
from tests.sign_in import PROFILE_URL, TOKEN_URL, come_back, sign_in, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TOKEN = {"access_token": "t", "token_type": "Bearer"}


@pytest.fixture(autouse=True)
def admins(settings: Settings) -> None:
    settings.ADMINS = [("Staff", "staff@example.org")]


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Levels and texts of the log; a traceback would be one more line of the text."""
    records = [r for r in caplog.records if r.levelno >= logging.WARNING]
    formatter = logging.Formatter("%(message)s")
    return [(record.levelname, formatter.format(record)) for record in records]


def fail(client: Client, **token: Any) -> int:
    """Let the token endpoint answer like this; with `profile`, that of the profile."""
    with responses.RequestsMock() as neos:
        profile = token.pop("profile", None)
        if profile is not None:
            neos.post(TOKEN_URL, json=TOKEN)
            neos.get(PROFILE_URL, **profile)
        else:
            neos.post(TOKEN_URL, **token)
        return come_back(client, start(client)).status_code


FAILURES: list[tuple[dict[str, Any], int, str]] = [
    ({"status": 401, "json": {"error": "invalid_client"}}, 502, "provider_code=invalid_client"),
    ({"status": 400, "json": {"error": "invalid_scope"}}, 502, "provider_code=invalid_scope"),
    ({"status": 400, "json": {"error": "invalid_grant"}}, 403, "provider_code=invalid_grant"),
    ({"status": 400, "json": {"error": "x\nERROR forged"}}, 502, "provider_code=unreadable"),
    ({"status": 400, "json": {"error": "x" * 9000}}, 502, "provider_code=unreadable"),
    ({"status": 200, "json": {"error": "server_error"}}, 503, "provider_code=server_error"),
    ({"status": 500, "body": "<html>"}, 503, "provider_status=500"),
    ({"status": 429, "json": {}}, 503, "code=rate_limited"),
    ({"status": 200, "json": []}, 502, "code=malformed_response"),
    ({"status": 200, "json": {}}, 502, "claim=access_token"),
    ({"profile": {"json": []}}, 502, "claim=id"),
    ({"profile": {"json": {"username": "x"}}}, 502, "claim=id"),
    ({"profile": {"body": "<html>"}}, 502, "stage=user_info"),
    ({"profile": {"status": 403}}, 502, "provider_status=403"),
    ({"profile": {"status": 401, "json": {"error": "invalid_token"}}}, 403, "=invalid_token"),
]


@pytest.mark.parametrize(("answered", "status", "words"), FAILURES)
def test_failure_of_neos_is_one_warning_with_its_code_s2(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[EmailMessage],
    answered: dict[str, Any],
    status: int,
    words: str,
) -> None:
    assert fail(client, **answered) == status
    wait_for_error_mail()
    ((level, line),) = lines(caplog)
    assert (level, words in line, f"status={status}" in line) == ("WARNING", True, True)
    assert (line.count("\n"), line.isascii(), len(line) < 400) == (0, True, True)
    assert mailoutbox == []


def test_wrong_secret_scope_and_code_are_told_apart_s2(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for answered, _, _ in FAILURES[:3]:
        fail(client, **answered)
    assert len({line for _level, line in lines(caplog)}) == 3


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "provider_code=access_denied"),
        ("invalid_scope", "provider_code=invalid_scope"),
        ("\r\nERROR forged", "provider_code=unreadable"),
        ("ü" * 500, "provider_code=unreadable"),
    ],
)
def test_refusal_that_a_browser_brings_back_is_one_clean_line_s2(
    client: Client, caplog: pytest.LogCaptureFixture, error: str, words: str
) -> None:
    client.get(COMPLETE, {"state": start(client), "error": error})
    ((level, line),) = lines(caplog)
    assert (level, words in line, "forged" in line) == ("WARNING", True, False)


@pytest.mark.parametrize("query", [{}, {"state": "x", "code": "y"}, {"next": "https://evil.test"}])
def test_callback_of_a_visitor_is_one_warning_without_mail_s2(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[EmailMessage],
    query: dict[str, str],
) -> None:
    client.get(COMPLETE, query)
    wait_for_error_mail()
    assert [level for level, _ in lines(caplog)] == ["WARNING"]
    assert mailoutbox == []


def test_refusals_of_our_own_are_one_warning_s2(
    client: Client, caplog: pytest.LogCaptureFixture, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(client)
    assert client.post(DISCONNECT).status_code == 403
    client.force_login(make_local_attendee().user)
    assert sign_in(client).status_code == 409
    wait_for_error_mail()
    assert [level for level, _ in lines(caplog)] == ["WARNING"] * 2
    assert mailoutbox == []


@pytest.mark.usefixtures("impatient")
def test_busy_sign_in_is_one_warning_and_a_page_that_may_be_loaded_again_s6(
    client: Client, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    settings.SOCIAL_AUTH_CALLS_AT_ONCE = 1
    state = start(client, next="/events/one/")
    with oauth.SIGN_INS.enter(1), responses.RequestsMock():
        response = come_back(client, state)
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    page = response.content.decode()
    button = '<a class="button primary" href="">Try again</a>'
    assert (words("Neos is slow") in page, button in page) == (True, True)
    ((level, line),) = lines(caplog)
    assert (level, "code=busy" in line, state in page + line) == ("WARNING", True, False)
    with responses.RequestsMock() as neos:
        neos.post(TOKEN_URL, json=TOKEN)
        neos.get(PROFILE_URL, json={"id": "U-gearfox"})
        assert come_back(client, state)["Location"] == "/events/one/"
