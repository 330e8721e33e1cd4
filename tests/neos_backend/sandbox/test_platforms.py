"""The two sandboxes of a project look different, and what one gives out is nothing to the other."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from oauthlib.oauth2.rfc6749 import errors
from pytest_django.fixtures import Settings

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2
from neos_backend.oauth import PlatformOAuth2
from neos_backend.sandbox import provider
from neos_backend.sandbox.grants import Grants
from neos_backend.sandbox.platforms import NEOS, RESONITE, Sandbox, sandbox_of
from tests.neos_backend.sandbox.flow import (
    ALL_SCOPES,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URI,
    answer_in,
    authorize_query,
    decide,
    new_code,
    refusal,
    token_form,
    trade,
)

pytestmark = pytest.mark.urls("tests.neos_backend.sandbox.urls")

RESONITE_SCOPES = ("profile", "email")
#: Each with the other, and a scope list that both know.
both_ways = pytest.mark.parametrize(("own", "other"), [(NEOS, RESONITE), (RESONITE, NEOS)])
COMMON = {"ticked": RESONITE_SCOPES, "scope": "profile email"}


def url(sandbox: Sandbox, **changes: Any) -> str:
    query = authorize_query(**{"scope": "profile email"} | changes)
    return f"/sandbox/{sandbox.key}/connect/authorize?{query}"


def text_of(client: Client, address: str, form: dict[str, str] | None = None) -> str:
    answer = client.get(address) if form is None else client.post(address, form)
    return unescape(re.sub(r"<[^>]*>", "", answer.content.decode()))


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sandbox", "name", "other"), [(NEOS, "Neos", "Resonite"), (RESONITE, "Resonite", "Neos")]
)
@pytest.mark.parametrize(
    ("changes", "form"),
    [({}, None), ({}, {"person": "verified"}), ({"client_id": "stranger"}, None)],
    ids=["login", "consent", "error"],
)
def test_page_names_the_platform_that_is_played(
    client: Client,
    sandbox: Sandbox,
    name: str,
    other: str,
    changes: dict[str, Any],
    form: dict[str, str] | None,
) -> None:
    page = text_of(client, url(sandbox, **changes), form)

    assert f"Sandbox {name} – not the real {name}\n" in page
    assert f"– Sandbox {name}\n" in page
    assert f"Sandbox {other}" not in page


@pytest.mark.parametrize("sandbox", [NEOS, RESONITE])
def test_page_has_the_colours_of_its_platform(client: Client, sandbox: Sandbox) -> None:
    page = client.get(url(sandbox)).content.decode()

    assert re.findall(r'<body class="([^"]+)"', page) == [f"plays-{sandbox.key}"]


def test_login_page_of_resonite_shows_its_own_people(client: Client) -> None:
    page = client.get(url(RESONITE)).content.decode()

    keys = re.findall(r'name="person" value="([^"]+)"', page)
    assert keys == [person.key for person in RESONITE.cast]
    assert "gunter" not in keys  # a tier of Neos


# --- Addresses and scopes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("neos/api/user/profile", 401),
        ("neos/api/user/profiles", 401),
        ("resonite/api/user/profile", 401),
        ("resonite/api/user/profiles", 404),
    ],
)
def test_profile_has_the_addresses_of_its_platform(client: Client, path: str, status: int) -> None:
    assert client.get(f"/sandbox/{path}").status_code == status


@pytest.mark.parametrize("scope", ["patreon", "openid", "offline_access"])
def test_resonite_knows_two_scopes_only(client: Client, scope: str) -> None:
    answer = client.get(url(RESONITE, scope=f"profile {scope}"))

    assert answer_in(answer["Location"])["error"] == "invalid_scope"


@pytest.mark.parametrize("ticked", [[], ["email"]])
def test_resonite_tells_the_support_with_the_profile(client: Client, ticked: list[str]) -> None:
    back = decide(client, url(RESONITE), "patreon", scope=ticked)
    form = token_form(answer_in(back["Location"])["code"])
    token = client.post("/sandbox/resonite/connect/token", form).json()["access_token"]

    profile = client.get(
        "/sandbox/resonite/api/user/profile", headers={"Authorization": f"Bearer {token}"}
    ).json()

    assert profile["isActiveSupporter"] is True
    assert [one["lastTierCents"] for one in profile["supporterMetadata"]] == [1200]
    assert ["email" in profile] == [bool(ticked)]


# --- Clients -------------------------------------------------------------------------------------


@both_ways
def test_client_of_one_is_a_stranger_to_the_other(
    settings: Settings, own: Sandbox, other: Sandbox
) -> None:
    prefix = f"SOCIAL_AUTH_{own.key.upper()}"
    callback = f"http://testserver/auth/complete/{own.key}/"
    for name, value in (("KEY", "own"), ("SECRET", "own secret"), ("REDIRECT_URI", callback)):
        setattr(settings, f"{prefix}_{name}", value)
    client = {"client_id": "own", "redirect_uri": callback}

    code = new_code(sandbox=own, **COMMON, **client)

    assert trade(code, own, **client, client_secret="own secret")[0] == 200
    with pytest.raises(errors.FatalClientError):
        provider.read_authorization_request(other, authorize_query(**client))
    with pytest.raises(errors.FatalClientError):
        provider.read_authorization_request(own, authorize_query())


def test_sandbox_reads_settings_without_the_name_of_a_backend(settings: Settings) -> None:
    for name in ("KEY", "SECRET", "REDIRECT_URI"):
        delattr(settings, f"SOCIAL_AUTH_RESONITE_{name}")
    settings.SOCIAL_AUTH_KEY, settings.SOCIAL_AUTH_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.SOCIAL_AUTH_REDIRECT_URI = REDIRECT_URI

    assert trade(new_code(sandbox=RESONITE, **COMMON), RESONITE)[0] == 200


@pytest.mark.parametrize("sandbox", [NEOS, RESONITE])
def test_nobody_is_the_client_if_the_settings_name_none(
    settings: Settings, sandbox: Sandbox
) -> None:
    code = new_code(sandbox=sandbox, **COMMON)
    for name in ("KEY", "SECRET"):
        delattr(settings, f"SOCIAL_AUTH_{sandbox.key.upper()}_{name}")
        delattr(settings, f"SOCIAL_AUTH_{name}")

    answer = trade(code, sandbox, client_id="None", client_secret="None")

    assert refusal(*answer) == (401, "invalid_client")


# --- Codes and tokens ----------------------------------------------------------------------------


@both_ways
def test_code_of_one_platform_is_unknown_at_the_other(own: Sandbox, other: Sandbox) -> None:
    code = new_code(sandbox=own, **COMMON)

    assert refusal(*trade(code, other)) == (400, "invalid_grant")
    assert trade(code, own)[0] == 200  # and it was not used up there


@both_ways
def test_code_would_be_taken_if_the_other_platform_had_kept_it(
    own: Sandbox, other: Sandbox
) -> None:
    """Control: nothing else but where a code is kept stands in the way."""
    code = new_code(sandbox=own, **COMMON)
    grant = Grants(own.key).find_code(code)
    assert grant is not None
    Grants(other.key).save_code(code, grant)

    assert trade(code, other)[0] == 200


@both_ways
def test_token_of_one_platform_opens_nothing_at_the_other(own: Sandbox, other: Sandbox) -> None:
    token = trade(new_code(sandbox=own, **COMMON), own)[1]["access_token"]

    with pytest.raises(errors.InvalidTokenError):
        provider.consent_of_bearer(other, f"Bearer {token}")
    consent = provider.consent_of_bearer(own, f"Bearer {token}")
    assert consent.person == own.cast[0]
    Grants(other.key).save_token(token, consent)  # control, as with the code
    assert provider.consent_of_bearer(other, f"Bearer {token}").person == own.cast[0]


# --- Which sandbox -------------------------------------------------------------------------------


class OwnResonite(ResoniteOAuth2):
    name = "own"


@pytest.mark.parametrize(
    ("backend", "sandbox"),
    [(NeosOAuth2, NEOS), (ResoniteOAuth2, RESONITE), (OwnResonite, RESONITE)],
)
def test_sandbox_of_a_backend_plays_its_platform(
    backend: type[PlatformOAuth2], sandbox: Sandbox
) -> None:
    assert sandbox_of(backend) is sandbox


def test_neos_alone_has_the_scope_of_patreon() -> None:
    assert (tuple(NEOS.scopes), tuple(RESONITE.scopes)) == (ALL_SCOPES, RESONITE_SCOPES)
