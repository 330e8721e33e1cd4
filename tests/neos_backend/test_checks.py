"""Each mistake in the settings of a backend is named before anybody meets it."""

from typing import Any

import pytest
from django.core.checks import ERROR, INFO, WARNING, CheckMessage, run_checks
from django.urls import include, path
from django.utils.functional import lazystr
from pytest_django import Settings

from neos_backend.backends import ResoniteOAuth2

# An URL conf of this module's own: the checks belong to a package that knows no other.
urlpatterns = [path("sign-in/", include("social_django.urls", namespace="social"))]
pytestmark = pytest.mark.urls(__name__)

NEOS = "neos_backend.backends.NeosOAuth2"
RESONITE = "neos_backend.backends.ResoniteOAuth2"
GOOD = {
    "AUTHENTICATION_BACKENDS": [NEOS, "django.contrib.auth.backends.ModelBackend"],
    "NEOS_SANDBOX": False,
    "NEOS_VARIABLES": {},
    "SOCIAL_AUTH_NEOS_KEY": "a-client",
    "SOCIAL_AUTH_NEOS_SECRET": "a-client-secret",
    "SOCIAL_AUTH_NEOS_SCOPE": ["profile", "email"],
    "SOCIAL_AUTH_NEOS_AUTHORIZATION_URL": "https://auth.neos.com/connect/authorize",
    "SOCIAL_AUTH_NEOS_ACCESS_TOKEN_URL": "https://auth.neos.com/connect/token",
    "SOCIAL_AUTH_NEOS_PROFILE_URL": "https://auth.neos.com/api/user/profile",
    "SOCIAL_AUTH_NEOS_REDIRECT_URI": "https://events.example.org/sign-in/complete/neos/",
}
#: What is the site's own counts for every backend and would hide a mistake.
GENERIC = ("KEY", "SECRET", "SCOPE", "REDIRECT_URI", "AUTHORIZATION_URL", "ACCESS_TOKEN_URL")


@pytest.fixture(autouse=True)
def only_settings_of_a_backend(settings: Settings) -> None:
    for name in (*GENERIC, "PROFILE_URL"):
        delattr(settings, f"SOCIAL_AUTH_{name}")


def checked(settings: Settings, **changes: Any) -> list[CheckMessage]:
    """Return what is found with GOOD settings and these changes; each says what to do."""
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    messages = run_checks(tags=["neos"])  # without those of a deployment
    levels = {"E": ERROR, "W": WARNING}
    assert [m.level for m in messages] == [levels[str(m.id)[-4]] for m in messages]
    assert all(m.hint for m in messages)
    return messages


def found(settings: Settings, **changes: Any) -> list[str | None]:
    return [error.id for error in checked(settings, **changes)]


def test_good_settings_have_no_errors(settings: Settings) -> None:
    assert found(settings) == []


def test_settings_left_out_are_the_defaults_of_the_backend(settings: Settings) -> None:
    assert found(settings, SOCIAL_AUTH_NEOS_SCOPE=[], SOCIAL_AUTH_NEOS_REDIRECT_URI=None) == []
    for name in ("AUTHORIZATION_URL", "ACCESS_TOKEN_URL", "PROFILE_URL"):
        delattr(settings, f"SOCIAL_AUTH_NEOS_{name}")
    assert run_checks(tags=["neos"]) == []


@pytest.mark.parametrize("name", ["KEY", "SECRET"])
def test_missing_credentials_are_an_error(settings: Settings, name: str) -> None:
    missing = {f"SOCIAL_AUTH_NEOS_{name}": ""}
    assert found(settings, **missing) == ["neos_backend.E001"]


@pytest.mark.parametrize("name", ["KEY", "SECRET", "REDIRECT_URI"])
def test_sandbox_without_a_client_is_an_error(settings: Settings, name: str) -> None:
    sandbox = {"DEBUG": True, "NEOS_SANDBOX": True}
    assert found(settings, **sandbox) == []
    (error,) = checked(settings, **sandbox, **{f"SOCIAL_AUTH_NEOS_{name}": ""})
    assert error.id == "neos_backend.E007"
    assert error.msg == "The sandbox Neos knows no client: nobody could sign in."
    assert error.hint == (
        f"Set SOCIAL_AUTH_NEOS_{name}. REDIRECT_URI is the address of `social:complete`; the "
        "others may be anything. Or take the backend out of AUTHENTICATION_BACKENDS."
    )


