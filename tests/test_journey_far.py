# ruff: noqa: RUF001 - Japanese has marks of its own
"""From a phone in Tokyo, in Japanese, to an event in New York, whose clocks go back meanwhile.

A server and a browser: only a phone has a language, a zone and a narrow screen of its own. All that
is read here was shown or sent; the database is asked nothing. Somebody else stays in, who reads
English and has chosen no zone: mail that she gets was due.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
import time_machine
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import Browser
from pytest_django import Settings

from events import housekeeping
from events.messages import kept
from events.models import Event
from tests import phone
from tests.events.calendars.reading import Program, read
from tests.factories import make_event, make_organizer
from tests.looking import MILLISECONDS, Watcher
from tests.people import Visitor, sign_in
from tests.servers import Site, running_site
from tests.states.of_demo import mails_of_one_test

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

TITLE, SITE, NAME, OTHER = "Rooftop Lanterns", "Community events", "Plain Visitor", "Amber Alpaca"
#: They are the same in every language; a tier of patrons is one, too.
NAMES = (TITLE, SITE, NAME, "Blade Runner")
TOLD = "2 people get a message about it."
ADMIN_SAYS = f"The event “{TITLE}” was changed successfully."
Mails = dict[str, list[EmailMessage]]


@pytest.fixture
def mails(transactional_db: None, settings: Settings) -> Iterator[Path]:
    settings.EMAIL_BACKEND = "events.messages.kept.EmailBackend"
    with mails_of_one_test() as settings.SANDBOX_MAIL:
        yield settings.SANDBOX_MAIL


@dataclass
class Stage:
    """The site, and its clock, which is moved by writing into `clock`."""

    site: Site
    clock: Path
    read: set[str] = field(default_factory=set)

    def keep_house(self, at: str) -> Mails:
        """Move the clock, run housekeeping twice, and return the new mails by who gets them.

        In a thread: the browser's own does not let Django query.
        """
        self.clock.write_text(at)
        with ThreadPoolExecutor(1) as pool, time_machine.travel(at):
            pool.submit(_keep_house).result()
        new = sorted({*kept.names()} - self.read)
        self.read |= {*new}
        found: Mails = {}
        for name in new:
            mail = message_from_bytes(
                (site_settings.SANDBOX_MAIL / f"{name}.eml").read_bytes(), policy=policy.default
            )
            found.setdefault(str(mail["To"]), []).append(mail)
        return found


def _keep_house() -> None:
    with closing(connection):
        housekeeping.run()
        housekeeping.run()


@pytest.fixture
def stage(mails: Path, tmp_path: Path, settings: Settings) -> Iterator[Stage]:
    clock = tmp_path / "clock"
    clock.write_text("2030-10-31T03:00Z")
    application = "tests.moved_clock:application"
    with running_site(application=application, EMAIL_URL="", CLOCK=str(clock)) as site:
        settings.SITE_URL = site.url
        yield Stage(site, clock)
        assert "Traceback" not in site.output


# --- The journey ---------------------------------------------------------------------------------

#: 20:00 in New York, before and after its clocks go back: a day later there is 25 hours later here.
OLD, OLD_START = (
    "2030年11月3日(日) 09:00 (Asia/Tokyo)\uff0f2030年11月2日(土) 20:00 (America/New_York)",
    datetime(2030, 11, 3, 0, tzinfo=UTC),
)
NEW, NEW_START = (
    "2030年11月4日(月) 10:00 (Asia/Tokyo)\uff0f2030年11月3日(日) 20:00 (America/New_York)",
    datetime(2030, 11, 4, 1, tzinfo=UTC),
)
#: The last of two places.
FREE = "残り1枠（定員2名）"
ADDRESS = "plain-visitor@example.org"
OTHER_ADDRESS = "amber-alpaca@example.org"


def make_lanterns(organizer: User) -> Event:
    return make_event(
        title=TITLE,
        slug="lanterns",
        time_zone="America/New_York",
        language="en",
        starts_at=OLD_START,
        capacity=2,
        neos_required=True,
        organizers=[organizer],
    )


def subjects(found: Mails) -> dict[str, list[str]]:
    return {to: [str(mail["Subject"]).strip() for mail in mails] for to, mails in found.items()}


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def file_of(mail: EmailMessage) -> bytes:
    (file,) = mail.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    return bytes(file.get_payload(decode=True))


def test_place_taken_in_tokyo_for_new_york_is_moved_and_given_up_from_the_mail(
    stage: Stage,
) -> None:
    organizer = make_organizer()
    event = make_lanterns(organizer)
    with Visitor(stage.site.url) as other:
        sign_in(other, event, OTHER)
        other.press("Take a place")

    with phone.browser() as browser:
        page = phone.page_in_tokyo(browser)
        mine, watcher = phone.Phone(page, *NAMES), Watcher(page, stage.site.url)
        take_a_place(mine, stage)
        calendar, feed = Program(), address_of_feed(mine, stage)
        uid = is_reminded(stage, calendar)
        assert [entry.uid for entry in read(fetched(feed))] == [uid]

        move_by_a_day(browser, stage, event, organizer)
        is_told_of_the_move(stage, calendar, feed)
        file = give_up_from_the_mail(mine, stage)
        calendar.take(page.request.get(file).body())
        assert (calendar.entries[uid].status, read(fetched(feed))) == ("CANCELLED", [])
        assert FREE in mine.open(f"{stage.site.url}{event.get_absolute_url()}")
        is_left_alone(stage)
        assert (mine.faults, watcher.faults) == ([], [])


def take_a_place(mine: phone.Phone, stage: Stage) -> None:
    """The phone proposes its zone, which is taken; Neos is the sandbox, and speaks Japanese too."""
    mine.page.goto(stage.site.url)
    mine.tap("はい", within="#zone-proposal")
    shown = mine.tap(TITLE)
    assert (FREE in shown, "2030年11月3日(日) 09:00" in shown) == (True, True)
    mine.tap("ログイン")
    mine.tap("Neosでログイン")
    mine.tap(NAME)
    assert "参加する" in mine.tap("許可する")
    assert "参加が確定しています" in mine.tap("参加する")
    assert FREE not in mine.tap(TITLE)


def address_of_feed(mine: phone.Phone, stage: Stage) -> str:
    mine.open(f"{stage.site.url}/account/")
    mine.page.get_by_text("アドレスを表示する").tap()
    link = mine.page.get_by_role("link", name="カレンダーアプリで開く").get_attribute("href")
    return str(link).replace("webcal://", "http://")


def fetched(feed: str) -> bytes:
    """Read the feed as a program does, which is signed in nowhere."""
    return requests.get(feed, timeout=60).content


def is_reminded(stage: Stage, calendar: Program) -> str:
    """Each mail comes once, when it is due; return the UID of the calendar's entry."""
    found = stage.keep_house("2030-10-31T03:05Z")
    assert subjects(found) == {
        ADDRESS: [f"参加が確定しました：{TITLE}"],
        OTHER_ADDRESS: [f"You are in: {TITLE}"],
    }
    (uid,) = calendar.take(file_of(found[ADDRESS][0]))
    assert calendar.entries[uid].starts_at == OLD_START

    assert stage.keep_house("2030-11-01T23:55Z") == {}
    for at, japanese, english in (
        ("2030-11-02T00:05Z", "リマインダー", "Reminder"),
        ("2030-11-02T23:05Z", "まもなく始まります", "It starts soon"),
    ):
        found = stage.keep_house(at)
        assert subjects(found) == {
            ADDRESS: [f"{japanese}：{TITLE}"],
            OTHER_ADDRESS: [f"{english}: {TITLE}"],
        }
        text = text_of(found[ADDRESS][0])
        assert (f"開始は{OLD}です。" in text, phone.english_in([text], NAMES)) == (True, [])
    return uid


