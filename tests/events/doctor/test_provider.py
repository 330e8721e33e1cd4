"""The doctor and the provider: where the sign-in leads, what its clock says, what is not shown."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from pytest_django import Settings

from events.doctor import Asked, Finding, provider
from events.doctor.finding import State
from tests.factories import NOON
from tests.platform import KEY, PLATFORM, words

pytestmark = pytest.mark.usefixtures("clock")
AUTHORIZE, TOKEN, PROFILE = PLATFORM.authorize_url, PLATFORM.token_url, PLATFORM.profile_url
ORIGIN = AUTHORIZE.removesuffix("/connect/authorize")
LOGIN = f"{ORIGIN}/login"
FOREIGN = "https://login.example.net/start"
CALLBACK = f"http://localhost:8000{PLATFORM.complete}"


def date(instant: datetime = NOON) -> dict[str, str]:
    return {"Date": format_datetime(instant.astimezone(UTC), usegmt=True)}


def redirect(address: str, location: str) -> None:
    responses.get(address, status=302, headers=date() | {"Location": location})


def signed_in() -> list[Finding]:
    return list(provider.check_authorization(Asked()))


def told(found: list[Finding]) -> list[tuple[str, State, str]]:
    return [(one.name, one.state, one.sentence) for one in found]


CLOCK_AGREES = (
    "clock",
    State.OK,
    words("This machine's clock agrees with that of Neos, to 0 seconds."),
)


@responses.activate
def test_way_of_the_sign_in_is_said_and_no_secret_is_sent() -> None:
    redirect(AUTHORIZE, "/login?ReturnUrl=%2Fsecret")
    responses.get(LOGIN, headers=date())
    assert told(signed_in()) == [
        ("sign-in", State.OK, f"The sign-in leads to {ORIGIN}."),
        CLOCK_AGREES,
    ]
    asked = parse_qs(urlsplit(str(responses.calls[0].request.url)).query)
    assert asked["client_id"] == ["test-client"]
    assert asked["redirect_uri"] == [CALLBACK]
    assert "test-client-secret" not in repr([call.request.__dict__ for call in responses.calls])


@responses.activate
def test_foreign_origin_is_where_browsers_stop_s7(settings: Settings) -> None:
    redirect(AUTHORIZE, FOREIGN)
    responses.get(FOREIGN, headers=date())
    way, stop, _clock = signed_in()
    led = f"The sign-in leads to {ORIGIN} → https://login.example.net."
    assert (way.state, way.sentence) == (State.OK, led)
    assert (stop.state, stop.next_step) == (
        State.PROBLEM,
        words("Add https://login.example.net to FORM_ACTION_ORIGINS, if it belongs to Neos."),
    )
    settings.FORM_ACTION_ORIGINS = ["https://login.example.net"]
    assert [one.state for one in signed_in()] == [State.OK, State.OK]


@responses.activate
@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        (
            LOGIN.replace("https", "http"),
            f"The sign-in leads to {ORIGIN.replace('https', 'http')}, which is not safe.",
        ),
        ("file:///etc/passwd", "The sign-in leads to file://, which is not safe."),
        ("//user@evil.example/", "The sign-in leads to https://evil.example, which is not safe."),
        ("https://[x", "The sign-in leads to ://, which is not safe."),
        (
            f"{CALLBACK}?error=invalid_scope&state=doctor",
            words("Neos sends people back at once (invalid_scope)."),
        ),
        (
            f"{CALLBACK}?error=%3Cscript%3E",
            words("Neos sends people back at once."),
        ),
    ],
)
def test_redirect_is_looked_at_before_it_is_followed(location: str, sentence: str) -> None:
    redirect(AUTHORIZE, location)
    found = signed_in()
    assert told(found) == [("sign-in", State.PROBLEM, sentence), CLOCK_AGREES]
    assert len(responses.calls) == 1


@responses.activate
def test_redirects_without_end_are_left() -> None:
    redirect(AUTHORIZE, AUTHORIZE)
    (found, clock) = signed_in()
    assert found.sentence == "The sign-in leads on and on: more than 5 redirects."
    assert (clock.state, len(responses.calls)) == (State.OK, 6)


@responses.activate
@pytest.mark.parametrize(
    ("status", "state"),
    [(200, State.OK), (400, State.PROBLEM), (404, State.PROBLEM), (503, State.WARNING)],
)
def test_answer_of_the_sign_in_is_judged(status: int, state: State) -> None:
    responses.get(AUTHORIZE, status=status, headers=date())
    assert signed_in()[0].state == state


ERRORS = [
    (requests.exceptions.SSLError("x"), "has a certificate that is not valid."),
    (requests.Timeout("x"), "does not answer within 5 seconds."),
    (requests.ConnectionError("hunter2"), "cannot be reached."),
    (ValueError("hunter2"), "cannot be reached."),
]


@responses.activate
@pytest.mark.parametrize(("error", "why"), ERRORS, ids=range(len(ERRORS)))
def test_server_that_is_away_is_said_in_our_words(error: Exception, why: str) -> None:
    responses.get(AUTHORIZE, body=error)
    assert told(signed_in()) == [("sign-in", State.PROBLEM, f"{ORIGIN} {why}")]


# --- The clock -----------------------------------------------------------------------------------

SECOND = timedelta(seconds=1)
CLOCKS = [
    ({}, State.WARNING, words("Neos does not say what time it has.")),
    ({"Date": "yesterday"}, State.WARNING, words("Neos does not say what time it has.")),
    (
        {"Date": "Mon, 99 Jun 2030 12:00:00 GMT"},
        State.WARNING,
        words("Neos does not say what time it has."),
    ),
    (
        date(NOON - 30 * SECOND),
        State.OK,
        words("This machine's clock agrees with that of Neos, to 30 seconds."),
    ),
    (
        date(NOON - 31 * SECOND),
        State.WARNING,
        words("This machine's clock is 31 seconds ahead of that of Neos."),
    ),
    (
        date(NOON + 3_600 * SECOND),
        State.WARNING,
        words("This machine's clock is 3600 seconds behind that of Neos."),
    ),
    (date(NOON - 60 * SECOND) | {"Age": "60"}, *CLOCK_AGREES[1:]),
    (date() | {"Age": "٦"}, State.WARNING, words("Neos does not say what time it has.")),
]


@responses.activate
@pytest.mark.parametrize(("headers", "state", "sentence"), CLOCKS, ids=range(len(CLOCKS)))
def test_clock_is_compared_with_the_date_of_the_answer(
    headers: dict[str, str], state: State, sentence: str
) -> None:
    responses.get(AUTHORIZE, headers=headers)
    assert told(signed_in())[-1] == ("clock", state, sentence)


# --- The other addresses -------------------------------------------------------------------------


@responses.activate
@pytest.mark.parametrize(
    ("status", "state"),
    [
        (405, State.OK),
        (400, State.OK),
        (302, State.PROBLEM),
        (404, State.PROBLEM),
        (500, State.WARNING),
    ],
)
def test_token_address_is_there_without_a_secret(status: int, state: State) -> None:
    responses.get(TOKEN, status=status)
    (found,) = provider.check_token(Asked())
    assert found.state == state
    assert "secret" not in repr(responses.calls[0].request.__dict__)


@responses.activate
def test_profile_is_looked_for_as_the_sign_in_does() -> None:
    """The wiki of Neos has the plural, its clients the singular; Resonite has one address."""
    responses.get(PROFILE, status=404)
    responses.get(PROFILE.removesuffix("s"), status=401 if KEY == "neos" else 404)
    (found,) = provider.check_profile(Asked())
    expected = {
        "neos": (State.OK, "https://auth.neos.com answers."),
        "resonite": (
            State.PROBLEM,
            "https://account.resonite.com answers that this address is not there.",
        ),
    }
    assert (found.name, found.state, found.sentence) == ("profile address", *expected[KEY])


@responses.activate
def test_address_in_the_plural_has_no_singular_at_resonite(
    settings: Settings, resonite: None
) -> None:
    settings.SOCIAL_AUTH_PROFILE_URL = "https://account.resonite.com/api/user/profiles"
    responses.get(settings.SOCIAL_AUTH_PROFILE_URL, status=404)
    (found,) = provider.check_profile(Asked())
    assert (found.state, found.next_step) == (
        State.PROBLEM,
        "Check RESONITE_PROFILE_URL; Resonite knows which address is right.",
    )
    assert len(responses.calls) == 1


def test_sandbox_is_not_asked(settings: Settings) -> None:
    settings.NEOS_SANDBOX = True
    assert [one.state for one in signed_in()] == [State.OK]
    assert [*provider.check_token(Asked()), *provider.check_profile(Asked())] == []
