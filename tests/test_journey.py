"""Whole journeys over HTTP: a real server, the sandbox as Neos, people who click through pages."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from social_django.models import UserSocialAuth

from events.models import Attendee, Event, Registration
from tests.factories import make_event
from tests.people import Page, Visitor
from tests.servers import Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

Newcomer = Callable[[], Visitor]

ALL_TICKED = ("email", "patreon")
PLAIN, AMBER, BIRCH = "Plain Visitor", "Amber Alpaca", "Birch Beaver"
SIGN_UP = {
    "username": "wren",
    "email": "wren@example.org",
    "password1": "a-long-and-odd-one",
    "password2": "a-long-and-odd-one",
}


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def site(transactional_db: None, mailbox: Path) -> Iterator[Site]:
    """A site of this test's own, whose mail lands in the mailbox."""
    with running_site(EMAIL_URL=f"filemail://{mailbox}") as site:
        yield site


@pytest.fixture
def newcomer(site: Site) -> Iterator[Newcomer]:
    """Makes visitors, each with an empty browser."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Visitor(site.url))


# --- Steps that many journeys share ------------------------------------------------------------


def consent(visitor: Visitor, name: str, ticked: tuple[str, ...] = ALL_TICKED) -> Page:
    """From the sandbox's login page to wherever the site leads afterwards."""
    visitor.press(name)
    return visitor.press("Allow", scope=ticked)


def sign_in(
    visitor: Visitor, event: Event, name: str, ticked: tuple[str, ...] = ALL_TICKED
) -> Page:
    """From the page of an event, by way of Neos, back to it."""
    visitor.visit(event.get_absolute_url())
    visitor.take_step("sign-in-required")
    visitor.press("Sign in with Neos")
    return consent(visitor, name, ticked)


def sign_in_locally(visitor: Visitor, user: User) -> Page:
    visitor.visit("/accounts/login/")
    return visitor.press("Sign in", username=user.username, password="secret")


def link(visitor: Visitor, name: str) -> Page:
    visitor.visit("/account/")
    visitor.press("Link your Neos account")
    return consent(visitor, name)


def shown(page: Page) -> tuple[int, str]:
    return page.status, page.path


def rows(event: Event) -> list[tuple[str | None, str]]:
    """Who has what at the event, in the order in which it was asked for."""
    q = Registration.objects.filter(event=event).order_by("pk")
    return list(q.values_list("attendee__neos_id", "status"))


def links() -> list[tuple[str, str]]:
    """Which Neos account belongs to which user, as python-social-auth and as we have it."""
    theirs = list(UserSocialAuth.objects.order_by("uid").values_list("uid", "user__username"))
    q = Attendee.objects.filter(neos_id__isnull=False).order_by("neos_id")
    assert list(q.values_list("neos_id", "user__username")) == theirs
    return theirs


# --- With Neos ---------------------------------------------------------------------------------


