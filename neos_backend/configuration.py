"""Find the backends that a site has chosen, and their settings, where there is no request."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from social_core.utils import setting_name

from neos_backend.oauth import PlatformOAuth2, scopes_in

Backend = type[PlatformOAuth2]


def chosen_backends() -> Iterator[Backend]:
    """Yield those of this package, and classes made from them, in AUTHENTICATION_BACKENDS."""
    for path in settings.AUTHENTICATION_BACKENDS:
        backend = import_string(path)
        if isinstance(backend, type) and issubclass(backend, PlatformOAuth2):
            yield backend


def backend_setting(backend: Backend, name: str) -> Any:
    """Return a setting by the names in which the library looks for it, like SOCIAL_AUTH_NEOS_KEY.

    A setting that is missing is an attribute of the backend, or None.
    """
    names = (setting_name(backend.name, name), setting_name(name))
    found = (getattr(settings, name) for name in names if hasattr(settings, name))
    return next(found, getattr(backend, name, None))


def asked_scopes(backend: Backend) -> list[str]:
    """Return what the backend will ask for, as its `get_scope` does."""
    default = [] if backend_setting(backend, "IGNORE_DEFAULT_SCOPE") else backend.DEFAULT_SCOPE
    return [*scopes_in(backend_setting(backend, "SCOPE")), *scopes_in(default)]


def is_sandbox() -> bool:
    return bool(getattr(settings, "NEOS_SANDBOX", False))


def has_variables() -> bool:
    """Return whether operators set up this site by variables of their own, and not in Python."""
    return bool(getattr(settings, "NEOS_VARIABLES", {}))


def variable(name: str) -> str:
    """Return how the operator of this site calls a setting, for hints.

    A site that reads its settings from elsewhere says so in NEOS_VARIABLES, for example
    `{"SOCIAL_AUTH_NEOS_KEY": "NEOS_CLIENT_ID"}`.
    """
    names: dict[str, str] = getattr(settings, "NEOS_VARIABLES", {})
    return names.get(name, name)
