"""Each mistake in the Neos settings is named before anybody meets it."""

from typing import Any

import pytest
from django.core.checks import ERROR, INFO, run_checks
from django.urls import include, path
from pytest_django import Settings

# An URL conf of this module's own: the checks belong to a package that knows no other.
urlpatterns = [path("sign-in/", include("social_django.urls", namespace="social"))]
pytestmark = pytest.mark.urls(__name__)

GOOD = {
    "NEOS_SANDBOX": False,
    "SOCIAL_AUTH_NEOS_KEY": "a-client",
    "SOCIAL_AUTH_NEOS_SECRET": "a-client-secret",
    "SOCIAL_AUTH_NEOS_SCOPE": ["profile", "email"],
    "SOCIAL_AUTH_NEOS_REDIRECT_URI": "https://events.example.org/sign-in/complete/neos/",
}


def found(settings: Settings, **changes: Any) -> list[str]:
    """Ids of the errors with GOOD settings and these changes."""
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    errors = run_checks(tags=["neos"])  # without those of a deployment
    assert all(error.level == ERROR and error.hint for error in errors)
    return [error.id for error in errors]


def test_good_settings_have_no_errors(settings: Settings) -> None:
    assert found(settings) == []


def test_settings_left_out_are_the_defaults_of_the_backend(settings: Settings) -> None:
    for name in ("AUTHORIZATION_URL", "ACCESS_TOKEN_URL", "PROFILE_URL"):
        delattr(settings, f"SOCIAL_AUTH_NEOS_{name}")
    assert found(settings, SOCIAL_AUTH_NEOS_SCOPE=[], SOCIAL_AUTH_NEOS_REDIRECT_URI=None) == []


@pytest.mark.parametrize("name", ["KEY", "SECRET"])
def test_missing_credentials_are_an_error(settings: Settings, name: str) -> None:
    missing = {f"SOCIAL_AUTH_NEOS_{name}": ""}
    assert found(settings, **missing) == ["neos_backend.E001"]
    assert found(settings, **missing, DEBUG=True, NEOS_SANDBOX=True) == []


def test_scopes_without_profile_are_an_error(settings: Settings) -> None:
    assert found(settings, SOCIAL_AUTH_NEOS_SCOPE=["email"]) == ["neos_backend.E002"]


@pytest.mark.parametrize("scope", ["profile&prompt=none", "email#x", "a%26b", 'a"b', "\u732b"])
def test_scope_that_would_change_the_address_is_an_error_s4(settings: Settings, scope: str) -> None:
    assert found(settings, SOCIAL_AUTH_NEOS_SCOPE=["profile", scope]) == ["neos_backend.E006"]


def deployment_ids(settings: Settings, **changes: Any) -> list[tuple[int, str | None]]:
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    return [(m.level, m.id) for m in run_checks(tags=["neos"], include_deployment_checks=True)]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("cloudx-account.azurewebsites.net", [(INFO, "neos_backend.I001")]),
        ("CloudX-Account.azurewebsites.net.", [(INFO, "neos_backend.I001")]),
        ("auth.neos.com", []),
        ("cloudx-account.azurewebsites.net.example.org", []),
    ],
)
def test_doubtful_token_host_is_named_at_a_deployment_s8(
    settings: Settings, host: str, expected: list[tuple[int, str]]
) -> None:
    url = {"SOCIAL_AUTH_NEOS_ACCESS_TOKEN_URL": f"https://{host}/connect/token"}
    assert deployment_ids(settings, **url) == expected
    assert deployment_ids(settings, **url, NEOS_SANDBOX=True, DEBUG=True) == []


@pytest.mark.parametrize("name", ["AUTHORIZATION_URL", "ACCESS_TOKEN_URL", "PROFILE_URL"])
@pytest.mark.parametrize(
    ("address", "errors"),
    [
        ("https://account.example.org/connect", []),
        ("http://localhost:9000/connect", []),
        ("http://127.0.0.1:9000/connect", []),
        ("http://account.example.org/connect", ["neos_backend.E003"]),
        ("http://localhost.example.org/", ["neos_backend.E003"]),
        ("https://somebody@account.example.org/", ["neos_backend.E003"]),
        ("https://", ["neos_backend.E003"]),
        ("https://[", ["neos_backend.E003"]),
        ("ftp://localhost/", ["neos_backend.E003"]),
        ("account.example.org", ["neos_backend.E003"]),
        ("", ["neos_backend.E003"]),
    ],
)
def test_address_must_be_https(
    settings: Settings, name: str, address: str, errors: list[str]
) -> None:
    changes = {f"SOCIAL_AUTH_NEOS_{name}": address}
    assert found(settings, **changes) == errors
    assert found(settings, **changes, DEBUG=True, NEOS_SANDBOX=True) == []


def test_sandbox_outside_debug_is_an_error(settings: Settings) -> None:
    assert found(settings, NEOS_SANDBOX=True) == ["neos_backend.E004"]
    assert found(settings, NEOS_SANDBOX=True, DEBUG=True) == []


@pytest.mark.parametrize(
    "uri",
    [
        "https://events.example.org/auth/complete/neos/",
        "https://events.example.org/sign-in/complete/neos",
        "https://events.example.org/x/sign-in/complete/neos/",
        "https://events.example.org/?next=/sign-in/complete/neos/",
    ],
)
def test_redirect_uri_must_be_the_callback(settings: Settings, uri: str) -> None:
    assert found(settings, SOCIAL_AUTH_NEOS_REDIRECT_URI=uri) == ["neos_backend.E005"]


def test_redirect_uri_without_python_social_auth_is_an_error(settings: Settings) -> None:
    assert found(settings, ROOT_URLCONF=()) == ["neos_backend.E005"]