def test_signed_out_visitor_is_refused_and_led_to_the_login(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    address = event.get_absolute_url()
    to_login = f"/accounts/login/?next={quote(address, safe='')}"
    visitor = newcomer()

    page = visitor.visit(address)
    assert (shown(page), page.refusals) == ((200, address), {"sign-in-required": to_login})
    assert shown(visitor.take_step("sign-in-required")) == (200, to_login)

    page = visitor.post(f"{address}register/")
    assert shown(page) == (403, f"{address}register/")
    assert page.refusals == {"sign-in-required": to_login}
    assert rows(event) == []


def test_sign_in_with_neos_leads_back_to_the_event_and_into_it(
    newcomer: Newcomer, site: Site
) -> None:
    event = make_event(neos_required=True)
    address = event.get_absolute_url()
    visitor = newcomer()

    visitor.visit(address)
    visitor.take_step("sign-in-required")
    page = visitor.press("Sign in with Neos")
    assert page.url.startswith(f"{site.url}/sandbox/neos/connect/authorize?") is True
    assert page.heading == "Who do you want to be?"
    assert visitor.press(PLAIN).heading == f"Hello, {PLAIN}"
    page = visitor.press("Allow")
    assert (shown(page), page.refusals, page.place) == ((200, address), {}, None)
    assert rows(event) == []

    page = visitor.press("Take a place")
    assert (shown(page), page.messages) == ((200, address), ["You are in."])
    assert page.place == "You are in"
    assert rows(event) == [("U-Plain-Visitor", "confirmed")]
    assert links() == [("U-Plain-Visitor", "U-Plain-Visitor")]


def test_freed_place_goes_to_the_first_in_line_and_the_organizer_sees_it(
    newcomer: Newcomer,
) -> None:
    organizer, stranger = make_organizer(), make_organizer()
    event = make_event(neos_required=True, capacity=1, organizers=[organizer])
    first, second, third = newcomer(), newcomer(), newcomer()

    for visitor, name, button, place in (
        (first, PLAIN, "Take a place", "You are in"),
        (second, AMBER, "Join the waitlist", "On the waitlist You are number 1 in line."),
        (third, BIRCH, "Join the waitlist", "On the waitlist You are number 2 in line."),
    ):
        sign_in(visitor, event, name)
        page = visitor.press(button)
        assert (shown(page), page.place) == ((200, event.get_absolute_url()), place)

    page = first.press("Yes, give it up")
    assert shown(page) == (200, "/registrations/")
    assert page.messages == ["Your registration is cancelled."]
    assert first.visit(event.get_absolute_url()).place is None
    assert second.visit(event.get_absolute_url()).place == "You are in"
    assert third.visit(event.get_absolute_url()).place == (
        "On the waitlist You are number 1 in line."
    )
    assert rows(event) == [
        ("U-Plain-Visitor", "cancelled"),
        ("U-Amber-Alpaca", "confirmed"),
        ("U-Birch-Beaver", "waitlisted"),
    ]
    assert admin_list(newcomer(), organizer) == [
        ["Birch Beaver", "U-Birch-Beaver", event.title, "on the waitlist"],
        ["Amber Alpaca", "U-Amber-Alpaca", event.title, "confirmed"],
        ["Plain Visitor", "U-Plain-Visitor", event.title, "cancelled"],
    ]
    assert admin_list(newcomer(), stranger) == []


def admin_list(visitor: Visitor, user: User) -> list[list[str]]:
    """Name, Neos id, event and status of the registrations that the user sees in the admin."""
    page = visitor.visit("/admin/events/registration/")
    assert shown(page) == (200, "/admin/login/?next=/admin/events/registration/")
    page = visitor.press("Log in", username=user.username, password="secret")
    assert shown(page) == (200, "/admin/events/registration/")
    # The first cell is the box to tick.
    return [[row[1], row[2], row[3], row[5]] for row in page.rows("result_list")]


def test_declined_consent_changes_nothing(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    visitor = newcomer()

    visitor.visit(event.get_absolute_url())
    visitor.take_step("sign-in-required")
    visitor.press("Sign in with Neos")
    visitor.press(PLAIN)
    page = visitor.press("Decline")
    assert (page.status, page.failure) == (
        403,
        (
            "authorization_declined",
            "You did not allow the sign-in at Neos, so nothing has changed here.",
        ),
    )
    assert (User.objects.count(), Attendee.objects.count(), links()) == (0, 0, [])

    page = visitor.visit(event.get_absolute_url())
    assert (page.status, list(page.refusals)) == (200, ["sign-in-required"])
    assert shown(visitor.visit("/account/")) == (200, "/accounts/login/?next=/account/")


def test_declined_patreon_is_asked_for_again_where_it_matters(newcomer: Newcomer) -> None:
    event = make_event(patron_cents=600)
    address = event.get_absolute_url()
    to_account = f"/account/?next={quote(address, safe='')}"
    visitor = newcomer()

    page = sign_in(visitor, event, "gearfox", ticked=("email",))
    assert (shown(page), page.refusals) == ((200, address), {"patreon-unknown": to_account})
    page = visitor.post(f"{address}register/")
    assert (page.status, list(page.refusals)) == (409, ["patreon-unknown"])
    assert rows(event) == []

    assert shown(visitor.take_step("patreon-unknown")) == (200, to_account)
    visitor.press("Verify again")
    page = consent(visitor, "gearfox")
    assert (shown(page), page.refusals) == ((200, address), {})
    assert visitor.press("Take a place").place == "You are in"
    assert rows(event) == [("U-gearfox", "confirmed")]


# --- With a local account ----------------------------------------------------------------------


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

    # The mail may be opened on another device, where nobody is signed in.
    page = newcomer().visit(confirmation_link(mailbox))
    assert (page.status, page.heading) == (200, "Confirm your e-mail address")
    assert list(visitor.visit(address).refusals) == ["email-unconfirmed"]
    visitor.visit(confirmation_link(mailbox))
    page = visitor.press("Yes, confirm it")
    assert shown(page) == (200, "/account/")
    assert page.messages == ["Your e-mail address is confirmed."]

    visitor.visit(address)
    assert visitor.press("Take a place").place == "You are in"
    assert rows(event) == [(None, "confirmed")]


def confirmation_link(mailbox: Path) -> str:
    """The one link in the one mail."""
    (mail,) = mailbox.iterdir()
    (address,) = (line for line in mail.read_text().splitlines() if line.startswith("http://"))
    return address


def test_local_account_links_neos_where_the_event_asks_for_it(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    address = event.get_absolute_url()
    to_account = f"/account/?next={quote(address, safe='')}"
    attendee = make_local_attendee()
    visitor = newcomer()
    sign_in_locally(visitor, attendee.user)

    page = visitor.visit(address)
    assert page.refusals == {"neos-required": to_account}
    page = visitor.post(f"{address}register/")
    assert (page.status, list(page.refusals)) == (409, ["neos-required"])

    assert shown(visitor.take_step("neos-required")) == (200, to_account)
    visitor.press("Link your Neos account")
    page = consent(visitor, PLAIN)
    assert (shown(page), page.refusals) == ((200, address), {})
    assert visitor.press("Take a place").place == "You are in"
    assert rows(event) == [("U-Plain-Visitor", "confirmed")]
    assert links() == [("U-Plain-Visitor", attendee.user.username)]
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
            "This Neos account is already linked to another account of this site. "
            "Sign out, then sign in with Neos to use that one.",
        ),
    )
    assert links() == [("U-Plain-Visitor", "U-Plain-Visitor")]
    assert list(visitor.visit(event.get_absolute_url()).refusals) == ["neos-required"]


def test_unlinking_waits_until_gated_places_are_given_up(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    attendee = make_local_attendee()
    visitor = newcomer()
    sign_in_locally(visitor, attendee.user)
    link(visitor, PLAIN)
    visitor.visit(event.get_absolute_url())
    visitor.press("Take a place")

    visitor.visit("/account/")
    page = visitor.press("Yes, unlink")
    assert (page.status, page.failure) == (
        403,
        (
            "gated_places",
            "You hold places that need your Neos account. Cancel them first, then unlink Neos.",
        ),
    )
    assert links() == [("U-Plain-Visitor", attendee.user.username)]

    visitor.visit("/registrations/")
    visitor.press("Yes, give it up")
    visitor.visit("/account/")
    assert shown(visitor.press("Yes, unlink")) == (200, "/account/")
    assert links() == []
    assert rows(event) == [(None, "cancelled")]


# --- Requests that no page of the site sends ---------------------------------------------------


def test_visiting_an_address_that_takes_posts_changes_nothing(newcomer: Newcomer) -> None:
    event, other = make_event(neos_required=True), make_event()
    visitor = newcomer()
    sign_in(visitor, event, PLAIN)
    visitor.press("Take a place")
    code = Registration.objects.get().code

    visits = {
        f"{other.get_absolute_url()}register/": (200, other.get_absolute_url()),
        f"/registrations/{code}/cancel/": (200, "/registrations/"),
        "/account/confirmation/": (405, "/account/confirmation/"),
        "/accounts/logout/": (405, "/accounts/logout/"),
        "/auth/login/neos/": (405, "/auth/login/neos/"),
        "/auth/disconnect/neos/": (405, "/auth/disconnect/neos/"),
    }
    assert {address: shown(visitor.visit(address)) for address in visits} == visits
    assert (rows(event), rows(other)) == ([("U-Plain-Visitor", "confirmed")], [])
    assert links() == [("U-Plain-Visitor", "U-Plain-Visitor")]


def test_form_with_a_wrong_token_is_refused(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    visitor = newcomer()
    sign_in(visitor, event, PLAIN)

    page = visitor.press("Take a place", csrfmiddlewaretoken="x" * 64)
    assert shown(page) == (403, f"{event.get_absolute_url()}register/")
    assert (page.heading, page.refusals) == ("Not for you", {})
    assert rows(event) == []


def test_stranger_cannot_cancel_somebody_elses_registration(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    owner, stranger = newcomer(), newcomer()
    sign_in(owner, event, PLAIN)
    owner.press("Take a place")
    sign_in(stranger, event, AMBER)
    stranger.press("Take a place")
    taken = Registration.objects.get(attendee__neos_id="U-Plain-Visitor")

    page = stranger.post(f"/registrations/{taken.code}/cancel/")
    assert (page.status, page.heading) == (404, "Nothing here")
    missing = stranger.post(f"/registrations/{uuid4()}/cancel/")
    assert (missing.status, missing.root.text) == (404, page.root.text)
    assert rows(event) == [("U-Plain-Visitor", "confirmed"), ("U-Amber-Alpaca", "confirmed")]
