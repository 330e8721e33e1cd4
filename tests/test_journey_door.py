"""Check in at the door on a phone: by touch without JavaScript, and by the keyboard alone.

A browser, because only that knows where the focus goes and how large a button is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page

from events import places
from events.models import Event, Registration
from tests.factories import make_attendee, make_event, make_organizer, make_workshop
from tests.gates import LENSES, axe_faults, put_axe
from tests.lines import register
from tests.looking import SCREENSHOTS, Watcher, open_page
from tests.servers import Site, running_site
from tests.tour import session_of

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

#: Our own controls on the page, and how far it can be moved sideways.
MEASURE = """() => [
    [...document.querySelectorAll("#content-main :is(button, label:has(input), nav a)")]
        .filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML),
    document.documentElement.scrollWidth - window.innerWidth,
]"""
#: The admin's links change colour slowly, also from day to night.
SETTLE = "() => Promise.all(document.getAnimations().map(each => each.finished))"
FOCUS = "() => [document.activeElement.id, document.activeElement.innerText]"


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site
        assert "Traceback" not in site.output


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def jam(mika: User) -> Event:
    """People of every kind: confirmed, in, unpaid, waiting."""
    event = make_event(
        title="Lantern walk",
        organizers=[mika],
        starts_at=timezone.now() + timedelta(hours=1),
        capacity=4,
    )
    make_workshop(event, title="Fog")
    came = [register(make_attendee(neos_username=n), event) for n in ("Ada", "Bo", "Came")][-1]
    places.check_in(registration=came, by=mika)
    Event.objects.update(price=500, payment_days=3)
    for name in ("Ada unpaid", "Ada waiting"):
        register(make_attendee(neos_username=name), Event.objects.get())
    return event


@contextmanager
def phone(site: Site, user: User, *, runs_scripts: bool, width: int = 360) -> Iterator[Page]:
    session = session_of(user)
    with open_page(runs_scripts=runs_scripts) as page:
        browser = page.context.browser
        assert browser is not None
        context = browser.new_context(
            java_script_enabled=runs_scripts,
            has_touch=True,
            locale="en-GB",
            viewport={"width": width, "height": 740},
        )
        context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
        yield context.new_page()


def tap(page: Page, target: Locator) -> None:
    """Tap, and wait for the page behind it."""
    with page.expect_navigation():
        target.tap()


def came() -> list[str]:
    q = Registration.objects.filter(checked_in_at__isnull=False).order_by("checked_in_at")
    return list(q.values_list("attendee__neos_username", flat=True))


def test_door_on_a_phone_by_touch_without_javascript(site: Site, mika: User, jam: Event) -> None:
    with phone(site, mika, runs_scripts=False) as page:
        watcher = Watcher(page, site.url)
        page.goto(f"{site.url}/admin/events/event/{jam.pk}/desk/")
        tap(page, page.get_by_role("link", name="Check-in", exact=True).first)
        counts = [page.locator(".attendance").inner_text()]
        page.get_by_label("Name, Neos id").tap()
        page.keyboard.type("ＢＯ")  # noqa: RUF001 - as a Japanese keyboard types it
        tap(page, page.get_by_role("button", name="Search"))
        found = page.locator(".guest h3").all_inner_texts()
        tap(page, page.get_by_role("button", name="Check in"))
        said = [page.locator(".messagelist").inner_text()]
        counts.append(page.locator(".attendance").inner_text())
        page.screenshot(path=SCREENSHOTS / "door-360.png", full_page=True)
        tap(page, page.get_by_role("button", name="Undo"))
        said.append(page.locator(".messagelist").inner_text())
        assert watcher.faults == []

    assert (counts, found) == (["1 of 3 in", "2 of 3 in"], ["Bo"])
    assert (said[0].startswith("Bo ("), said[0].endswith(") is in.")) == (True, True)
    assert "is not in any more. mika had noted it," in said[1]
    assert came() == ["Came"]


def test_door_by_the_keyboard_alone(site: Site, mika: User, jam: Event) -> None:
    """Search, Enter, and one more Enter; then the field has the focus again, empty."""
    with phone(site, mika, runs_scripts=True) as page:
        page.goto(f"{site.url}/admin/events/event/{jam.pk}/check-in/#search")
        focus = [page.evaluate(FOCUS)]
        page.keyboard.type("bo")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        focus.append(page.evaluate(FOCUS))
        seen = page.locator(".guest h3").is_visible()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        focus.append(page.evaluate(FOCUS))
        page.keyboard.type("ada")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        focus.append(page.evaluate(FOCUS))

    assert focus == [["search", ""], ["found", "Check in"], ["search", ""], ["found", "3 found"]]
    assert (seen, came()) == (True, ["Came", "Bo"])


def test_door_and_lists_are_accessible(site: Site, mika: User, jam: Event) -> None:
    late = make_event(organizers=[mika])
    register(make_attendee(neos_username="Early"), late)
    start = f"{site.url}/admin/events/event"
    with phone(site, mika, runs_scripts=True, width=1280) as page:
        put_axe(page)
        watcher = Watcher(page, site.url)
        faults: list[object] = []
        for path in ["check-in/", "check-in/?q=ada", "exports/"]:
            page.goto(f"{start}/{jam.pk}/{path}")
            faults += faults_of(page)
        page.goto(f"{start}/{late.pk}/check-in/")
        page.get_by_role("button", name="Check in").press("Enter")
        page.get_by_text("It is early").wait_for()
        faults += faults_of(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Yes, check in now").click()
        faults += faults_of(page)
    assert (faults, watcher.faults) == ([], [])


def faults_of(page: Page) -> list[object]:
    found: list[object] = []
    for width, scheme, rules in LENSES:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(SETTLE)
        small, sideways = page.evaluate(MEASURE)
        found += [f"{page.url} {width} {fault}" for fault in axe_faults(page, rules)]
        found += [f"{page.url} {width} small {each}" for each in small]
        found += [f"{page.url} {width} sideways"] * (sideways > 0)
    return found
