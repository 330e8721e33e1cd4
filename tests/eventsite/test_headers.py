"""Security headers of every kind of answer."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import make_attendee, make_event, make_user
from tests.platform import KEY, PLATFORM, SANDBOX

from .processes import ROOT

pytestmark = [pytest.mark.once, pytest.mark.django_db]

ORIGIN = PLATFORM.authorize_url.removesuffix("/connect/authorize")
POLICY = {
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    f"form-action 'self' {ORIGIN}",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
}
ADDRESSES = (
    "/",
    "/nothing/",
    "/accounts/login/",
    "/registrations/",
    PLATFORM.complete,
    "/admin/login/",
    "/admin/",
    "/static/css/site.css",
    "/favicon.ico",
)


@pytest.fixture
def everything(client: Client) -> list[Any]:
    """Answers of all kinds: pages, redirects, errors, files, personal pages, the admin."""
    answers = [client.get(address) for address in ADDRESSES]
    answers.append(client.get(make_event().get_absolute_url()))
    answers.append(client.get("/", HTTP_HOST="evil.test"))
    client.force_login(make_attendee().user)
    answers += [client.get("/registrations/"), client.get("/account/")]
    client.force_login(make_user(is_staff=True, is_superuser=True))
    answers.append(client.get("/admin/events/event/add/"))
    return answers


def test_answers_of_all_kinds_are_looked_at(everything: list[Any]) -> None:
    assert {answer.status_code for answer in everything} == {200, 302, 400, 404}


def test_content_security_policy_allows_own_files_and_the_way_to_neos(
    everything: list[Any],
) -> None:
    policies = [set(a["Content-Security-Policy"].split("; ")) for a in everything]
    assert policies == [POLICY] * len(policies)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_browser_policies_are_on_every_answer(
    everything: list[Any], header: str, value: str
) -> None:
    assert [answer.headers.get(header) for answer in everything] == [value] * len(everything)


def test_permissions_are_refused_for_what_pages_never_use(everything: list[Any]) -> None:
    policies = {answer["Permissions-Policy"] for answer in everything}
    assert len(policies) == 1
    features = policies.pop().split(", ")
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(features)
    assert [feature for feature in features if not feature.endswith("=()")] == []


def test_sandbox_sends_the_form_to_the_site_itself() -> None:
    code = "import eventsite.settings as s; print(s.PLATFORM_ORIGIN)"
    environment = {"DEBUG": "1", "PLATFORM": KEY, "SITE_URL": "http://localhost:8123"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | SANDBOX,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "http://localhost:8123\n"
    assert settings.PLATFORM_ORIGIN == ORIGIN