def test_scopes_that_leave_profile_out_are_an_error(settings: Settings) -> None:
    email = {"SOCIAL_AUTH_NEOS_SCOPE": ["email"]}
    assert found(settings, **email) == []  # `profile` is added
    alone = {"SOCIAL_AUTH_NEOS_IGNORE_DEFAULT_SCOPE": True}
    assert found(settings, **email, **alone) == ["neos_backend.E002"]
    assert found(settings, **alone, SOCIAL_AUTH_NEOS_SCOPE=[]) == ["neos_backend.E002"]
    assert found(settings, **alone, SOCIAL_AUTH_NEOS_SCOPE=["profile"]) == []


@pytest.mark.parametrize("scope", ["profile&prompt=none", "email#x", "a%26b", 'a"b', "\u732b"])
def test_scope_that_would_change_the_address_is_an_error_s4(settings: Settings, scope: str) -> None:
    assert found(settings, SOCIAL_AUTH_NEOS_SCOPE=["profile", scope]) == ["neos_backend.E006"]


@pytest.mark.parametrize("scopes", ["email", "profile email", " profile\temail ", ("email",), ""])
def test_scopes_may_be_a_text(settings: Settings, scopes: str) -> None:
    assert found(settings, SOCIAL_AUTH_NEOS_SCOPE=scopes) == []


def test_text_without_profile_alone_is_an_error(settings: Settings) -> None:
    alone = {"SOCIAL_AUTH_NEOS_IGNORE_DEFAULT_SCOPE": True}
    assert found(settings, **alone, SOCIAL_AUTH_NEOS_SCOPE="email") == ["neos_backend.E002"]
    assert found(settings, **alone, SOCIAL_AUTH_NEOS_SCOPE="email profile") == []