def move_by_a_day(browser: Browser, stage: Stage, event: Event, organizer: User) -> None:
    """The organizer is in New York, and types New York's time."""
    context = browser.new_context(locale="en-US", timezone_id="America/New_York")
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    page.goto(f"{stage.site.url}/admin/events/event/{event.pk}/change/")
    page.get_by_label("Username").fill(organizer.username)
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    assert page.locator("[name=starts_at_1]").input_value() == "20:00"
    page.locator("[name=starts_at_0]").fill("2030-11-03")  # the end goes along
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Yes, do this").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"{stage.site.url}/admin/events/event/{event.pk}/desk/")
    assert page.locator(".messagelist .success").all_inner_texts() == [TOLD, ADMIN_SAYS]
    context.close()


def is_told_of_the_move(stage: Stage, calendar: Program, feed: str) -> None:
    (before,) = calendar.entries.values()
    found = stage.keep_house("2030-11-02T23:20Z")
    assert subjects(found) == {
        ADDRESS: [f"日時の変更：{TITLE}"],
        OTHER_ADDRESS: [f"Another time: {TITLE}"],
    }
    text = text_of(found[ADDRESS][0])
    assert (text.index(NEW) < text.index(OLD), phone.english_in([text], NAMES)) == (True, [])
    assert calendar.take(file_of(found[ADDRESS][0])) == [before.uid]
    after = calendar.entries[before.uid]
    assert (after.starts_at, after.sequence > before.sequence) == (NEW_START, True)
    assert read(fetched(feed)) == [after]


def give_up_from_the_mail(mine: phone.Phone, stage: Stage) -> str:
    """Return the address of the file that the place's page offers to a calendar."""
    mine.open(f"{stage.site.url}/sandbox/mail/")
    mine.tap(f"日時の変更：{TITLE}")
    button = mine.page.frame_locator("iframe").get_by_role("link", name="参加枠を見る")
    button.wait_for()  # a frame that is left while it loads counts as a fault
    assert "2030年11月4日(月) 10:00" in mine.tap_on(button)
    file = mine.page.get_by_role("link", name="カレンダーに追加").get_attribute("href")
    mine.page.get_by_text("参加を取りやめる").tap()
    assert "参加を取りやめました。" in mine.tap("はい、取りやめます")
    return f"{stage.site.url}{file}"


def is_left_alone(stage: Stage) -> None:
    """Giving up is confirmed; what comes later is for those who are still in."""
    assert subjects(stage.keep_house("2030-11-02T23:40Z")) == {
        ADDRESS: [f"参加を取りやめました：{TITLE}"]
    }
    for at, subject in (("2030-11-03T01:05Z", "Reminder"), ("2030-11-04T00:05Z", "It starts soon")):
        found = stage.keep_house(at)
        assert subjects(found) == {OTHER_ADDRESS: [f"{subject}: {TITLE}"]}
        text = text_of(found[OTHER_ADDRESS][0])
        assert "It starts Sun 3 November 2030, 20:00 (America/New_York)." in text


# --- The control ---------------------------------------------------------------------------------


def test_phone_notices_english_and_the_other_zone() -> None:
    texts = ["参加する", "Plain Visitor", "Take a place", "America/New_York", "Asia/Tokyo"]
    assert phone.english_in(texts, NAMES) == ["Take a place"]
    found = [phone.is_own_zone_first(each) for each in (texts, texts[:4], texts[:3])]
    assert found == [False, False, True]
