"""Compare what the backend's page and the page about the providers say with the backend."""

import ast
import re

import pytest

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2
from neos_backend.oauth import PlatformOAuth2
from neos_backend.profile import Profile
from tests.neos_backend.installed import BACKEND

PAGE = (BACKEND / "README.md").read_text("utf-8")
PROVIDERS = (BACKEND.parent / "docs" / "providers.md").read_text("utf-8")
BACKENDS = pytest.mark.parametrize(
    "backend", [NeosOAuth2, ResoniteOAuth2], ids=lambda backend: backend.name
)


def test_response_on_the_page_is_one_that_a_pipeline_gets() -> None:
    (block,) = re.findall(r"```python\n(\{\n.+?)```", PAGE, re.DOTALL)
    response = ast.literal_eval(block)
    profile = Profile.from_json(response["profile"])

    assert profile.as_json() == response["profile"]
    assert response == {
        "id": profile.id,
        "username": profile.username,
        "email": profile.email,
        "profile": profile.as_json(),
    }


@BACKENDS
def test_page_of_the_providers_has_the_addresses_of_the_backend(
    backend: type[PlatformOAuth2],
) -> None:
    for address in (backend.AUTHORIZATION_URL, backend.ACCESS_TOKEN_URL, backend.PROFILE_URL):
        assert f"`{address}`" in PROVIDERS


def test_sources_of_the_providers_are_all_named() -> None:
    facts, sources = PROVIDERS.split("## Sources")
    cited = {int(number) for number in re.findall(r"\[(\d+)[],]", facts)}

    assert cited == {int(number) for number in re.findall(r"^(\d+)\. ", sources, re.MULTILINE)}


def test_page_has_every_setting_that_the_backend_reads() -> None:
    sources = "".join(path.read_text("utf-8") for path in BACKEND.glob("*.py"))
    read = set(re.findall(r'self\.setting\("([A-Z_]+)"', sources))
    cells = re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)}

    assert len(read) > 5
    assert read - named == set()
