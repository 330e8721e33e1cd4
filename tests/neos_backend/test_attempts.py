"""Clocks of two hosts, and how many sign-ins wait at the same time."""

from datetime import UTC, datetime, timedelta

import pytest
import responses
import time_machine
from social_core.exceptions import AuthProviderError, AuthSessionError

from neos_backend import backends, oauth

from .conftest import Browser

Mock = responses.RequestsMock
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, 1, 3, 5])
def test_callback_on_a_host_whose_clock_is_behind_goes_on_s5(
    browser: Browser, neos: Mock, seconds: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        query = {"code": "a-code", "state": browser.start()["state"]}
    with time_machine.travel(NOON - timedelta(seconds=seconds), tick=False):
        assert browser.finish(**query)["response"]["id"] == "U-gearfox"
        with pytest.raises(AuthSessionError):
            browser.finish(**query)
    assert len(neos.calls) == 2


@pytest.mark.parametrize("behind", [timedelta(seconds=6), timedelta(hours=2)])
def test_callback_far_before_its_start_is_refused_s5(
    browser: Browser, neos: Mock, behind: timedelta
) -> None:
    with time_machine.travel(NOON, tick=False):
        query = {"code": "a-code", "state": browser.start()["state"]}
    with time_machine.travel(NOON - behind, tick=False), pytest.raises(AuthSessionError):
        browser.finish(**query)
    assert len(neos.calls) == 0


def test_start_on_a_host_whose_clock_is_behind_forgets_no_other_attempt_s5(
    browser: Browser, neos: Mock
) -> None:
    with time_machine.travel(NOON, tick=False):
        first = browser.start()["state"]
    with time_machine.travel(NOON - timedelta(seconds=4), tick=False):
        browser.start()
        assert browser.finish(code="a-code", state=first)["response"]["id"] == "U-gearfox"


def test_attempt_is_good_for_half_an_hour_and_no_longer_s5(browser: Browser, neos: Mock) -> None:
    with time_machine.travel(NOON, tick=False):
        states = [browser.start()["state"] for _ in range(2)]
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False):
        assert browser.finish(code="a-code", state=states[0])["response"]["id"] == "U-gearfox"
    late = NOON + timedelta(minutes=30, seconds=1)
    with time_machine.travel(late, tick=False), pytest.raises(AuthSessionError):
        browser.finish(code="a-code", state=states[1])


def test_attempts_that_are_over_leave_the_session_s1(browser: Browser) -> None:
    with time_machine.travel(NOON, tick=False):
        old = [browser.start()["state"] for _ in range(3)]
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        new = browser.start()["state"]
    kept = [key for key, _ in browser.session.items() if "state_" in key]
    assert kept == [f"neos_oauth2_state_{new}"]
    assert len(old) == 3


@pytest.mark.usefixtures("impatient")
def test_sign_in_beyond_the_bound_is_refused_and_may_come_again_s6(neos: Mock) -> None:
    browser = Browser(CALLS_AT_ONCE=2)
    query = {"code": "a-code", "state": browser.start()["state"]}
    with oauth.SIGN_INS.enter(2), oauth.SIGN_INS.enter(2):
        with pytest.raises(AuthProviderError) as caught:
            browser.finish(**query)
        assert (caught.value.code, len(neos.calls)) == (oauth.BUSY, 0)
    assert browser.finish(**query)["response"]["id"] == "U-gearfox"


def test_sign_in_that_fails_makes_room_again_s6(provider: Mock) -> None:
    browser = Browser(CALLS_AT_ONCE=1)
    for _ in range(3):
        provider.post(backends.NeosOAuth2.ACCESS_TOKEN_URL, status=500)
        with pytest.raises(AuthProviderError) as caught:
            browser.sign_in()
        assert caught.value.code == "unavailable"


def test_sign_in_counts_until_neos_has_answered_and_no_longer_s6(neos: Mock) -> None:
    """Afterwards the pipeline waits for the database only."""

    browser = Browser(CALLS_AT_ONCE=1)
    backend = browser.backend({"code": "a-code", "state": browser.start()["state"]})
    seen: list[bool] = []

    def authenticate(*_args: object, **_kwargs: object) -> str:
        with oauth.SIGN_INS.enter(1):
            seen.append(True)
        return "somebody"

    backend.strategy.authenticate = authenticate
    assert (backend.complete(), seen) == ("somebody", [True])
