"""A sandbox that a project mounts without any condition: it answers in development only."""

from http import HTTPStatus
from types import ModuleType

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.neos_backend.sandbox.flow import authorize_query, decide
from tests.neos_backend.sandbox.urls import mounted


def site(settings: Settings, *, debug: bool, sandbox: bool | None) -> Client:
    """Load the addresses under these settings; with None, NEOS_SANDBOX is missing."""
    settings.DEBUG = debug
    settings.NEOS_SANDBOX = sandbox
    if sandbox is None:
        del settings.NEOS_SANDBOX
    addresses = ModuleType("addresses")
    addresses.urlpatterns = mounted()  # type: ignore[attr-defined]  # what Django asks a module for
    settings.ROOT_URLCONF = addresses
    return Client()


def answers(client: Client, key: str) -> list[int]:
    """Return the status of each address: login, consent, token, profile, picture."""
    login = f"/sandbox/{key}/connect/authorize?{authorize_query(scope='profile')}"
    return [
        client.get(login).status_code,
        decide(client, login).status_code,
        client.post(f"/sandbox/{key}/connect/token").status_code,
        client.get(f"/sandbox/{key}/api/user/profile").status_code,
        client.get(f"/sandbox/{key}/assets/{'a' * 32}").status_code,
    ]


@pytest.mark.parametrize("key", ["neos", "resonite"])
@pytest.mark.parametrize(
    ("debug", "sandbox"), [(False, True), (True, False), (True, None), (False, False)]
)
def test_sandbox_without_debug_or_its_setting_answers_nothing(
    settings: Settings, key: str, *, debug: bool, sandbox: bool | None
) -> None:
    client = site(settings, debug=debug, sandbox=sandbox)
    assert answers(client, key) == [HTTPStatus.NOT_FOUND] * 5


@pytest.mark.parametrize("key", ["neos", "resonite"])
def test_sandbox_answers_with_both_and_goes_on_when_debug_is_turned_off(
    settings: Settings, key: str
) -> None:
    """As the demo turns it off, to show its own error pages."""
    client = site(settings, debug=True, sandbox=True)
    settings.DEBUG = False
    assert answers(client, key) == [200, 302, 400, 401, 200]
