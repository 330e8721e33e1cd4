"""Journeys with Neos over HTTP: a real server, the sandbox as Neos, people who click through pages.

Those with a local account are in `test_journey_local`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from events.models import Attendee, Registration
from tests.factories import make_event, make_organizer
from tests.people import Newcomer, Visitor, consent, links, newcomers, rows, shown, sign_in
from tests.platform import DISCONNECT, KEY, LOGIN, PLATFORM, words
from tests.servers import Site, running_site

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]

PLAIN, AMBER, BIRCH = "Plain Visitor", "Amber Alpaca", "Birch Beaver"


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    """A site of this test's own, none of whose pages may break."""
    with running_site(application="tests.without_debug:application", OUTSIDE_CALLS="10") as site:
        yield site
        assert "Traceback" not in site.output


@pytest.fixture
def newcomer(site: Site) -> Iterator[Newcomer]:
    with newcomers(site.url) as newcomer:
        yield newcomer


# --- The way in, and out again -----------------------------------------------------------------


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
    page = visitor.press(words("Sign in with Neos"))
    assert page.url.startswith(f"{site.url}{PLATFORM.sandbox}/connect/authorize?") is True
    assert page.heading == "Who do you want to be?"
    assert visitor.press(PLAIN).heading == f"Hello, {PLAIN}"
    page = visitor.press("Allow")
    assert (shown(page), page.refusals, page.place) == ((200, address), {}, None)
    assert rows(event) == []

    page = visitor.press("Take a place")
    code = Registration.objects.get().code
    assert (shown(page), page.place) == ((200, f"/registrations/{code}/"), "You are in")
    assert visitor.visit(address).place == "You are in"
    assert rows(event) == [(PLATFORM.plain, "confirmed")]
    assert links() == [(PLATFORM.plain, PLATFORM.plain)]

    assert shown(visitor.press("Sign out")) == (200, "/")
    page = visitor.visit(address)
    assert (page.place, list(page.refusals)) == (None, ["sign-in-required"])


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
        assert visitor.press(button).place == place
        assert visitor.visit(event.get_absolute_url()).place == place

    page = first.press("Yes, give it up")
    assert shown(page) == (200, "/registrations/")
    assert page.messages == ["You have given your place up."]
    assert first.visit(event.get_absolute_url()).place is None
    assert second.visit(event.get_absolute_url()).place == "You are in"
    assert third.visit(event.get_absolute_url()).place == (
        "On the waitlist You are number 1 in line."
    )
    assert rows(event) == [
        (PLATFORM.plain, "cancelled"),
        (PLATFORM.amber, "confirmed"),
        (PLATFORM.birch, "waitlisted"),
    ]
    assert admin_list(newcomer(), organizer) == [
        ["Birch Beaver", PLATFORM.birch, event.title, "on the waitlist, number 1"],
        ["Amber Alpaca", PLATFORM.amber, event.title, "confirmed"],
        ["Plain Visitor", PLATFORM.plain, event.title, "cancelled"],
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


def test_first_sign_ins_of_one_person_at_once_make_one_account(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    browsers = [newcomer() for _ in range(6)]
    for browser in browsers:
        browser.visit(event.get_absolute_url())
        browser.take_step("sign-in-required")
        browser.press(words("Sign in with Neos"))
        browser.press(PLAIN)

    with ThreadPoolExecutor(len(browsers)) as pool:
        pages = list(pool.map(lambda browser: browser.press("Allow"), browsers))

    assert [shown(page) for page in pages] == [(200, event.get_absolute_url())] * len(browsers)
    assert [page.refusals for page in pages] == [{}] * len(browsers)
    assert links() == [(PLATFORM.plain, PLATFORM.plain)]
    assert (User.objects.count(), Attendee.objects.count()) == (1, 1)


def test_declined_consent_changes_nothing(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    visitor = newcomer()

    visitor.visit(event.get_absolute_url())
    visitor.take_step("sign-in-required")
    visitor.press(words("Sign in with Neos"))
    visitor.press(PLAIN)
    page = visitor.press("Decline")
    assert (page.status, page.failure) == (
        403,
        (
            "authorization_declined",
            words("You did not allow the sign-in at Neos, so nothing has changed here."),
        ),
    )
    assert (User.objects.count(), Attendee.objects.count(), links()) == (0, 0, [])

    page = visitor.visit(event.get_absolute_url())
    assert (page.status, list(page.refusals)) == (200, ["sign-in-required"])
    assert shown(visitor.visit("/account/")) == (200, "/accounts/login/?next=/account/")


@pytest.mark.skipif(KEY == "resonite", reason="Resonite asks nobody about it")
def test_declined_patreon_is_asked_for_again_where_it_matters(newcomer: Newcomer) -> None:
    event = make_event(patron_cents=600)
    address = event.get_absolute_url()
    to_account = f"/account/?next={quote(address, safe='')}&step=neos#neos"
    visitor = newcomer()

    page = sign_in(visitor, event, "gearfox", ticked=("email",))
    assert (shown(page), page.refusals) == ((200, address), {"patreon-unknown": to_account})
    page = visitor.post(f"{address}register/")
    assert (page.status, list(page.refusals)) == (409, ["patreon-unknown"])
    assert rows(event) == []

    assert shown(visitor.take_step("patreon-unknown")) == (200, to_account.removesuffix("#neos"))
    visitor.press(words("Verify with Neos again"))
    page = consent(visitor, "gearfox")
    assert (shown(page), page.refusals) == ((200, address), {})
    assert visitor.press("Take a place").place == "You are in"
    assert rows(event) == [("U-gearfox", "confirmed")]


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
        LOGIN: (405, LOGIN),
        DISCONNECT: (405, DISCONNECT),
    }
    assert {address: shown(visitor.visit(address)) for address in visits} == visits
    assert (rows(event), rows(other)) == ([(PLATFORM.plain, "confirmed")], [])
    assert links() == [(PLATFORM.plain, PLATFORM.plain)]


def test_form_with_a_wrong_token_is_refused(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    visitor = newcomer()
    sign_in(visitor, event, PLAIN)

    page = visitor.press("Take a place", csrfmiddlewaretoken="x" * 64)
    assert shown(page) == (403, f"{event.get_absolute_url()}register/")
    assert (page.heading, page.refusals) == ("Please send the form again", {})
    assert rows(event) == []


def test_stranger_cannot_cancel_somebody_elses_registration(newcomer: Newcomer) -> None:
    event = make_event(neos_required=True)
    owner, stranger = newcomer(), newcomer()
    sign_in(owner, event, PLAIN)
    owner.press("Take a place")
    sign_in(stranger, event, AMBER)
    stranger.press("Take a place")
    taken = Registration.objects.get(attendee__neos_id=PLATFORM.plain)

    page = stranger.post(f"/registrations/{taken.code}/cancel/")
    assert (page.status, page.heading) == (404, "Nothing here")
    missing = stranger.post(f"/registrations/{uuid4()}/cancel/")
    assert (missing.status, missing.root.text) == (404, page.root.text)
    assert rows(event) == [(PLATFORM.plain, "confirmed"), (PLATFORM.amber, "confirmed")]
