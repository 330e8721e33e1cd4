import io
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings
from time_machine import Traveller

from neos_backend.sandbox.person import Person
from neos_backend.sandbox.platforms import NEOS
from tests.neos_backend.sandbox.flow import (
    ALL_SCOPES,
    PKCE,
    STATE,
    VERIFIER,
    answer_in,
    authorize_url,
    decide,
    new_code,
    new_token,
    token_form,
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.urls("tests.neos_backend.sandbox.urls")

TOKEN = "/sandbox/neos/connect/token"
PROFILES = "/sandbox/neos/api/user/profiles"
FORM = "application/x-www-form-urlencoded"


def post_form(client: Client, form: dict[str, object], **headers: str) -> "Response":
    return client.post(TOKEN, urlencode(form), content_type=FORM, headers=headers)


def read_profile(client: Client, token: str, path: str = PROFILES) -> "Response":
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


# --- The whole way -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("challenge", "verifier"),
    [({}, {}), (PKCE, {"code_verifier": VERIFIER})],
    ids=["bare", "pkce"],
)
def test_sign_in_ends_with_the_profile(
    client: Client, challenge: dict[str, str], verifier: dict[str, str]
) -> None:
    back = decide(client, authorize_url(**challenge), "gunter")
    answer = answer_in(back["Location"])
    token = post_form(client, token_form(answer["code"], **verifier)).json()["access_token"]

    profile = read_profile(client, token).json()

    assert answer["state"] == STATE
    assert profile["username"] == "gearfox"
    assert profile["email"] == "gearfox@example.org"
    assert profile["patreonData"]["currentAccountCents"] == 1200


@pytest.mark.parametrize(
    ("ticked", "missing", "granted"),
    [
        (["email"], {"patreonData"}, "profile email"),
        (["patreon"], {"email"}, "profile patreon"),
        ([], {"email", "patreonData"}, "profile"),
    ],
)
def test_sign_in_with_a_scope_declined_leaves_its_members_out(
    client: Client, ticked: list[str], missing: set[str], granted: str
) -> None:
    back = decide(client, authorize_url(), scope=ticked)
    answer = post_form(client, token_form(answer_in(back["Location"])["code"])).json()

    profile = read_profile(client, answer["access_token"]).json()

    assert answer["scope"] == granted
    assert {"email", "patreonData"} - profile.keys() == missing


# --- Token endpoint ------------------------------------------------------------------------------


def test_token_needs_no_csrf_token_and_is_never_stored() -> None:
    response = post_form(Client(enforce_csrf_checks=True), token_form(new_code()))

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"


def test_token_refuses_with_json(client: Client) -> None:
    response = post_form(client, token_form(new_code(), client_secret="wrong"))

    assert response.status_code == 401
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {"error": "invalid_client"}


def test_token_reads_the_client_from_the_form_only(client: Client) -> None:
    form = token_form(new_code(), client_id=None, client_secret=None)

    response = post_form(client, form, Authorization="Basic dGVzdC1jbGllbnQ6dGVzdC1zZWNyZXQ=")

    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


def test_token_does_not_read_the_query(client: Client) -> None:
    response = client.post(f"{TOKEN}?{urlencode(token_form(new_code()))}", "", content_type=FORM)

    assert (response.status_code, response.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("content_type", ["application/json", ""])
def test_token_takes_only_forms(client: Client, content_type: str) -> None:
    body = urlencode(token_form(new_code()))

    response = client.post(TOKEN, body, content_type=content_type)

    assert response.status_code == 400
    assert response["Cache-Control"] == "no-store"
    assert response.json()["error"] == "unsupported_grant_type"


def test_token_accepts_a_charset_in_the_content_type(client: Client) -> None:
    body = urlencode(token_form(new_code()))

    response = client.post(TOKEN, body, content_type=f"{FORM}; charset=utf-8")

    assert response.status_code == 200


def test_token_takes_only_post(client: Client) -> None:
    assert client.get(TOKEN).status_code == 405


def test_token_secret_follows_the_settings(client: Client, settings: Settings) -> None:
    settings.SOCIAL_AUTH_NEOS_SECRET = "changed"

    assert post_form(client, token_form(new_code())).status_code == 401


# --- Profile endpoint ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PROFILES, "/sandbox/neos/api/user/profile"])
def test_profile_answers_at_both_addresses(client: Client, path: str) -> None:
    response = read_profile(client, new_token(), path)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response.json()["id"] == "U-Plain-Visitor"


def test_profile_dates_follow_the_clock(client: Client, clock: Traveller) -> None:
    token = new_token(person=NEOS.find_person("banned"))
    clock.shift(timedelta(minutes=30))

    profile = read_profile(client, token).json()

    assert profile["publicBanExpiration"] == "2030-07-01T12:30:00.0000007Z"


@pytest.mark.parametrize("header", [None, "Bearer made-up", "Basic YTpi"])
def test_profile_without_a_good_token_is_401_and_empty(client: Client, header: str | None) -> None:
    response = client.get(PROFILES, headers={"Authorization": header} if header else {})

    assert (response.status_code, response.content) == (401, b"")
    assert response["WWW-Authenticate"].startswith('Bearer error="invalid_token", ') is True


def test_profile_with_an_expired_token_is_401(client: Client, clock: Traveller) -> None:
    token = new_token()
    clock.shift(timedelta(hours=1, seconds=1))

    assert read_profile(client, token).status_code == 401


def test_profile_without_the_scope_is_403_and_empty(client: Client) -> None:
    response = read_profile(client, new_token(scope="email patreon"))

    assert (response.status_code, response.content) == (403, b"")
    assert response["WWW-Authenticate"].startswith('Bearer error="insufficient_scope", ') is True


def test_profile_does_not_read_a_token_from_the_query(client: Client) -> None:
    assert client.get(f"{PROFILES}?access_token={new_token()}").status_code == 401


def test_profile_takes_only_get(client: Client) -> None:
    assert client.post(PROFILES).status_code == 405


@pytest.mark.parametrize("person", NEOS.cast, ids=lambda person: person.key)
def test_profile_of_everybody_goes_over_the_wire(client: Client, person: Person) -> None:
    answer = read_profile(client, new_token(person=person, ticked=ALL_SCOPES)).json()

    assert answer["username"] == person.username


# --- Pictures ------------------------------------------------------------------------------------


def asset_url(name: str) -> str:
    return f"/sandbox/neos/assets/{name}"


def test_asset_is_a_png_that_can_do_nothing(client: Client) -> None:
    response = client.get(asset_url(NEOS.cast[0].asset))

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Image.open(io.BytesIO(response.content)).size == (224, 224)


def test_asset_is_the_same_each_time_and_different_for_each_account(client: Client) -> None:
    names = {person.asset for person in NEOS.cast}

    pictures = {client.get(asset_url(name)).content for name in [*names, *names]}

    assert len(pictures) == len(names)


@pytest.mark.parametrize("name", ["0" * 30, "f" * 64])
def test_asset_draws_the_shortest_and_the_longest_name(client: Client, name: str) -> None:
    assert client.get(asset_url(name)).status_code == 200


@pytest.mark.parametrize("name", ["", "abc", "f" * 65, "g" * 64, "f" * 64 + ".webp", "F" * 64])
def test_asset_of_another_form_is_not_found(client: Client, name: str) -> None:
    assert client.get(asset_url(name)).status_code == 404
