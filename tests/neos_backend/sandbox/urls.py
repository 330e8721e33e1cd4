"""Both sandboxes alone, side by side, as a development server loads them: with DEBUG on."""

from django.test import override_settings
from django.urls import URLResolver, include, path

from neos_backend.sandbox.addresses import addresses
from neos_backend.sandbox.platforms import NEOS, RESONITE


def mounted() -> list[URLResolver]:
    """Return the addresses as a project has them that mounts them without a condition."""
    return [
        path(f"sandbox/{sandbox.key}/", include((addresses(sandbox), f"{sandbox.key}_sandbox")))
        for sandbox in (NEOS, RESONITE)
    ]


with override_settings(DEBUG=True, NEOS_SANDBOX=True):
    urlpatterns = mounted()
