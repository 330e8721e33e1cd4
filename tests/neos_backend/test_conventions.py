"""The conventions of python-social-auth that any project relies on, at both backends."""

import json
import subprocess
import sys
from typing import Any

import pytest
import responses
from social_core.exceptions import AuthResponseError

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2

from .conftest import TOKEN_ANSWER, Browser
from .samples import NEOS, NEOS_ICON, RESONITE, RESONITE_ICON

Mock = responses.RequestsMock
TOKENS = {
    "neos": "https://cloudx-account.azurewebsites.net/connect/token",
    "resonite": "https://account.resonite.com/connect/token",
}
PROFILES = {
    "neos": "https://auth.neos.com/api/user/profiles",
    "resonite": "https://account.resonite.com/api/user/profile",
}
ACCOUNTS = {"neos": NEOS["patron"], "resonite": RESONITE["patreon"]}
ICONS = {"neos": NEOS_ICON, "resonite": RESONITE_ICON}

of_both = pytest.mark.parametrize("kind", [NeosOAuth2, ResoniteOAuth2])


def sign_in(kind: Any, provider: Mock, others: dict[str, Any] | None = None) -> dict[str, Any]:
    """The response that the pipeline gets about the platform's sample, with `others` in it."""
    provider.post(TOKENS[kind.name], json=TOKEN_ANSWER | {"refresh_token": "a-secret-refresh"})
    provider.get(PROFILES[kind.name], json=ACCOUNTS[kind.name] | (others or {}))
    response: dict[str, Any] = Browser(kind).sign_in()["response"]
    return response


def stored(kind: Any, response: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """Return what a link of the account stores, without the moment of the sign-in."""
    backend = Browser(kind, **settings).backend()
    details = backend.get_user_details(response)
    data: dict[str, Any] = backend.extra_data(None, response["id"], response, details, {})
    data.pop("auth_time", None)
    return data


# --- The response and the details --------------------------------------------------------------


@of_both
def test_response_is_json_and_has_no_token(kind: Any, provider: Mock) -> None:
    response = sign_in(kind, provider)
    assert json.loads(json.dumps(response)) == response
    assert set(response) == {"id", "username", "email", "profile"}
    assert "secret" not in json.dumps(response)


@of_both
def test_email_that_is_not_verified_is_handed_to_no_step(kind: Any, provider: Mock) -> None:
    response = sign_in(kind, provider, {"isVerified": False})
    assert kind().get_user_details(response)["email"] is None
    assert "@" not in json.dumps(response)


@of_both
def test_details_have_the_usual_keys_and_invent_no_names(kind: Any, provider: Mock) -> None:
    account = ACCOUNTS[kind.name]
    assert kind().get_user_details(sign_in(kind, provider)) == {
        "username": account["username"],
        "email": account["email"],
        "fullname": None,
        "first_name": None,
        "last_name": None,
    }


@of_both
def test_token_alone_signs_in_too(kind: Any, provider: Mock) -> None:
    """A project may hand over a token that another program of its own has got."""
    provider.get(PROFILES[kind.name], json=ACCOUNTS[kind.name])
    found: Any = Browser(kind).backend().do_auth("a-secret-token")
    assert found["response"]["id"] == ACCOUNTS[kind.name]["id"]


@of_both
def test_profile_without_an_id_is_refused(kind: Any, provider: Mock) -> None:
    with pytest.raises(AuthResponseError) as caught:
        sign_in(kind, provider, {"id": None})
    assert (caught.value.code, caught.value.claim) == ("invalid_claim", "id")


# --- Scopes ------------------------------------------------------------------------------------


@of_both
@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"SCOPE": ["email"]}, "email profile"),
        ({"SCOPE": ("email",)}, "email profile"),
        ({"SCOPE": ["profile", "email"]}, "profile email"),
        ({"SCOPE": []}, "profile"),
        ({"SCOPE": ["email"], "IGNORE_DEFAULT_SCOPE": True}, "email"),
        ({"SCOPE": "email"}, "email profile"),
        ({"SCOPE": "profile  email"}, "profile email"),
        ({"SCOPE": "email", "IGNORE_DEFAULT_SCOPE": True}, "email"),
        ({"SCOPE": ["email", "email"], "IGNORE_DEFAULT_SCOPE": True}, "email"),
        ({"SCOPE": [], "IGNORE_DEFAULT_SCOPE": True}, None),
    ],
)
def test_scope_adds_to_the_default(kind: Any, given: Any, asked: str | None) -> None:
    assert Browser(kind, **given).start().get("scope") == asked


# --- What a link stores ------------------------------------------------------------------------


@of_both
def test_link_stores_nothing_unless_asked(kind: Any, provider: Mock) -> None:
    response = sign_in(kind, provider)
    assert stored(kind, response) == {}
    assert stored(kind, response, EXTRA_DATA=[], GET_ALL_EXTRA_DATA=False) == {}


@of_both
def test_link_stores_what_extra_data_names_in_all_its_forms(kind: Any, provider: Mock) -> None:
    response = sign_in(kind, provider)
    names = [
        "icon",
        ("username",),
        ["id", "account"],
        ("email", "mail"),
        ("banned_until", "banned", True),
        ("locked", "locked", False),
    ]
    account = ACCOUNTS[kind.name]
    assert stored(kind, response, EXTRA_DATA=names) == {
        "icon": ICONS[kind.name],
        "username": account["username"],
        "account": account["id"],
        "mail": account["email"],
        "locked": False,
    }


@of_both
def test_link_stores_no_token_even_if_asked(kind: Any, provider: Mock) -> None:
    response = sign_in(kind, provider)
    names = ["access_token", "refresh_token", "expires_in", "patreonData"]
    assert stored(kind, response, EXTRA_DATA=names) == dict.fromkeys(names)
    assert stored(kind, response, GET_ALL_EXTRA_DATA=True) == response


@of_both
def test_link_says_when_it_was_used_if_it_says_anything(kind: Any, provider: Mock) -> None:
    backend = Browser(kind, EXTRA_DATA=["icon"]).backend()
    assert set(backend.extra_data(None, "U-x", sign_in(kind, provider), {}, {})) == {
        "auth_time",
        "icon",
    }


# --- Without Django ----------------------------------------------------------------------------

WITHOUT_DJANGO = """
import importlib, sys

class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "social_django"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, NoDjango())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""
ALONE = ["attempts", "backends", "http", "members", "oauth", "outside", "patreon", "profile"]
ALONE += ["resonite", "support", "text"]


def import_alone(*modules: str) -> subprocess.CompletedProcess[str]:
    """Import modules of the package in a process of its own, because here Django is imported."""
    names = [f"neos_backend.{module}" for module in modules]
    command = [sys.executable, "-c", WITHOUT_DJANGO, *names]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_backends_need_no_django() -> None:
    done = import_alone(*ALONE)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_django_is_really_without() -> None:
    """The control: what needs Django fails in that process."""
    done = import_alone("checks")
    assert (done.returncode, "ModuleNotFoundError: django" in done.stderr) == (1, True)
