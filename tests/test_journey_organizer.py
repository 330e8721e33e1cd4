"""An organizer's week in the admin: from eight fields to the mail that cancels, without JavaScript.

A browser, because only that knows how many fields there are to fill in and buttons to press.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page

from events.models import Event
from tests.factories import make_attendee, make_event, make_organizer, make_user
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

TITLE = "Lantern walk"


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site
        assert "Traceback" not in site.output


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def walk(mika: User) -> Event:
    """A published event with two people in it."""
    start = timezone.now() + timedelta(days=9)
    event = make_event(title=TITLE, organizers=[mika], starts_at=start)
    for name in ("Ada", "Bo"):
        user = make_user(email=f"{name}@example.org")
        person = make_attendee(user=user, neos_username=name, email_confirmed_at=timezone.now())
        register(person, event)
    return event


@pytest.fixture
def session(mika: User) -> str:
    return session_of(mika)


class Organizer:
    """Fills in fields and presses buttons, and counts both."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site, self.interactions = page, site, 0

    def write(self, box: str, text: str) -> None:
        self.page.locator(box).fill(text)
        self.interactions += 1

    def fill(self, field: str, text: str) -> None:
        self.write(f"#id_{field}", text)

    def choose(self, field: str, value: str) -> None:
        self.page.locator(f"#id_{field}").select_option(value)
        self.interactions += 1

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).check()
        self.interactions += 1

    def press(self, name: str, role: str = "button") -> None:
        buttons = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        with self.page.expect_navigation():
            buttons.first.click()
        self.interactions += 1

    def follow(self, name: str) -> None:
        self.press(name, "link")

    def look(self, name: str) -> None:
        self.page.screenshot(path=SCREENSHOTS / f"organizer-{name}.png", full_page=True)

    def counted(self) -> int:
        """Return the interactions since the last call."""
        number, self.interactions = self.interactions, 0
        return number


@pytest.fixture
def organizer(site: Site, session: str) -> Iterator[Organizer]:
    with open_page(runs_scripts=False) as page:
        cookie = {"name": "sessionid", "value": session, "url": site.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]  # a dict is one
        watcher = Watcher(page, site.url)
        yield Organizer(page, site)
        assert watcher.faults == []


def create(organizer: Organizer, day: str) -> int:
    """Create a free event and publish it; return the interactions."""
    organizer.page.goto(f"{organizer.site.url}/admin/events/event/add/")
    organizer.fill("title", TITLE)
    organizer.fill("summary", "Bring a light.")
    organizer.fill("description", "## Where\n\nAt the *harbour*.")
    organizer.choose("kind", "meetup")
    organizer.fill("starts_at_0", day)
    organizer.fill("starts_at_1", "19:00")
    organizer.fill("length", "1:30")
    organizer.choose("time_zone", "Europe/Berlin")
    organizer.fill("capacity", "20")
    organizer.look("form")
    organizer.press("Save and publish")
    organizer.look("desk")
    return organizer.counted()


def write(organizer: Organizer) -> int:
    """Write to everybody who has a place; return the interactions."""
    organizer.follow("Messages")
    organizer.follow("Write a message")
    organizer.fill("subject_en", "What to bring")
    organizer.fill("body_en", "A **lantern**, please.")
    organizer.press("Save and preview")
    organizer.look("message")
    organizer.press("Send to 2 people")
    return organizer.counted()


def move(organizer: Organizer, day: str) -> tuple[int, list[str]]:
    """Move the event with a note; return the interactions, and what the form said before."""
    organizer.follow("Edit")
    organizer.fill("starts_at_0", day)
    organizer.press("Save")
    said = organizer.page.locator(".question li").all_inner_texts()
    organizer.look("move")
    organizer.write("#edit-note", "The harbour is closed on the day before.")
    organizer.tick("Yes, do this")
    organizer.press("Save")
    return organizer.counted(), said


def cancel(organizer: Organizer) -> tuple[int, list[str]]:
    organizer.follow("Edit")
    organizer.choose("status", "cancelled")
    organizer.press("Save")
    said = organizer.page.locator(".question li").all_inner_texts()
    organizer.tick("Yes, do this")
    organizer.press("Save")
    organizer.look("cancelled")
    return organizer.counted(), said


def day_in(days: int) -> str:
    return f"{timezone.now() + timedelta(days=days):%Y-%m-%d}"


def test_free_event_is_eight_fields_and_one_button(organizer: Organizer) -> None:
    """The start is one field in two boxes. The page is the desk then, which names the next step."""
    interactions = create(organizer, day_in(9))
    steps = organizer.page.locator("h1, h2").all_inner_texts()
    assert interactions == 10
    assert (TITLE in steps[0], organizer.page.url.endswith("/desk/")) == (True, True)


def test_message_move_and_cancel_take_six_interactions_at_most(
    walk: Event, organizer: Organizer
) -> None:
    organizer.page.goto(f"{organizer.site.url}/admin/events/event/{walk.pk}/desk/")
    taken = {"write to everybody": write(organizer)}
    taken["move with a note"], moved = move(organizer, day_in(10))
    taken["cancel"], cancelled = cancel(organizer)

    assert taken == {"write to everybody": 6, "move with a note": 6, "cancel": 5}
    assert any("2 people get a message with the old and the new time." in line for line in moved)
    assert any("2 people get a message that the event is cancelled." in line for line in cancelled)
