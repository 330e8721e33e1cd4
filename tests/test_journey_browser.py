"""The main journey in a real browser, in which the attendee's pages run no JavaScript.

Pictures of every page are kept in `var/screenshots/`.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from events import places
from events.models import Event
from tests.factories import make_attendee, make_event, make_organizer, make_perk, make_workshop
from tests.looking import Watcher, look_at, open_page
from tests.people import rows
from tests.servers import Site, running_site

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site
        assert "Traceback" not in site.output


def make_gated_event() -> Event:
    """An event with something in every part of its page."""
    event = make_event(
        title="Shader night: light, fog and glass",
        slug="shader-night",
        summary="Bring a world of yours, leave with a better looking one.",
        description="We build **three** materials together.\n\n- fog\n- glass\n\nBring headphones.",
        time_zone="Asia/Tokyo",
        neos_required=True,
        capacity=20,
        session_url="neos-session:///S-shader-night",
        session_opens_minutes=10_080,
    )
    make_perk(event, label="Blade Runner", early_hours=24, discount_percent=25)
    make_workshop(event, title="Fog for beginners", slug="fog", capacity=4, price=500)
    return event


def make_other_events() -> None:
    starts_at = timezone.now() + timedelta(days=14)
    make_event(title="霧の中のお茶会", slug="tea", time_zone="Asia/Tokyo", starts_at=starts_at)
    make_event(title="Cancelled gathering", status=Event.Status.CANCELLED, starts_at=starts_at)
    make_event(title="Avatar_masterclass_" * 5, price=1250, capacity=12, starts_at=starts_at)


def test_attendee_gets_in_without_javascript(site: Site) -> None:
    event = make_gated_event()
    make_other_events()

    with open_page(runs_scripts=False) as page:
        watcher = Watcher(page, site.url)
        page.goto(f"{site.url}/")
        look_at(page, "list")
        page.get_by_role("link", name=event.title, exact=True).click()
        look_at(page, "event-signed-out")
        sign_in_with_neos(page)
        assert page.url == f"{site.url}{event.get_absolute_url()}"
        look_at(page, "event-before")
        page.get_by_role("button", name="Take a place").first.click()
        assert page.get_by_role("heading", level=1).all_inner_texts() == ["You are in"]
        look_at(page, "place")
        page.get_by_role("link", name=event.title, exact=True).click()
        look_at(page, "event-after")
        look_around(page)
        assert watcher.faults == []

    assert rows(event) == [("U-Plain-Visitor", "confirmed")]


def test_attendee_gives_up_without_javascript(site: Site) -> None:
    event = make_gated_event()

    with open_page(runs_scripts=False) as page:
        page.goto(f"{site.url}{event.get_absolute_url()}")
        sign_in_with_neos(page)
        page.get_by_role("button", name="Take a place").first.click()
        give_up(page)

    assert rows(event) == [("U-Plain-Visitor", "cancelled")]


def sign_in_with_neos(page: Page) -> None:
    """From a page on which signing in is the next step, back to it."""
    page.get_by_role("main").get_by_role("link", name="Sign in").first.click()
    look_at(page, "login")
    page.get_by_role("button", name="Sign in with Neos").click()
    look_at(page, "sandbox-login")
    page.get_by_role("button", name="Plain Visitor").click()
    look_at(page, "consent")
    page.get_by_role("button", name="Allow").click()


def look_around(page: Page) -> None:
    page.get_by_role("link", name="My places", exact=True).click()
    look_at(page, "registrations")
    page.get_by_role("banner").get_by_role("link", name="Plain Visitor").click()
    look_at(page, "account")


def give_up(page: Page) -> None:
    """Folding open what asks for confirmation is the browser's own doing."""
    page.get_by_role("link", name="My places", exact=True).click()
    page.get_by_text("Give up this place").click()
    look_at(page, "registrations-giving-up")
    page.get_by_role("button", name="Yes, give it up").click()
    assert page.get_by_role("status").all_inner_texts() == ["You have given your place up."]
    look_at(page, "registrations-cancelled")


def test_missing_page_says_what_to_do_next(site: Site) -> None:
    with open_page(runs_scripts=False) as page:
        answer = page.goto(f"{site.url}/events/never-planned/")
        assert answer is not None
        assert answer.status == 404
        look_at(page, "404")
        page.get_by_role("link", name="See the events").click()
        assert page.url == f"{site.url}/"


def test_organizer_reads_the_list_of_registrations(site: Site) -> None:
    organizer = make_organizer()
    event = make_event(capacity=1, organizers=[organizer])
    for name in ("Amber", "Birch", "白い 狐"):
        places.register(user=make_attendee(neos_username=name).user, bookable=event)

    with open_page(runs_scripts=True) as page:
        watcher = Watcher(page, site.url)
        page.goto(f"{site.url}/admin/events/registration/")
        page.get_by_label("Username").fill(organizer.username)
        page.get_by_label("Password").fill("secret")
        page.get_by_role("button", name="Log in").click()
        look_at(page, "admin-list", has_own_controls=False)
        names = page.locator("#result_list .field-person").all_inner_texts()
        assert names == ["白い 狐", "Birch", "Amber"]
        page.goto(f"{site.url}/admin/events/event/{event.pk}/change/")
        look_at(page, "admin-event", has_own_controls=False)
        assert watcher.faults == []
