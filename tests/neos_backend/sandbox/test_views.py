import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from neos_backend.sandbox.platforms import NEOS
from tests.neos_backend.sandbox.flow import (
    REDIRECT_URI,
    STATE,
    answer_in,
    authorize_url,
    decide,
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.urls("tests.neos_backend.sandbox.urls")


def text_of(response: "Response") -> str:
    return unescape(re.sub(r"<[^>]*>", "", response.content.decode()))


# --- Login page ----------------------------------------------------------------------------------


def test_authorize_shows_everybody_in_the_cast(client: Client) -> None:
    response = client.get(authorize_url())

    keys = re.findall(r'name="person" value="([^"]+)"', response.content.decode())
    names = [unescape(name) for name in re.findall(r"<bdi>(.*)</bdi>\n", response.content.decode())]
    assert response.status_code == 200
    assert keys == [person.key for person in NEOS.cast]
    assert names == [person.username for person in NEOS.cast]


def test_authorize_says_that_it_is_a_stand_in(client: Client) -> None:
    assert "Sandbox Neos – not the real Neos" in text_of(client.get(authorize_url()))


def test_authorize_pages_are_never_stored(client: Client) -> None:
    assert "no-store" in client.get(authorize_url())["Cache-Control"]


def test_authorize_pages_hold_no_inline_style_or_script(client: Client) -> None:
    pages = client.get(authorize_url()).content + consent(client).content

    assert re.findall(rb"<style|<script|\sstyle=|\son\w+=", pages) == []


def test_authorize_shows_names_as_text(client: Client) -> None:
    assert b"<color=red>" not in client.get(authorize_url()).content


@pytest.mark.parametrize("form", [{"person": "nobody"}, {}, {"decision": "allow"}])
def test_authorize_asks_again_when_nobody_was_picked(client: Client, form: dict[str, str]) -> None:
    response = client.post(authorize_url(), form)

    assert "Who do you want to be?" in text_of(response)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_authorize_takes_only_get_and_post(client: Client, method: str) -> None:
    assert getattr(client, method)(authorize_url()).status_code == 405


# --- Consent page --------------------------------------------------------------------------------


def consent(client: Client, person: str = "verified", **changes: object) -> "Response":
    return client.post(authorize_url(**changes), {"person": person})


def test_consent_has_a_ticked_box_for_each_scope(client: Client) -> None:
    boxes = re.findall(r'name="scope" value="(\w+)" (.*)>', consent(client).content.decode())

    assert boxes == [("profile", "checked disabled"), ("email", "checked"), ("patreon", "checked")]


def test_consent_asks_only_for_what_the_site_asked(client: Client) -> None:
    page = consent(client, scope="profile email").content.decode()

    assert re.findall(r'name="scope" value="(\w+)"', page) == ["profile", "email"]


def test_consent_without_scopes_says_so(client: Client) -> None:
    assert "it asked for no scope at all" in text_of(consent(client, scope=None))


def test_consent_greets_the_person_and_names_the_site(client: Client) -> None:
    page = text_of(consent(client, "odd-name"))

    person = NEOS.find_person("odd-name")
    assert person is not None
    assert person.username in page
    assert "testserver" in page


def test_consent_leads_back_to_the_login_page(client: Client) -> None:
    [address] = re.findall(r'<a href="([^"]+)"', consent(client).content.decode())

    assert "Who do you want to be?" in text_of(client.get(unescape(address)))


def test_consent_is_asked_again_after_an_unknown_decision(client: Client) -> None:
    assert "Be somebody else" in text_of(decide(client, authorize_url(), decision="maybe"))


def test_consent_allowed_goes_back_with_a_code(client: Client) -> None:
    response = decide(client, authorize_url())

    assert response.status_code == 302
    assert response["Location"].startswith(REDIRECT_URI + "?") is True
    assert answer_in(response["Location"]).keys() == {"code", "state"}


def test_consent_declined_goes_back_with_access_denied(client: Client) -> None:
    response = decide(client, authorize_url(), decision="decline")

    answer = answer_in(response["Location"])
    assert response.status_code == 302
    assert answer.keys() == {"error", "error_description", "state"}
    assert (answer["error"], answer["state"]) == ("access_denied", STATE)


# --- Wrong authorization requests ----------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "stranger"},
        {"client_id": None},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": None},
    ],
)
@pytest.mark.parametrize("form", [None, {"person": "verified", "decision": "allow"}])
def test_authorize_never_redirects_for_the_wrong_client_or_address(
    client: Client, changes: dict[str, str], form: dict[str, str] | None
) -> None:
    url = authorize_url(**changes)

    response = client.get(url) if form is None else client.post(url, form)

    assert response.status_code == 400
    assert "Location" not in response
    assert b"<code>invalid_request</code>" in response.content
    assert STATE not in text_of(response)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "profile admin"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
@pytest.mark.parametrize("form", [None, {"person": "verified", "decision": "allow"}])
def test_authorize_tells_the_client_what_else_is_wrong(
    client: Client, changes: dict[str, str], error: str, form: dict[str, str] | None
) -> None:
    url = authorize_url(**changes)

    response = client.get(url) if form is None else client.post(url, form)

    answer = answer_in(response["Location"])
    assert response.status_code == 302
    assert (answer["error"], answer["state"]) == (error, STATE)


@pytest.mark.parametrize("noise", ["&x={|}[]", "&x=%zz", "&x=%00", "&x=ü"])
def test_authorize_survives_a_badly_written_query(client: Client, noise: str) -> None:
    assert client.get(authorize_url() + noise).status_code == 200


def test_authorize_post_needs_the_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert decide(strict, authorize_url()).status_code == 403


def test_authorize_forms_carry_the_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    pattern = r'name="csrfmiddlewaretoken" value="(\w+)"'
    [token] = re.findall(pattern, strict.get(authorize_url()).content.decode())
    form = {"person": "verified", "csrfmiddlewaretoken": token}
    [token] = re.findall(pattern, strict.post(authorize_url(), form).content.decode())

    response = decide(strict, authorize_url(), csrfmiddlewaretoken=token)

    assert response.status_code == 302
