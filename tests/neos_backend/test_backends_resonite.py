"""The login with Resonite: the same protocol at its own addresses, with its own profile."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import responses
from social_core.exceptions import AuthProviderError, AuthSessionError

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2
from neos_backend.profile import Profile, Support

from .conftest import TOKEN_ANSWER, Browser
from .samples import RESONITE

# Written out here, not taken from the backend.
AUTHORIZE = "https://account.resonite.com/connect/authorize"
TOKEN = "https://account.resonite.com/connect/token"
PROFILE = "https://account.resonite.com/api/user/profile"
CALLBACK = "https://events.example.org/auth/complete/resonite/"
Mock = responses.RequestsMock


@pytest.fixture
def browser() -> Browser:
    return Browser(ResoniteOAuth2)


@pytest.fixture
def resonite(provider: Mock) -> Mock:
    provider.post(TOKEN, json=TOKEN_ANSWER)
    provider.get(PROFILE, json=RESONITE["both"])
    return provider


def form(call: responses.Call) -> dict[str, str]:
    return dict(parse_qsl(call.request.body))


def test_start_redirects_to_resonite_with_these_parameters_only(browser: Browser) -> None:
    url = urlsplit(browser.backend().start().url)
    query = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == AUTHORIZE
    assert [len(query.pop(name)[0]) for name in ("state", "code_challenge")] == [32, 43]
    assert query == {
        "response_type": ["code"],
        "client_id": ["a-client"],
        "redirect_uri": [CALLBACK],
        "scope": ["profile email"],
        "code_challenge_method": ["S256"],
    }


def test_sign_in_exchanges_the_code_in_the_form_body(browser: Browser, resonite: Mock) -> None:
    started = browser.start()
    browser.finish(code="a-code", state=started["state"])
    request, sent = resonite.calls[0].request, form(resonite.calls[0])
    challenge = hashlib.sha256(sent.pop("code_verifier").encode()).digest()
    assert base64.urlsafe_b64encode(challenge).decode().rstrip("=") == started["code_challenge"]
    assert (request.method, request.url) == ("POST", TOKEN)
    assert sent == {
        "grant_type": "authorization_code",
        "code": "a-code",
        "redirect_uri": CALLBACK,
        "client_id": "a-client",
        "client_secret": "a-client-secret",
    }
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in request.headers


def test_sign_in_reads_the_profile_once_with_the_bearer(browser: Browser, resonite: Mock) -> None:
    browser.sign_in()
    assert [call.request.url for call in resonite.calls] == [TOKEN, PROFILE]
    assert resonite.calls[1].request.headers["Authorization"] == "Bearer a-secret-token"


def test_profile_address_that_fails_is_tried_in_no_other_form(
    browser: Browser, provider: Mock
) -> None:
    """Only Neos has documented it in the plural; asked there, Resonite would get a token twice."""
    provider.post(TOKEN, json=TOKEN_ANSWER)
    provider.get(f"{PROFILE}s", status=404)
    with pytest.raises(AuthProviderError) as caught:
        Browser(ResoniteOAuth2, PROFILE_URL=f"{PROFILE}s").sign_in()
    assert caught.value.status_code == 404
    assert [call.request.url for call in provider.calls] == [TOKEN, f"{PROFILE}s"]


@pytest.mark.usefixtures("resonite", "clock")
def test_pipeline_gets_the_support_as_resonite_tells_it(browser: Browser) -> None:
    response = browser.sign_in()["response"]
    assert json.loads(json.dumps(response)) == response
    profile = Profile.from_json(response.pop("profile"))
    until = datetime(2030, 7, 11, 12, tzinfo=UTC)
    assert profile.support == Support(supporter=True, cents=1500, total_cents=8500, until=until)
    assert response == {
        "id": "U-1AbCdEfGhIj",
        "username": "orchard",
        "email": "orchard@example.org",
    }


@pytest.mark.parametrize(
    ("starter", "finisher"), [(NeosOAuth2, ResoniteOAuth2), (ResoniteOAuth2, NeosOAuth2)]
)
def test_state_of_one_platform_is_refused_at_the_other(starter: Any, finisher: Any) -> None:
    first, second = Browser(starter), Browser(finisher)
    second.session, second.nonces = first.session, first.nonces
    state = first.start()["state"]
    with responses.RequestsMock(), pytest.raises(AuthSessionError):
        second.finish(code="a-code", state=state)
