"""The zone of the browser is proposed once: one tap takes it, nothing moves, nobody asks again.

A server and a browser, because only a browser knows its zone, and what moves when it is asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.factories import NOON, make_event
from tests.gates import axe_faults, put_axe
from tests.looking import ARGUMENTS, MEASURE, MILLISECONDS, TARGET, Watcher, find_chromium
from tests.servers import Site, running_site

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

MOVED = """() => new Promise(done => {
    const sum = list => list.getEntries().reduce((all, entry) => all + entry.value, 0);
    const observer = new PerformanceObserver(list => done(sum(list)));
    observer.observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(0)));
})"""
IS_COVERED = """() => {
    scrollTo(0, document.body.scrollHeight);
    const bar = document.getElementById("zone-proposal").getBoundingClientRect();
    return document.querySelector(".site-footer").getBoundingClientRect().bottom > bar.top + 1;
}"""
TIMES = {
    "Asia/Tokyo": "Sun 2 June 2030, 21:00 – 23:00",
    "America/New_York": "Sun 2 June 2030, 08:00 – 10:00",
}


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site


@contextmanager
def browser_in(zone: str) -> Iterator[Page]:
    """Open the smallest phone of somebody who lives in this zone."""
    with sync_playwright() as playwright:
        launch = playwright.chromium.launch
        browser = launch(executable_path=find_chromium(), args=ARGUMENTS)
        context = browser.new_context(
            timezone_id=zone, locale="en-GB", viewport={"width": 320, "height": 640}
        )
        context.set_default_timeout(MILLISECONDS)
        try:
            yield context.new_page()
        finally:
            browser.close()


def is_asked(page: Page) -> bool:
    return page.locator("#zone-proposal").is_visible()


@pytest.mark.parametrize("zone", TIMES)
def test_zone_of_the_browser_is_taken_with_one_tap(site: Site, zone: str) -> None:
    make_event(slug="jam", starts_at=NOON.replace(day=2), time_zone="Europe/Berlin")
    with browser_in(zone) as page:
        watcher = Watcher(page, site.url)
        put_axe(page)
        page.goto(f"{site.url}/events/jam/")
        assert page.locator("#zone-question").inner_text() == f"Show times in {zone}?"
        faults = [*axe_faults(page), *(f for f in page.evaluate(MEASURE, TARGET).values() if f)]
        assert (faults, page.evaluate(MOVED), page.evaluate(IS_COVERED)) == ([], 0, False)

        page.get_by_role("button", name="Yes").click()
        page.wait_for_selector("text=your time")
        assert page.url == f"{site.url}/events/jam/"
        shown = page.locator(".hero .mine-time").inner_text().replace("\xa0", " ")
        assert " ".join(shown.split()) == TIMES[zone]
        assert [is_asked(page), *(asked_at(page, site, path) for path in PATHS)] == [False] * 4
        assert watcher.faults == []


PATHS = ("/", "/calendar/month/", "/accounts/login/")


def asked_at(page: Page, site: Site, path: str) -> bool:
    page.goto(f"{site.url}{path}")
    return is_asked(page)


def test_who_says_no_is_not_asked_again_and_can_still_choose(site: Site) -> None:
    with browser_in("Asia/Tokyo") as page:
        assert asked_at(page, site, "/calendar/month/") is True
        page.get_by_role("button", name="No", exact=True).click()
        page.wait_for_load_state()
        assert [asked_at(page, site, path) for path in PATHS] == [False] * 3

        page.get_by_role("link", name="Times in the zone of each event").click()
        page.get_by_label("Time zone", exact=True).select_option("Australia/Lord_Howe")
        page.get_by_role("button", name="Show times in this zone").click()
        page.wait_for_selector("text=Times are now shown in the zone Australia/Lord_Howe.")
        assert page.url == f"{site.url}/accounts/login/"


def test_other_zone_opens_the_zones_near_the_browsers(site: Site) -> None:
    with browser_in("America/New_York") as page:
        page.goto(site.url)
        page.get_by_role("link", name="Other zone").click()
        page.wait_for_selector("h1")
        assert page.get_by_label("Time zone", exact=True).input_value() == "America/New_York"
        assert is_asked(page) is False


def test_browser_that_hides_where_it_is_is_not_asked(site: Site) -> None:
    with browser_in("UTC") as page:
        assert asked_at(page, site, "/") is False
