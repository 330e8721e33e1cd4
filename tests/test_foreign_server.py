"""Sign-in at a server that nobody here wrote: django-oauth-toolkit, over real HTTP.

It starts a process of that server, because our own sandbox shares our reading of the standards. The
site is one of the platform that the suite runs on, once as a process too, as a visitor meets it.
"""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from events.models import Attendee
from eventsite.platforms import Platform
from tests.markup import TreeBuilder
from tests.people import Visitor, shown
from tests.servers import Site, running_site
from tests.sign_in import signed_in_as
from tests.toolkit import Toolkit, running_toolkit
from tests.toolkit.profiles import PROFILES

pytestmark = [
    *(pytest.mark.once, pytest.mark.platforms, pytest.mark.server),
    pytest.mark.django_db(transaction=True),
]

CLIENT = {"client_id": "test-client", "secret": "test-client-secret"}
#: Status, failure and person of a code that the server does not take.
REJECTED = (403, "authorization_code_rejected", "")


@pytest.fixture(scope="module")
def toolkit() -> Iterator[Toolkit]:
    with running_toolkit() as toolkit:
        yield toolkit


# --- The site as a visitor sees it ---------------------------------------------------------------


@pytest.fixture
def platform(settings: Settings) -> Platform:
    return settings.PLATFORM


@pytest.fixture
def site(toolkit: Toolkit, platform: Platform) -> Iterator[Site]:
    """The site with the toolkit as its provider."""
    addresses = {
        "AUTHORIZATION_URL": toolkit.addresses["AUTHORIZATION_URL"],
        "TOKEN_URL": toolkit.addresses["ACCESS_TOKEN_URL"],
        "PROFILE_URL": toolkit.addresses["PROFILE_URL"],
        "CLIENT_ID": CLIENT["client_id"],
        "CLIENT_SECRET": CLIENT["secret"],
        "SANDBOX": "0",
    }
    environment = {f"{platform.prefix}{name}": value for name, value in addresses.items()}
    with running_site(**environment) as site:
        toolkit.register(f"{site.url}{platform.callback_path}", **CLIENT)
        yield site


def test_person_signs_in_through_the_foreign_pages(site: Site, platform: Platform) -> None:
    with Visitor(site.url) as visitor:
        visitor.session.cookies.set("person", platform.key)
        visitor.visit("/accounts/login/")
        visitor.press(f"Sign in with {platform.name}")
        visitor.press("Authorize")

        known = PROFILES[platform.key]
        told = ("neos_id", "neos_username", "neos_email_verified", "patreon_supporter")
        (attendee,) = Attendee.objects.values_list(*told)
        assert attendee == (known["id"], known["username"], True, True)
        assert shown(visitor.visit("/account/")) == (200, "/account/")


# --- What that server refuses --------------------------------------------------------------------


@pytest.fixture
def visitor(toolkit: Toolkit, settings: Settings, client: Client) -> Client:
    """A browser at a site of the suite's own platform, whose provider is the toolkit."""
    for name, address in toolkit.addresses.items():
        setattr(settings, f"SOCIAL_AUTH_{name}", address)
    toolkit.register(settings.SOCIAL_AUTH_REDIRECT_URI, **CLIENT)
    return client


def finish(visitor: Client, back: str) -> tuple[int, str, str]:
    """Come back to the site; return its status, the failure that it shows, and who is signed in."""
    address = urlsplit(back)
    answer = visitor.get(address.path, dict(parse_qsl(address.query)))
    page = TreeBuilder(answer.content.decode()).root
    alerts = [alert.attributes["data-code"] for alert in page.all("p", role="alert")]
    return answer.status_code, "".join(alerts), signed_in_as(visitor)


class Attempt:
    """A sign-in that the toolkit has sent back with a good code, and that is not finished yet."""

    def __init__(self, visitor: Client, toolkit: Toolkit, platform: Platform) -> None:
        self.visitor = visitor
        address = visitor.post(f"/auth/login/{platform.key}/")["Location"]
        asked = dict(parse_qsl(urlsplit(address).query))
        self.back = toolkit.answer(address, person=platform.key)
        self.key = f"{platform.key}_oauth2_state_{asked['state']}"
        self.fields = {
            "code": dict(parse_qsl(urlsplit(self.back).query))["code"],
            "redirect_uri": asked["redirect_uri"],
            "client_id": CLIENT["client_id"],
            "client_secret": CLIENT["secret"],
            "code_verifier": visitor.session[self.key]["code_verifier"],
        }

    def replace_verifier(self, verifier: str) -> None:
        session = self.visitor.session
        session[self.key] = {**session[self.key], "code_verifier": verifier}
        session.save()

    def finish(self) -> tuple[int, str, str]:
        return finish(self.visitor, self.back)


@pytest.fixture
def attempt(visitor: Client, toolkit: Toolkit, platform: Platform) -> Attempt:
    return Attempt(visitor, toolkit, platform)


def test_good_code_signs_in(attempt: Attempt, platform: Platform) -> None:
    assert attempt.finish() == (302, "", PROFILES[platform.key]["id"])


def test_code_that_somebody_else_has_used_signs_nobody_in(
    attempt: Attempt, toolkit: Toolkit
) -> None:
    assert toolkit.exchange(**attempt.fields) == (200, "")

    assert attempt.finish() == REJECTED
    assert toolkit.exchange(**attempt.fields) == (400, "invalid_grant")


def test_verifier_of_another_attempt_signs_nobody_in(attempt: Attempt) -> None:
    attempt.replace_verifier("another-one-of-at-least-forty-three-characters")

    assert attempt.finish() == REJECTED


def test_wrong_secret_signs_nobody_in(attempt: Attempt, settings: Settings) -> None:
    settings.SOCIAL_AUTH_SECRET = "not-the-secret"

    assert attempt.finish() == (502, "invalid_setting", "")


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("code_verifier", "another-one-of-at-least-forty-three-characters", (400, "invalid_grant")),
        ("code_verifier", "", (400, "invalid_grant")),
        ("client_secret", "not-the-secret", (401, "invalid_client")),
        ("redirect_uri", "http://localhost:8000/auth/complete/", (400, "invalid_request")),
    ],
)
def test_server_refuses_what_the_site_must_send_right(
    attempt: Attempt, toolkit: Toolkit, field: str, value: str, refusal: tuple[int, str]
) -> None:
    """It is no pushover: a site that left one of these out would not sign anybody in."""
    assert toolkit.exchange(**attempt.fields | {field: value}) == refusal


def test_person_who_declines_there_is_told_so(
    visitor: Client, toolkit: Toolkit, platform: Platform
) -> None:
    start = visitor.post(f"/auth/login/{platform.key}/")
    back = toolkit.answer(start["Location"], person=platform.key, button="Cancel")

    assert finish(visitor, back) == (403, "authorization_declined", "")
