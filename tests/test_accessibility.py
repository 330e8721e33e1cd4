"""Every page and state as WCAG 2.2 AA wants it: asked of axe in a real browser.

A server and a browser, because contrast, sizes and focus are there only once a page is drawn. Rows
are made first; each state is one address, seen on a desk by day and on a small phone by night.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from events import places
from events.models import Event, Host, SitePage
from events.payments.providers import manual
from tests.factories import (
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_perk,
    make_workshop,
)
from tests.looking import look_at, open_page
from tests.servers import Site, running_site

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

RULES = {
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: At most one filled button, and nothing takes the focus by itself.
COUNT = """() => ({
    primary: document.querySelectorAll(".primary").length,
    autofocus: document.querySelectorAll("[autofocus]").length,
})"""


@dataclass(frozen=True)
class State:
    """A page as somebody sees it; nobody is signed in without `by`."""

    name: str
    address: str
    by: User | None = None


def make_states() -> list[State]:
    """An event in every state, and people in every relation to it."""
    now = timezone.now()
    host = Host.objects.create(name="Lantern Club", slug="lantern-club", about="We **build**.")
    SitePage.objects.create(name="imprint", text="# Who we are\n\nA club.")
    ada, guest = make_attendee(neos_username="Ada"), make_local_attendee()
    plain = make_event(title="Open", capacity=3, kind="music", summary="Bring a song.")
    plain.hosts.add(host)
    paid = make_event(title="Paid", price=1500, capacity=2, description="# Why\n\n- to see\n")
    make_perk(paid, label="Patron", early_hours=24, discount_percent=10)
    for number in range(2):
        make_workshop(paid, title=f"Part {number}", capacity=number, price=500 * number)
    soon = make_event(title="Soon", opens_at=now + DAY)
    full = make_event(title="Full", capacity=0)
    shut = make_event(title="No list", capacity=0, has_waitlist=False)
    drawn = make_event(title="Draw", capacity=1, draw_at=now + DAY)
    gone = make_event(title="Gone", status=Event.Status.CANCELLED)
    over = make_event(title="Over", starts_at=now - DAY, ends_at=now - 22 * HOUR)
    running = make_event(
        title="Now", starts_at=now - HOUR, ends_at=now + HOUR, session_url="neos-session:///S-1"
    )
    mine = [
        places.register(user=ada.user, bookable=event)
        for event in (plain, paid, full, drawn, running)
    ]
    manual.mark_paid(registration=mine[1], by=make_organizer())
    held = places.register(user=ada.user, bookable=make_event(title="Held", price=500))
    events = [plain, paid, soon, full, shut, drawn, gone, over, running]
    return [
        State("list", "/"),
        State("list-past", "/?when=past"),
        State("list-mine", "/", ada.user),
        *(State(f"event-{e.title}", e.get_absolute_url()) for e in events),
        *(State(f"event-mine-{r.event.title}", r.event.get_absolute_url(), ada.user) for r in mine),
        State("event-local", paid.get_absolute_url(), guest.user),
        State("places", "/registrations/", ada.user),
        State("places-none", "/registrations/", guest.user),
        State("pay", f"/registrations/{held.code}/pay/", ada.user),
        State("paid", f"/registrations/{held.code}/paid/", ada.user),
        State("account", "/account/", ada.user),
        State("account-local", "/account/", guest.user),
        State("login", "/accounts/login/"),
        State("signup", "/accounts/signup/"),
        State("reset", "/accounts/password_reset/"),
        State("missing", "/events/never-planned/"),
    ]


def axe_faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {node['html'][:120]}" for v in found for node in v["nodes"]]


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site


def test_every_page_is_accessible_in_every_state(site: Site) -> None:
    states = make_states()
    cookies = {state.by: cookie_of(state.by) for state in states if state.by}
    faults: dict[str, object] = {}
    with open_page(runs_scripts=True) as page:
        for state in states:
            page.context.clear_cookies()
            if state.by:
                page.context.add_cookies(
                    [{"name": "sessionid", "value": cookies[state.by], "url": site.url}]
                )
            page.goto(f"{site.url}{state.address}")
            for width, scheme in ((1280, "light"), (320, "dark")):
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                if found := axe_faults(page):
                    faults[f"{state.name} {width}"] = found
            look_at(page, f"state-{state.name}")
            counted = page.evaluate(COUNT)
            if counted["primary"] > 1 or counted["autofocus"]:
                faults[state.name] = counted

    assert faults == {}


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def test_axe_finds_a_page_that_is_not(site: Site) -> None:
    """The control: without a label, and in grey on grey."""
    with open_page(runs_scripts=True) as page:
        page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><input></main>')
        assert [fault.partition(":")[0] for fault in axe_faults(page)] == ["label"]
