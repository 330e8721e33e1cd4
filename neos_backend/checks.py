"""System checks of the settings, so that a mistake shows at the start and not at a login."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register
from django.core.checks import Warning as Caution
from django.urls import NoReverseMatch, reverse
from social_core.utils import setting_name

from neos_backend.backends import DOUBTFUL_HOST, ResoniteOAuth2, is_doubtful
from neos_backend.configuration import (
    Backend,
    asked_scopes,
    backend_setting,
    chosen_backends,
    has_variables,
    is_sandbox,
    variable,
)

TAG = "neos"  # `manage.py check --tag neos` runs these alone
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})
#: Narrower than RFC 6749 appendix A.4: `&` would add a parameter to the address.
SCOPE = re.compile(r"[A-Za-z0-9_.:/-]+")
CLIENT = ("KEY", "SECRET", "REDIRECT_URI")
ADDRESSES = ("AUTHORIZATION_URL", "ACCESS_TOKEN_URL", "PROFILE_URL")


def variable_of(backend: Backend, name: str) -> str:
    return variable(setting_name(backend.name, name))


@register(TAG)
def check_credentials(**_options: Any) -> Iterator[CheckMessage]:
    for backend in chosen_backends():
        if not (has_credentials(backend) or is_sandbox()):
            yield Error(
                f"The client id or the client secret of {backend.title} is missing.",
                hint=f"Set {variable_of(backend, 'KEY')} and {variable_of(backend, 'SECRET')} as "
                f"{backend.title} gave them to you, or {without_credentials()}",
                id="neos_backend.E001",
            )


def without_credentials() -> str:
    if has_variables():
        return f"try the site with DEBUG=1 {variable('NEOS_SANDBOX')}=1."
    return (
        "take the backend out of AUTHENTICATION_BACKENDS. To try it without them, set up the "
        "sandbox: the README of this package says how."
    )


def has_credentials(backend: Backend) -> bool:
    return bool(backend_setting(backend, "KEY") and backend_setting(backend, "SECRET"))


@register(TAG)
def check_scopes(**_options: Any) -> Iterator[CheckMessage]:
    for backend in chosen_backends():
        scopes = asked_scopes(backend)
        if strange := [scope for scope in scopes if not SCOPE.fullmatch(scope)]:
            yield Error(
                f"Of the scopes asked from {backend.title}, {len(strange)} cannot be one.",
                hint=f"Write {example_of_scopes(backend)}. The library puts them into an address "
                "as they are.",
                id="neos_backend.E006",
            )
        elif "profile" not in scopes:
            yield Error(
                f"The scopes asked from {backend.title} do not include `profile`.",
                hint=f"Add `profile` to {variable_of(backend, 'SCOPE')}; without it "
                f"{backend.title} does not say who signed in.",
                id="neos_backend.E002",
            )


def example_of_scopes(backend: Backend) -> str:
    """Return an assignment as the operator of this site writes it: of a variable, or in Python."""
    name, own = setting_name(backend.name, "SCOPE"), variable_of(backend, "SCOPE")
    return f'{name} = ["profile", "email"]' if own == name else f'{own}="profile email"'


@register(TAG)
def check_addresses(**_options: Any) -> Iterator[CheckMessage]:
    if is_sandbox():
        return
    for backend in chosen_backends():
        for name in ADDRESSES:
            if not is_safe_address(backend_setting(backend, name)):
                yield Error(
                    f"{variable_of(backend, name)} is not a plain https address.",
                    hint="Codes and tokens travel there: use https, and no user name in the "
                    "address. Plain http is accepted for localhost only.",
                    id="neos_backend.E003",
                )


def is_safe_address(address: object) -> bool:
    parts = web_address(address)
    # A client would send a user name in the address instead of the token.
    return (
        parts is not None
        and "@" not in parts.netloc
        and (parts.scheme == "https" or parts.hostname in LOCAL_HOSTS)
    )


def web_address(address: object) -> SplitResult | None:
    """Return None for what is no address of a web page; `urlsplit` raises for some of it only."""
    try:
        parts = urlsplit(str(address or ""))  # it may be translated, or reversed, only when read
        is_whole = bool(parts.hostname) and parts.port != 0  # above 65535 it raises as well
    except ValueError:
        return None
    return parts if is_whole and parts.scheme in ("http", "https") else None


@register(TAG, deploy=True)
def check_token_host(**_options: Any) -> Iterator[CheckMessage]:
    """Inform only, and only `check --deploy`: it is the address that the wiki of Neos documents."""
    for backend in chosen_backends():
        if not is_sandbox() and is_doubtful(backend_setting(backend, "ACCESS_TOKEN_URL")):
            yield Info(
                f"The token address is at {DOUBTFUL_HOST}, a name that others may be able to claim "
                "if its owner has let it go. Its holder receives codes and the client secret.",
                hint=f"Ask {backend.title} which address is theirs today and set "
                f"{variable_of(backend, 'ACCESS_TOKEN_URL')}. Until then PKCE is on for that host, "
                f"whatever {variable_of(backend, 'USE_PKCE')} says.",
                id="neos_backend.I001",
            )


@register(TAG, deploy=True)
def check_known_scopes(**_options: Any) -> Iterator[CheckMessage]:
    """Warn only: a platform may have new ones."""
    for backend in chosen_backends():
        strange = {*asked_scopes(backend)} - backend.KNOWN_SCOPES
        for scope in sorted(filter(SCOPE.fullmatch, strange)):  # the others are errors
            yield Caution(
                f"{backend.title} is not known to have the scope `{scope}`.",
                hint="A platform may refuse every sign-in for it. It is in "
                f"{variable_of(backend, 'SCOPE')}; known are: "
                f"{', '.join(sorted(backend.KNOWN_SCOPES))}.",
                id="neos_backend.W002",
            )


@register(TAG, deploy=True)
def check_proof_key(**_options: Any) -> Iterator[CheckMessage]:
    for backend in chosen_backends():
        is_off = backend_setting(backend, "USE_PKCE") in (False, "")
        if is_off and issubclass(backend, ResoniteOAuth2):
            yield Caution(
                f"PKCE is off at {backend.title}, which is said to require it.",
                hint=f"Leave {variable_of(backend, 'USE_PKCE')} out, so that it is on.",
                id="neos_backend.W003",
            )


@register(TAG)
def check_sandbox(**_options: Any) -> Iterator[CheckMessage]:
    if is_sandbox() and not settings.DEBUG:
        titles = " and ".join(str(backend.title) for backend in chosen_backends()) or "of Neos"
        yield Error(
            f"The sandbox {titles} is on while DEBUG is off: anybody could sign in as anybody.",
            hint=f"Unset {variable('NEOS_SANDBOX')}, or switch DEBUG on if this is a demo.",
            id="neos_backend.E004",
        )


@register(TAG)
def check_sandbox_client(**_options: Any) -> Iterator[CheckMessage]:
    """Only the sandbox needs REDIRECT_URI set: it has no other list of its clients."""
    for backend in chosen_backends() if is_sandbox() else ():
        if missing := [name for name in CLIENT if not backend_setting(backend, name)]:
            yield Error(
                f"The sandbox {backend.title} knows no client: nobody could sign in.",
                hint=f"Set {' and '.join(variable_of(backend, name) for name in missing)}. "
                "REDIRECT_URI is the address of `social:complete`; the others may be anything. "
                "Or take the backend out of AUTHENTICATION_BACKENDS.",
                id="neos_backend.E007",
            )


@register(TAG)
def check_redirect_uri(**_options: Any) -> Iterator[CheckMessage]:
    """Warn of another path only: a project may finish a sign-in at an address of its own."""
    for backend in chosen_backends():
        if not (uri := backend_setting(backend, "REDIRECT_URI")):
            continue
        name, path = variable_of(backend, "REDIRECT_URI"), callback_path(backend)
        parts = web_address(uri)
        if parts is None or parts.fragment:
            yield Error(
                f"{name} is not the address of a page.",
                hint="Write the whole address, with https:// and without #, exactly as registered "
                f"with {backend.title}.",
                id="neos_backend.E005",
            )
        elif parts.path != path:
            yield Caution(
                f"{name} is not the address at which python-social-auth finishes a login here.",
                hint=f"It should end in {path or 'the path of social:complete'}, exactly as "
                f"registered with {backend.title}. If a view of your own finishes it, add "
                "neos_backend.W001 to SILENCED_SYSTEM_CHECKS.",
                id="neos_backend.W001",
            )


def callback_path(backend: Backend) -> str | None:
    """Return None if python-social-auth is not in the URL conf."""
    namespace = getattr(settings, setting_name("URL_NAMESPACE"), None) or "social"
    try:
        return reverse(f"{namespace}:complete", args=(backend.name,))
    except NoReverseMatch:
        return None
