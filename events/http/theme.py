"""The style sheet that sets the accent of this site, beside the static ones."""

import hashlib
from functools import cache

from django.conf import settings
from django.urls import reverse

from events.formatting import colour


def sheet() -> str:
    return _sheet(settings.SITE_ACCENT)


def address() -> str:
    """Return an address that changes with the theme, so that browsers may keep it."""
    return f"{reverse('events:theme')}?{version()}"


def version() -> str:
    return hashlib.sha256(sheet().encode()).hexdigest()[:12]


@cache
def _sheet(accent: str) -> str:
    light, dark = (
        f":root{{--accent:{a.colour};--on-accent:{a.on_colour};--accent-paper:{a.paper}}}"
        for a in (colour.on_light(accent), colour.on_dark(accent))
    )
    return f"{light}\n@media (prefers-color-scheme: dark){{{dark}}}\n"
