"""Journeys that start with a local account, over HTTP, with the sandbox as Neos."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from events.messages import delivery
from tests.factories import make_event, make_local_attendee
from tests.people import (
    Newcomer,
    consent,
    link,
    links,
    newcomers,
    rows,
    shown,
    sign_in,
    sign_in_locally,
)
from tests.platform import DISCONNECT, PLATFORM, words
from tests.servers import Site, running_site

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]

PLAIN = "Plain Visitor"
SIGN_UP = {
    "username": "wren",
    "email": "wren@example.org",
    "password1": "a-long-and-odd-one",
    "password2": "a-long-and-odd-one",
}


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    """A site of this test's own, none of whose pages may break, nor need a mail server."""
    application = "tests.without_debug:application"
    with running_site(application=application, EMAIL_URL="smtp://127.0.0.1:1") as site:
        yield site
        assert "Traceback" not in site.output


@pytest.fixture
def mailbox(tmp_path: Path, site: Site, settings: Settings) -> Path:
    """Return where the site's mail goes, which this process sends as housekeeping would."""
    settings.SITE_URL = site.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


@pytest.fixture
def newcomer(site: Site) -> Iterator[Newcomer]:
    with newcomers(site.url) as newcomer:
        yield newcomer


def test_local_account_gets_in_once_its_address_is_confirmed(
    newcomer: Newcomer, mailbox: Path
) -> None:
    event = make_event()
    address = event.get_absolute_url()
    visitor = newcomer()

    visitor.visit(address)
    visitor.take_step("sign-in-required")
    visitor.follow("Make a local account")
    page = visitor.press("Make the account", **SIGN_UP)
    assert shown(page) == (200, address)
    assert page.messages == ["Welcome! We mailed you a link to confirm your address."]
    assert list(page.refusals) == ["email-unconfirmed"]
    page = visitor.post(f"{address}register/")
    assert (page.status, list(page.refusals)) == (409, ["email-unconfirmed"])

    assert delivery.deliver_due() == delivery.Delivered(sent=1)
    # The mail may be opened on another device, where nobody is signed in.
    page = newcomer().visit(confirmation_link(mailbox))
    assert (page.status, page.heading) == (200, "Confirm your e-mail address")
    assert list(visitor.visit(address).refusals) == ["email-unconfirmed"]
    visitor.visit(confirmation_link(mailbox))
    page = visitor.press("Yes, confirm it")
    assert shown(page) == (200, address)
    assert page.messages == ["Your e-mail address is confirmed."]

    assert visitor.press("Take a place").place == "You are in"
    assert rows(event) == [(None, "confirmed")]


def confirmation_link(mailbox: Path) -> str:
    """The one link in the one mail."""
    (mail,) = mailbox.iterdir()
    label = "Confirm your e-mail address: "
    lines = (line for line in mail.read_text().splitlines() if line.startswith(label))
    (address,) = (line.removeprefix(label) for line in lines)
    return address


def test_local_account_links_neos_where_the_event_asks_for_it(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    address = event.get_absolute_url()
    to_account = f"/account/?next={quote(address, safe='')}&step=neos#neos"
    attendee = make_local_attendee()
    visitor = newcomer()
    sign_in_locally(visitor, attendee.user)

    page = visitor.visit(address)
    assert page.refusals == {"neos-required": to_account}
    page = visitor.post(f"{address}register/")
    assert (page.status, list(page.refusals)) == (409, ["neos-required"])

    assert shown(visitor.take_step("neos-required")) == (200, to_account.removesuffix("#neos"))
    visitor.press(words("Link your Neos account"), current_password="secret")
    page = consent(visitor, PLAIN)
    assert (shown(page), page.refusals) == ((200, address), {})
    assert visitor.press("Take a place").place == "You are in"
    assert rows(event) == [(PLATFORM.plain, "confirmed")]
    assert links() == [(PLATFORM.plain, attendee.user.username)]
    assert User.objects.count() == 1


def test_neos_account_of_somebody_else_is_not_linked(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    sign_in(newcomer(), event, PLAIN)
    attendee = make_local_attendee()
    visitor = newcomer()
    sign_in_locally(visitor, attendee.user)

    page = link(visitor, PLAIN)
    assert (page.status, page.failure) == (
        409,
        (
            "identity_in_use",
            words(
                "This Neos account is already linked to another account of this site. "
                "Sign out, then sign in with Neos to use that one."
            ),
        ),
    )
    assert links() == [(PLATFORM.plain, PLATFORM.plain)]
    assert list(visitor.visit(event.get_absolute_url()).refusals) == ["neos-required"]


def test_unlinking_waits_until_gated_places_are_given_up(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    attendee = make_local_attendee()
    visitor = newcomer()
    sign_in_locally(visitor, attendee.user)
    link(visitor, PLAIN)
    visitor.visit(event.get_absolute_url())
    visitor.press("Take a place")

    page = visitor.post(DISCONNECT)
    assert (page.status, page.failure) == (
        403,
        (
            "gated_places",
            words(
                "You hold places that need your Neos account. Give them up first, then unlink Neos."
            ),
        ),
    )
    assert links() == [(PLATFORM.plain, attendee.user.username)]

    visitor.visit("/account/")
    visitor.follow(words("Unlink Neos"))
    assert shown(visitor.press("Yes, give it up")) == (
        200,
        "/account/unlink/?next=%2Faccount%2F",
    )
    assert shown(visitor.press("Yes, unlink")) == (200, "/account/")
    assert links() == []
    assert rows(event) == [(None, "cancelled")]
