"""System checks of the Neos settings, so that a mistake shows at the start and not at a login."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register
from django.urls import NoReverseMatch, reverse

from neos_backend.backends import DOUBTFUL_HOST, NeosOAuth2, is_doubtful

TAG = "neos"  # `manage.py check --tag neos` runs these alone
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})
#: Narrower than RFC 6749 appendix A.4: `&` would add a parameter to the address.
SCOPE = re.compile(r"[A-Za-z0-9_.:/-]+")
ADDRESSES = ("AUTHORIZATION_URL", "ACCESS_TOKEN_URL", "PROFILE_URL")


def neos_setting(name: str) -> Any:
    """Return a setting of the backend, by the names in which the library looks for it."""
    names = (f"SOCIAL_AUTH_NEOS_{name}", f"SOCIAL_AUTH_{name}")
    found = (getattr(settings, name) for name in names if hasattr(settings, name))
    return next(found, getattr(NeosOAuth2, name, None))


def is_sandbox() -> bool:
    return bool(getattr(settings, "NEOS_SANDBOX", False))


@register(TAG)
def check_credentials(**_options: Any) -> list[CheckMessage]:
    if is_sandbox() or (neos_setting("KEY") and neos_setting("SECRET")):
        return []
    return [
        Error(
            "The client id or the client secret of Neos is missing.",
            hint="Set NEOS_CLIENT_ID and NEOS_CLIENT_SECRET as Neos gave them to you, or try the "
            "site with DEBUG=1 NEOS_SANDBOX=1.",
            id="neos_backend.E001",
        )
    ]


@register(TAG)
def check_scopes(**_options: Any) -> list[CheckMessage]:
    scopes = neos_setting("SCOPE") or NeosOAuth2.DEFAULT_SCOPE
    if strange := [scope for scope in scopes if not SCOPE.fullmatch(scope)]:
        return [
            Error(
                f"Of the scopes asked from Neos, {len(strange)} cannot be one.",
                hint="NEOS_SCOPES is a list of words with spaces between, for example: profile "
                "email. The library puts them into an address as they are.",
                id="neos_backend.E006",
            )
        ]
    if "profile" in scopes:
        return []
    return [
        Error(
            "The scopes asked from Neos do not include `profile`.",
            hint="Add `profile` to NEOS_SCOPES; without it Neos does not say who signed in.",
            id="neos_backend.E002",
        )
    ]


@register(TAG)
def check_addresses(**_options: Any) -> Iterator[CheckMessage]:
    for name in ADDRESSES:
        if not (is_sandbox() or is_safe_address(neos_setting(name))):
            yield Error(
                f"SOCIAL_AUTH_NEOS_{name} is not a plain https address.",
                hint="Codes and tokens travel there: use https, and no user name in the address. "
                "Plain http is accepted for localhost only.",
                id="neos_backend.E003",
            )


def is_safe_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    # A client would send a user name in the address instead of the token.
    is_plain = bool(host) and "@" not in parts.netloc
    return is_plain and (
        parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL_HOSTS)
    )


@register(TAG, deploy=True)
def check_token_host(**_options: Any) -> list[CheckMessage]:
    """Inform only, and only `check --deploy`: it is the address that the wiki documents."""
    if is_sandbox() or not is_doubtful(neos_setting("ACCESS_TOKEN_URL")):
        return []
    return [
        Info(
            f"The token address is at {DOUBTFUL_HOST}, a name that others may be able to claim if "
            "its owner has let it go. Its holder receives codes and the client secret.",
            hint="Ask Neos which address is theirs today and set NEOS_TOKEN_URL. Until then PKCE "
            "is on for that host, whatever NEOS_USE_PKCE says.",
            id="neos_backend.I001",
        )
    ]


@register(TAG)
def check_sandbox(**_options: Any) -> list[CheckMessage]:
    if settings.DEBUG or not is_sandbox():
        return []
    return [
        Error(
            "The sandbox Neos is on while DEBUG is off: anybody could sign in as anybody.",
            hint="Unset NEOS_SANDBOX, or set DEBUG=1 if this is a demo.",
            id="neos_backend.E004",
        )
    ]


@register(TAG)
def check_redirect_uri(**_options: Any) -> list[CheckMessage]:
    uri = neos_setting("REDIRECT_URI")
    if not uri or urlsplit(uri).path == callback_path():
        return []
    return [
        Error(
            "SOCIAL_AUTH_NEOS_REDIRECT_URI is not the address at which this site finishes a login.",
            hint=f"It must end in {callback_path() or 'the path of social:complete'}, exactly as "
            "registered with Neos.",
            id="neos_backend.E005",
        )
    ]


def callback_path() -> str | None:
    """Return None if python-social-auth is not in the URL conf."""
    try:
        return reverse("social:complete", args=(NeosOAuth2.name,))
    except NoReverseMatch:
        return None
