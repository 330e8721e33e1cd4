"""A patron waits for a paid place, pays for it and gives it up, in a browser without JavaScript."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connections
from playwright.sync_api import Page

from events import places
from events.models import Event, Payment, Refund, Registration, Workshop
from events.payments.providers import manual
from tests.factories import make_attendee, make_event, make_organizer, make_perk, make_workshop
from tests.lines import register, status
from tests.looking import Watcher, look_at, open_page
from tests.people import Visitor, sign_in
from tests.servers import ROOT, Site, database_url, running_site

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

SECONDS = 90
Found = TypeVar("Found")
PAYING = {"PAYMENT_PROVIDER": "sandbox"}


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application", **PAYING) as site:
        yield site
        assert "Traceback" not in site.output


def elsewhere(act: Callable[[], Found]) -> Found:
    """In a thread of its own: in this one Playwright runs an event loop, which Django refuses."""

    def act_and_leave() -> Found:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act_and_leave).result()


def keep_house() -> None:
    """One round, as beside a real site."""
    environment = {"DATABASE_URL": database_url(), "DEBUG": "1", "EMAIL_URL": "dummymail://"}
    subprocess.run(
        [sys.executable, "manage.py", "housekeeping"],
        cwd=ROOT,
        env=os.environ | environment | PAYING,
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )


def full_workshop() -> tuple[Workshop, Registration]:
    """Its only place is paid for by somebody."""
    event = make_event(
        title="Festival of Worlds", slug="festival", time_zone="Europe/Berlin", refund_days=2
    )
    make_perk(event, min_cents=1200, discount_percent=25, label="Gunter patron")
    workshop = make_workshop(event, title="Materials that glow", capacity=1, price=1000)
    somebody = make_attendee()
    register(somebody, event)
    taken = register(somebody, workshop)
    manual.mark_paid(registration=taken, by=make_organizer())
    return workshop, taken


def newest() -> Registration:
    return Registration.objects.select_related("event", "workshop").latest("pk")


def test_patron_waits_pays_and_gets_the_money_back(site: Site) -> None:
    workshop, taken = full_workshop()

    with open_page(runs_scripts=False) as page:
        watcher = Watcher(page, site.url)
        wait_in_line(page, site, workshop.event)
        elsewhere(lambda: places.cancel(registration=taken, in_full=False))
        pay(page)
        mine = elsewhere(newest)
        assert elsewhere(lambda: status(mine)) == "confirmed"
        see_nothing_of_others(site, workshop.event, mine)
        give_up(page)
        assert watcher.faults == []

    assert money_of(mine) == [(750, "failed"), (750, "refund_due")]
    keep_house()
    assert money_of(mine) == [(750, "failed"), (750, "refunded")]
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, refund.currency) == ("done", 750, "EUR")
    keep_house()
    assert Refund.objects.count() == 1


def money_of(registration: Registration) -> list[tuple[int, str]]:
    q = Payment.objects.filter(registration=registration).order_by("pk")
    return list(q.values_list("amount", "status"))


def wait_in_line(page: Page, site: Site, event: Event) -> None:
    page.goto(f"{site.url}{event.get_absolute_url()}")
    page.get_by_role("main").get_by_role("link", name="Sign in").first.click()
    page.get_by_role("button", name="Sign in with Neos").click()
    page.get_by_role("button", name="gearfox").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("button", name="Take a place").first.click()
    page.get_by_role("link", name="Materials that glow").click()
    page.get_by_role("button", name="Join the waitlist").click()
    assert page.get_by_text("You are number 1 in line.").count() == 1
    look_at(page, "money-waiting")


def pay(page: Page) -> None:
    """The perk's price, a deadline, the provider's page, and back."""
    page.get_by_role("navigation").get_by_role("link", name="My places").click()
    assert page.get_by_text("€7.50 – the place is kept for you for 23 hours").count() == 1
    look_at(page, "money-held")
    page.get_by_role("link", name="Pay €7.50").click()
    assert page.get_by_text("Gunter patron").count() == 1
    look_at(page, "money-pay")
    page.get_by_role("button", name="Pay €7.50").click()
    look_at(page, "money-sandbox")
    page.get_by_role("button", name="Fail", exact=True).click()
    assert page.get_by_text("No money has come.").count() == 1
    look_at(page, "money-failed")
    page.get_by_role("link", name="Pay €7.50").click()
    page.get_by_role("button", name="Pay €7.50").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["You are in"]
    look_at(page, "money-paid")
    page.get_by_role("link", name="Receipt").click()
    assert page.get_by_text("€7.50", exact=True).count() == 1
    look_at(page, "money-receipt")


def see_nothing_of_others(site: Site, event: Event, mine: Registration) -> None:
    reference = elsewhere(lambda: Payment.objects.get(registration=mine, status="paid").reference)
    with Visitor(site.url) as stranger:
        sign_in(stranger, event, "Plain Visitor")
        addresses = [f"/registrations/{mine.code}/{page}/" for page in ("pay", "paid", "cancel")]
        addresses += [f"/registrations/{mine.code}/{page}" for page in ("", "receipt/")]
        for address in (*addresses, f"/sandbox/pay/{reference}/"):
            assert stranger.visit(address).status in (404, 405)
        assert "Materials that glow" not in stranger.visit("/registrations/").root.text


def give_up(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="My places").click()
    card = page.get_by_role("listitem").filter(has_text="Materials that glow")
    card.get_by_text("Give up this place").click()
    assert card.get_by_text("You get €7.50 back.").count() == 1
    look_at(page, "money-giving-up")
    card.get_by_role("button", name="Yes, give it up").click()
    look_at(page, "money-given-up")
