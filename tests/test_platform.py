"""This run is of the platform that `PLATFORM` says, and the pass of Resonite finds its tests."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests.conftest import ON_BOTH_PLATFORMS
from tests.platform import COMPLETE, DISCONNECT, KEY, LOGIN, PLATFORM, PLATFORMS
from tests.servers import ROOT

from .eventsite.processes import PRODUCTION, read


def test_run_is_of_its_platform() -> None:
    assert (settings.PLATFORM.key, settings.PLATFORM.name) == (KEY, PLATFORM.name)
    assert [reverse(f"social:{name}", args=[KEY]) for name in ("begin", "complete")] == [
        LOGIN,
        COMPLETE,
    ]
    assert reverse("social:disconnect", args=[KEY]) == DISCONNECT


@pytest.mark.parametrize("key", PLATFORMS)
def test_site_of_a_platform_speaks_to_it(key: str) -> None:
    expected = PLATFORMS[key]
    client = {f"{expected.variables}CLIENT_{name}": "x" * 20 for name in ("ID", "SECRET")}
    names = ("AUTHORIZATION_URL", "ACCESS_TOKEN_URL", "PROFILE_URL", "REDIRECT_URI", "SCOPE")
    asked = [*(f"SOCIAL_AUTH_{name}" for name in names), "ASSETS_URL"]
    assert read(*asked, PLATFORM=key, **client) == [
        *(expected.authorize_url, expected.token_url, expected.profile_url),
        PRODUCTION["SITE_URL"] + expected.complete,
        expected.scopes,
        expected.assets_url,
    ]


@pytest.mark.parametrize("beginning", ON_BOTH_PLATFORMS)
def test_what_the_pass_of_resonite_names_is_there(beginning: str) -> None:
    file, _, test = beginning.partition("::")
    assert (ROOT / file).exists()
    assert test == "" or f"def {test}" in (ROOT / file).read_text()
