"""The login with Neos, from the redirect there to what the pipeline gets."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import responses
from django.contrib.auth.models import AnonymousUser, User
from social_core.exceptions import (
    AuthCanceled,
    AuthInputError,
    AuthProviderError,
    AuthResponseError,
    AuthSessionError,
    SocialAuthBaseException,
)

from neos_backend.profile import Profile, Support

from .conftest import ACCOUNT, PROFILE, PROFILES, TOKEN, TOKEN_ANSWER, Browser

AUTHORIZE = "https://auth.neos.com/connect/authorize"
CALLBACK = "https://events.example.org/auth/complete/neos/"
Mock = responses.RequestsMock


def form(call: responses.Call) -> dict[str, str]:
    return dict(parse_qsl(call.request.body))


# --- To the provider ---


def test_start_redirects_to_neos_with_these_parameters_only(browser: Browser) -> None:
    url = urlsplit(browser.backend().start().url)
    query = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == AUTHORIZE
    assert [len(query.pop(name)[0]) for name in ("state", "code_challenge")] == [32, 43]
    assert query == {
        "response_type": ["code"],
        "client_id": ["a-client"],
        "redirect_uri": [CALLBACK],
        "scope": ["profile email patreon"],
        "code_challenge_method": ["S256"],
    }


def test_start_differs_each_time(browser: Browser) -> None:
    first, second = browser.start(), browser.start()
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


@pytest.mark.parametrize(
    ("scopes", "asked"),
    [
        ([], "profile"),
        (None, "profile"),
        (["email", "profile", "email"], "email profile"),
        (["email"], "email profile"),
    ],
)
def test_start_asks_for_each_scope_once(scopes: Any, asked: str) -> None:
    assert Browser(SCOPE=scopes).start()["scope"] == asked


def test_start_without_pkce_sends_no_challenge() -> None:
    elsewhere = Browser(USE_PKCE=False, ACCESS_TOKEN_URL="https://auth.neos.com/connect/token")
    assert not {"code_challenge", "code_challenge_method"} & elsewhere.start().keys()


@pytest.mark.parametrize(
    "address",
    [
        TOKEN,
        TOKEN.upper().replace("CONNECT/TOKEN", "connect/token"),
        TOKEN.replace(".net", ".net."),
    ],
)
def test_start_to_the_doubtful_token_host_always_proves_itself_s8(address: str) -> None:
    settings = {"USE_PKCE": False, "PKCE_CODE_CHALLENGE_METHOD": "plain"}
    asked = Browser(**settings, ACCESS_TOKEN_URL=address).start()
    assert (len(asked["code_challenge"]), asked["code_challenge_method"]) == (43, "S256")


def test_finish_at_the_doubtful_token_host_sends_the_proof_s8(neos: Mock) -> None:
    Browser(USE_PKCE=False).sign_in()
    assert len(form(neos.calls[0])["code_verifier"]) == 43


def test_start_without_a_set_redirect_uri_uses_the_request() -> None:
    uri = Browser(REDIRECT_URI=None).start()["redirect_uri"]
    assert uri == "http://testserver/auth/complete/neos/"


def test_addresses_are_settings(provider: Mock) -> None:
    base = "https://account.example.com"
    browser = Browser(
        AUTHORIZATION_URL=f"{base}/a", ACCESS_TOKEN_URL=f"{base}/t", PROFILE_URL=f"{base}/p"
    )
    provider.post(f"{base}/t", json=TOKEN_ANSWER)
    provider.get(f"{base}/p", json=ACCOUNT)
    assert browser.backend().start().url.startswith(f"{base}/a?")
    assert browser.sign_in()["response"]["id"] == "U-gearfox"


# --- And back ---


def test_sign_in_exchanges_the_code_in_the_form_body(browser: Browser, neos: Mock) -> None:
    started = browser.start()
    browser.finish(code="a-code", state=started["state"])
    request, sent = neos.calls[0].request, form(neos.calls[0])
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


def test_sign_in_reads_the_profile_with_the_bearer(browser: Browser, neos: Mock) -> None:
    browser.sign_in()
    request = neos.calls[1].request
    assert (request.method, request.url, request.body) == ("GET", PROFILES, None)
    assert request.headers["Authorization"] == "Bearer a-secret-token"
    assert request.headers["Accept-Encoding"] == "identity"
    assert len(neos.calls) == 2


def test_sign_in_shows_no_secret_in_any_address(browser: Browser, neos: Mock) -> None:
    addresses = [browser.backend().start().url]
    browser.sign_in()
    addresses += [call.request.url for call in neos.calls]
    assert not [url for url in addresses if "secret" in url or "a-code" in url]


def test_pipeline_gets_the_parsed_profile_and_no_token(browser: Browser, neos: Mock) -> None:
    arguments = browser.sign_in()
    assert arguments.keys() == {"backend", "response", "neos_begun_by"}
    profile = arguments["response"].pop("profile")
    assert arguments["response"] == {
        "id": "U-gearfox",
        "username": "gear fox",
        "email": "gearfox@example.org",
    }
    assert Profile.from_json(profile) == Profile(
        id="U-gearfox",
        username="gear fox",
        email="gearfox@example.org",
        email_verified=True,
        locked=False,
        registered_at=None,
        banned_until=None,
        icon="",
        tags=(),
        support=Support(supporter=True, cents=0, total_cents=0, until=None),
    )
    assert "a-secret-token" not in repr(vars(arguments["backend"]))


def test_pipeline_arguments_of_the_caller_are_kept(browser: Browser, neos: Mock) -> None:
    query = {"code": "a-code", "state": browser.start()["state"]}
    assert browser.backend(query).complete(redirect_name="next")["redirect_name"] == "next"


@pytest.mark.parametrize(("starter", "finisher"), [(None, 1), (1, None), (1, 2)])
def test_login_of_another_person_is_refused(
    browser: Browser, starter: int | None, finisher: int | None
) -> None:
    query = {"code": "a-code", "state": start_as(browser, starter)}
    with responses.RequestsMock(), pytest.raises(AuthSessionError) as caught:
        browser.backend(query).complete(user=person(finisher))
    assert caught.value.code == "user_mismatch"


@pytest.mark.parametrize("somebody", [None, 1])
def test_login_of_the_same_person_goes_on(
    browser: Browser, neos: Mock, somebody: int | None
) -> None:
    query = {"code": "a-code", "state": start_as(browser, somebody)}
    user = person(somebody)
    assert browser.backend(query).complete(user=user)["user"] == user


def person(number: int | None) -> User | AnonymousUser:
    return AnonymousUser() if number is None else User(pk=number)


def start_as(browser: Browser, number: int | None) -> str:
    backend = browser.backend()
    backend.prepare_auth(person(number))
    return parse_qs(urlsplit(backend.start().url).query)["state"][0]


@pytest.mark.parametrize(
    ("scope", "known"),
    [
        ("profile", (None, False)),
        ("profile email", ("gearfox@example.org", False)),
        ("profile patreon", (None, True)),
        ("", (None, False)),
        (None, ("gearfox@example.org", True)),
        (["profile"], ("gearfox@example.org", True)),
    ],
)
def test_scopes_are_those_of_the_token_answer(
    browser: Browser, provider: Mock, scope: Any, known: tuple[str | None, bool]
) -> None:
    provider.post(TOKEN, json=TOKEN_ANSWER | {"scope": scope})
    provider.get(PROFILES, json=ACCOUNT)
    profile = browser.sign_in()["response"]["profile"]
    assert (profile["email"], profile["support"] is not None) == known


def test_profile_address_without_its_s_is_tried_on_404(browser: Browser, provider: Mock) -> None:
    provider.post(TOKEN, json=TOKEN_ANSWER)
    provider.get(PROFILES, status=404)
    provider.get(PROFILE, json=ACCOUNT)
    assert browser.sign_in()["response"]["id"] == "U-gearfox"
    assert provider.calls[2].request.headers["Authorization"] == "Bearer a-secret-token"


@pytest.mark.parametrize(
    ("address", "status", "asked"),
    [(PROFILES, 404, [PROFILES, PROFILE]), (PROFILES, 403, [PROFILES]), (PROFILE, 404, [PROFILE])],
)
def test_profile_address_that_fails_otherwise_ends_the_login(
    provider: Mock, address: str, status: int, asked: list[str]
) -> None:
    provider.post(TOKEN, json=TOKEN_ANSWER)
    for url in (PROFILES, PROFILE):
        provider.get(url, status=status)
    with pytest.raises(AuthProviderError) as caught:
        Browser(PROFILE_URL=address).sign_in()
    assert caught.value.status_code == status
    assert [call.request.url for call in provider.calls] == [TOKEN, *asked]


def test_details_name_only_what_the_provider_gave(browser: Browser) -> None:
    details = browser.backend().get_user_details({"id": "U-x", "username": "x", "email": None})
    unknown = {"email": None, "fullname": None, "first_name": None, "last_name": None}
    assert details == {"username": "x", **unknown}
    assert browser.backend().get_user_details({}) == {"username": None, **unknown}


def test_user_id_is_the_neos_id_and_is_required(browser: Browser) -> None:
    backend = browser.backend()
    assert backend.get_user_id({"username": "x"}, {"id": "U-x"}) == "U-x"
    with pytest.raises(AuthResponseError):
        backend.get_user_id({"username": "x"}, {"username": "x"})


def test_extra_data_stores_nothing(browser: Browser) -> None:
    answer = TOKEN_ANSWER | ACCOUNT
    assert browser.backend().extra_data(None, "U-x", answer, {}, TOKEN_ANSWER) == {}


# --- What the browser may bring back ---


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS"])
def test_callback_by_another_method_changes_nothing(
    browser: Browser, neos: Mock, method: str
) -> None:
    query = {"code": "a-code", "state": browser.start()["state"]}
    with pytest.raises(AuthInputError):
        browser.finish(method, **query)
    assert len(neos.calls) == 0
    assert browser.finish(**query)["response"]["id"] == "U-gearfox"


@pytest.mark.parametrize("error", ["access_denied", "server_error", "invalid_scope", "whatever"])
def test_refusal_uses_up_the_state(browser: Browser, neos: Mock, error: str) -> None:
    state = browser.start()["state"]
    with pytest.raises(SocialAuthBaseException) as caught:
        browser.finish(error=error, error_description="<b>no</b>", state=state)
    assert isinstance(caught.value, AuthCanceled) is (error == "access_denied")
    assert "<b>" not in str(caught.value)
    with pytest.raises(AuthSessionError):
        browser.finish(code="a-code", state=state)
    assert len(neos.calls) == 0


@pytest.mark.parametrize("state", [{}, {"state": ""}, {"state": "foreign"}, {"state": "x" * 5000}])
@pytest.mark.parametrize("refusal", [{"error": "access_denied"}, {"denied": "1"}])
def test_refusal_of_another_session_is_no_refusal(
    browser: Browser, state: dict[str, str], refusal: dict[str, str]
) -> None:
    browser.start()
    with pytest.raises(AuthSessionError) as caught:
        browser.finish(**refusal, **state, error_description="<b>no</b>")
    assert "<b>" not in str(caught.value)


@pytest.mark.parametrize("code", [{}, {"code": ""}, {"code": "", "error": ""}])
def test_callback_without_a_code_is_refused(
    browser: Browser, neos: Mock, code: dict[str, str]
) -> None:
    with pytest.raises(AuthInputError):
        browser.finish(state=browser.start()["state"], **code)
    assert len(neos.calls) == 0


@pytest.mark.parametrize("state", [{}, {"state": ""}, {"state": "foreign"}])
def test_callback_without_our_state_is_refused(
    browser: Browser, neos: Mock, state: dict[str, str]
) -> None:
    browser.start()
    with pytest.raises((AuthInputError, AuthSessionError)):
        browser.finish(code="a-code", **state)
    assert len(neos.calls) == 0


def test_callback_cannot_be_repeated(browser: Browser, neos: Mock) -> None:
    query = {"code": "a-code", "state": browser.start()["state"]}
    browser.finish(**query)
    with pytest.raises(AuthSessionError):
        browser.finish(**query)
    assert len(neos.calls) == 2
