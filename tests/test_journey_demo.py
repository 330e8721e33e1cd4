"""The demo in a real browser, which comes by another name of this machine and reads its mails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from events import places
from events.messages import delivery
from tests.factories import make_event, make_local_attendee
from tests.looking import Watcher, look_at, open_page
from tests.people import rows
from tests.servers import Site, running_site
from tests.states.of_demo import mails_of_one_test

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def mails(transactional_db: None, settings: Settings) -> Iterator[Path]:
    """Where the site keeps its mails, which this process sends as housekeeping would."""
    settings.EMAIL_BACKEND = "events.messages.kept.EmailBackend"
    with mails_of_one_test() as settings.SANDBOX_MAIL:
        yield settings.SANDBOX_MAIL


@pytest.fixture
def site(mails: Path) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application", EMAIL_URL="") as site:
        yield site
        assert "Traceback" not in site.output


def test_sign_in_works_from_the_number_of_this_machine(site: Site) -> None:
    event = make_event(neos_required=True)
    address = event.get_absolute_url()

    with open_page(runs_scripts=False) as page:
        page.goto(f"{site.url.replace('localhost', '127.0.0.1')}{address}")
        page.get_by_role("main").get_by_role("link", name="Sign in").first.click()
        page.get_by_role("button", name="Sign in with Neos").click()
        page.get_by_role("button", name="Plain Visitor").click()
        page.get_by_role("button", name="Allow").click()
        assert page.url == f"{site.url}{address}"
        page.get_by_role("button", name="Take a place").first.click()

    assert rows(event) == [("U-Plain-Visitor", "confirmed")]


def test_link_of_a_mail_is_followed_from_its_frame(
    site: Site, mails: Path, settings: Settings
) -> None:
    settings.SITE_URL = site.url
    event = make_event(title="Tea")
    mine = places.register(user=make_local_attendee().user, bookable=event)
    page_of_it = f"/registrations/{mine.code}/"
    assert delivery.deliver_due() == delivery.Delivered(sent=1)

    with open_page(runs_scripts=False) as page:
        watcher = Watcher(page, site.url)
        page.goto(site.url)
        page.get_by_role("link", name="Mails of this demo").click()
        look_at(page, "demo-mails")
        page.locator(".mails").get_by_role("link").click()
        link = page.frame_locator("iframe").get_by_role("link").first
        link.wait_for()  # a frame that is left while it loads counts as a fault
        look_at(page, "demo-mail")
        page.get_by_role("link", name="As text").click()
        look_at(page, "demo-mail-text")
        assert page.get_by_role("link", name=f"{site.url}{page_of_it}").count() == 1
        page.get_by_role("link", name="As HTML").click()
        link.click()
        page.wait_for_url(f"{site.url}/accounts/login/?next={page_of_it}")
        assert watcher.faults == []