def test_hint_of_scopes_is_what_the_operator_writes(settings: Settings) -> None:
    strange = {"SOCIAL_AUTH_NEOS_SCOPE": "profile, email"}
    (error,) = checked(settings, **strange)
    assert error.hint == (
        'Write SOCIAL_AUTH_NEOS_SCOPE = ["profile", "email"]. The library puts them into an '
        "address as they are."
    )
    names = {"SOCIAL_AUTH_NEOS_SCOPE": "NEOS_SCOPES"}
    (error,) = checked(settings, **strange, NEOS_VARIABLES=names)
    assert str(error.hint).startswith('Write NEOS_SCOPES="profile email". ') is True


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
        ("https://[x/", ["neos_backend.E003"]),
        ("https://account.example.org:99999/", ["neos_backend.E003"]),
        (None, ["neos_backend.E003"]),
        ("ftp://localhost/", ["neos_backend.E003"]),
        ("account.example.org", ["neos_backend.E003"]),
        ("", ["neos_backend.E003"]),
    ],
)
def test_address_must_be_https(
    settings: Settings, name: str, address: str | None, errors: list[str]
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
def test_redirect_uri_that_is_not_the_callback_is_a_warning(settings: Settings, uri: str) -> None:
    (warning,) = checked(settings, SOCIAL_AUTH_NEOS_REDIRECT_URI=uri)
    assert (warning.level, warning.id) == (WARNING, "neos_backend.W001")
    assert "It should end in /sign-in/complete/neos/, exactly as registered" in str(warning.hint)
    silenced = {"SILENCED_SYSTEM_CHECKS": ["neos_backend.W001"]}
    (warning,) = checked(settings, SOCIAL_AUTH_NEOS_REDIRECT_URI=uri, **silenced)
    assert warning.is_silenced() is True


def test_redirect_uri_without_python_social_auth_is_a_warning(settings: Settings) -> None:
    assert found(settings, ROOT_URLCONF=()) == ["neos_backend.W001"]


class OtherNamespace:
    urlpatterns = [path("sign-in/", include("social_django.urls", namespace="elsewhere"))]


def test_redirect_uri_is_compared_with_the_callback_in_the_library_s_namespace(
    settings: Settings,
) -> None:
    changes = {"ROOT_URLCONF": OtherNamespace, "SOCIAL_AUTH_URL_NAMESPACE": "elsewhere"}
    assert found(settings, **changes) == []


@pytest.mark.parametrize(
    "uri",
    [
        "https://[x/sign-in/complete/neos/",
        "https://[::1/sign-in/complete/neos/",
        "https:///sign-in/complete/neos/",
        "https://events.example.org:99999/sign-in/complete/neos/",
        "https://events.example.org:0/sign-in/complete/neos/",
        "https://events.example.org:port/sign-in/complete/neos/",
        "ftp://events.example.org/sign-in/complete/neos/",
        "events.example.org/sign-in/complete/neos/",
        "/sign-in/complete/neos/",
        "https://events.example.org/sign-in/complete/neos/#here",
    ],
)
def test_redirect_uri_that_no_browser_could_open_is_an_error(settings: Settings, uri: str) -> None:
    (error,) = checked(settings, SOCIAL_AUTH_NEOS_REDIRECT_URI=uri)
    assert error.id == "neos_backend.E005"
    assert error.msg == "SOCIAL_AUTH_NEOS_REDIRECT_URI is not the address of a page."


def test_redirect_uri_may_be_known_only_when_it_is_read(settings: Settings) -> None:
    good = lazystr(GOOD["SOCIAL_AUTH_NEOS_REDIRECT_URI"])
    assert found(settings, SOCIAL_AUTH_NEOS_REDIRECT_URI=good) == []


# --- Which backend -------------------------------------------------------------------------------


class OwnResonite(ResoniteOAuth2):
    """A backend that a project has made from one of ours."""

    name = "own-resonite"
    title = "Our Resonite"


BAD = {
    "KEY": "",
    "SCOPE": ["a&b"],
    "PROFILE_URL": "http://account.example.org/",
    "REDIRECT_URI": "https://events.example.org/",
}
IDS = [f"neos_backend.{code}" for code in ("E001", "E003", "E006", "W001")]


def bad(backend: str) -> dict[str, Any]:
    return {f"SOCIAL_AUTH_{backend}_{name}": value for name, value in BAD.items()}


@pytest.mark.parametrize(
    ("path", "prefix", "title"),
    [
        (NEOS, "NEOS", "Neos"),
        (RESONITE, "RESONITE", "Resonite"),
        (f"{__name__}.OwnResonite", "OWN_RESONITE", "Our Resonite"),
    ],
)
def test_each_backend_is_checked_by_its_own_names(
    settings: Settings, path: str, prefix: str, title: str
) -> None:
    errors = checked(settings, AUTHENTICATION_BACKENDS=[path], **bad(prefix))

    assert sorted(str(error.id) for error in errors) == IDS
    said = {str(error.id)[-4:]: f"{error.msg} {error.hint}" for error in errors}
    assert said["E001"] == (
        f"The client id or the client secret of {title} is missing. Set SOCIAL_AUTH_{prefix}_KEY "
        f"and SOCIAL_AUTH_{prefix}_SECRET as {title} gave them to you, or take the backend out of "
        "AUTHENTICATION_BACKENDS. To try it without them, set up the sandbox: the README of this "
        "package says how."
    )
    assert said["E003"].startswith(f"SOCIAL_AUTH_{prefix}_PROFILE_URL is not a plain https") is True
    assert said["W001"].startswith(f"SOCIAL_AUTH_{prefix}_REDIRECT_URI is not the address") is True
    assert f"Write SOCIAL_AUTH_{prefix}_SCOPE = [" in said["E006"]


def test_both_backends_side_by_side_are_both_checked(settings: Settings) -> None:
    both = {"AUTHENTICATION_BACKENDS": [NEOS, RESONITE]}
    assert found(settings, **both) == ["neos_backend.E001"]
    good = {"SOCIAL_AUTH_RESONITE_KEY": "x", "SOCIAL_AUTH_RESONITE_SECRET": "y"}
    assert found(settings, **both, **good) == []
    assert sorted(map(str, found(settings, **both, **bad("NEOS"), **good))) == IDS


def test_backend_that_is_not_chosen_is_not_checked(settings: Settings) -> None:
    assert found(settings, AUTHENTICATION_BACKENDS=[RESONITE], **bad("NEOS")) == [
        "neos_backend.E001"
    ]
    assert found(settings, AUTHENTICATION_BACKENDS=[GOOD["AUTHENTICATION_BACKENDS"][1]]) == []


def test_hints_name_the_variables_of_the_operator(settings: Settings) -> None:
    names = {
        "NEOS_SANDBOX": "RESONITE_SANDBOX",
        "SOCIAL_AUTH_RESONITE_KEY": "RESONITE_CLIENT_ID",
        "SOCIAL_AUTH_RESONITE_SECRET": "RESONITE_CLIENT_SECRET",
    }
    (error,) = checked(settings, AUTHENTICATION_BACKENDS=[RESONITE], NEOS_VARIABLES=names)
    assert error.hint == (
        "Set RESONITE_CLIENT_ID and RESONITE_CLIENT_SECRET as Resonite gave them to you, or try "
        "the site with DEBUG=1 RESONITE_SANDBOX=1."
    )


# --- What differs between the platforms, and is said before a deployment only ---------------------

CLIENT_OF_RESONITE = {"SOCIAL_AUTH_RESONITE_KEY": "x", "SOCIAL_AUTH_RESONITE_SECRET": "y"}
ALL_SCOPES = ["profile", "email", "patreon"]
SCOPE_WARNING = [(WARNING, "neos_backend.W002")]


def test_resonite_has_no_doubtful_host(settings: Settings) -> None:
    chosen = {"AUTHENTICATION_BACKENDS": [RESONITE]}
    assert deployment_ids(settings, **chosen, **CLIENT_OF_RESONITE) == []


@pytest.mark.parametrize(
    ("backend", "scopes", "expected"),
    [
        ("NEOS", ALL_SCOPES, []),
        ("NEOS", ["email", "openid"], SCOPE_WARNING),
        ("RESONITE", ["email"], []),
        ("RESONITE", ALL_SCOPES, SCOPE_WARNING),
    ],
)
def test_scope_that_the_platform_is_not_known_to_have_is_named_at_a_deployment(
    settings: Settings, backend: str, scopes: list[str], expected: list[tuple[int, str]]
) -> None:
    path = {"NEOS": NEOS, "RESONITE": RESONITE}[backend]
    asked = {f"SOCIAL_AUTH_{backend}_SCOPE": scopes}
    chosen = {"AUTHENTICATION_BACKENDS": [path], **CLIENT_OF_RESONITE}
    assert deployment_ids(settings, **chosen, **asked) == expected
    assert found(settings, **chosen, **asked) == []


@pytest.mark.parametrize(
    ("path", "use_pkce", "expected"),
    [
        (RESONITE, False, [(WARNING, "neos_backend.W003")]),
        (f"{__name__}.OwnResonite", False, [(WARNING, "neos_backend.W003")]),
        (RESONITE, True, []),
        (NEOS, False, []),
    ],
)
def test_resonite_without_pkce_is_named_at_a_deployment(
    settings: Settings, path: str, *, use_pkce: bool, expected: list[tuple[int, str]]
) -> None:
    client = {"SOCIAL_AUTH_KEY": "x", "SOCIAL_AUTH_SECRET": "y"}
    chosen = {"AUTHENTICATION_BACKENDS": [path], "SOCIAL_AUTH_USE_PKCE": use_pkce}
    assert deployment_ids(settings, **chosen, **client) == expected


def test_resonite_with_pkce_left_alone_is_well(settings: Settings) -> None:
    delattr(settings, "SOCIAL_AUTH_USE_PKCE")
    chosen = {"AUTHENTICATION_BACKENDS": [RESONITE]}
    assert deployment_ids(settings, **chosen, **CLIENT_OF_RESONITE) == []
