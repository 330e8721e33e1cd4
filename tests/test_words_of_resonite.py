"""A site of Resonite says no word of Neos: on its pages, in its admin and in its mails.

What rows themselves say, like the address of a session, is not the site's.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client

from events import housekeeping
from events.models import Attendee
from tests.catalogue import OVERLAID
from tests.events.admin.scene import add_one_of_each, make_scene
from tests.events.admin.walk import make_walk, routes
from tests.events.messages import mail_situations
from tests.events.messages.mail_stage import Stage, stage
from tests.factories import make_organizer, make_user
from tests.markup import Element, TreeBuilder
from tests.states import make_states
from tests.states.of_demo import no_mails_left
from tests.words_of_neos import words_of_neos

__all__ = ["stage"]

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BACKEND = "django.contrib.auth.backends.ModelBackend"
LANGUAGES = pytest.mark.parametrize("language", OVERLAID)
#: Attributes that are shown or read out.
SPOKEN = ("alt", "aria-label", "content", "placeholder", "title")
#: What the rows of these tests say: addresses, titles, and perks that an organizer named.
OF_ROWS = re.compile(r"\b[\w-]+://\S+|Patrons only|Gunter patron|\bPatron(?=,|$)")
SITUATIONS: list[Callable[[Stage], None]] = [
    happening
    for happening in vars(mail_situations).values()
    if getattr(happening, "__module__", "") == mail_situations.__name__
]


def spoken(element: Element) -> Iterator[str]:
    """Yield what a page shows or reads out."""
    yield from element.pieces
    for each in element.all("meta", "img", "input", "textarea", "a", "button", "section", "nav"):
        yield from (each.attributes[name] for name in SPOKEN if name in each.attributes)


def found_in(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in words_of_neos(OF_ROWS.sub("", text))]


def found_on(client: Client, addresses: Iterable[str], language: str) -> dict[str, list[str]]:
    """Return the words of Neos by the address of the page that says them."""
    found = {}
    for address in addresses:
        response = client.get(address, headers={"accept-language": language})
        if response.headers["Content-Type"].startswith("text/html"):
            found[address] = found_in(spoken(TreeBuilder(response.content.decode()).root))
    assert len(found) > 0
    return {address: words for address, words in found.items() if words}


# --- Pages ---------------------------------------------------------------------------------------


def found_in_states(language: str) -> dict[str, list[str]]:
    """Read each state to which an address alone leads."""
    found: dict[str, list[str]] = {}
    with no_mails_left():
        for state in make_states():
            client = Client()
            if state.by:
                client.force_login(state.by, BACKEND)
            if not state.html:
                found |= found_on(client, [state.address], language)
    return found


@LANGUAGES
@pytest.mark.usefixtures("resonite")
def test_page_of_resonite_says_no_word_of_neos(language: str) -> None:
    assert found_in_states(language) == {}


@pytest.mark.usefixtures("neos")
def test_page_of_neos_says_them() -> None:
    """The control."""
    assert len(found_in_states("en")) > 20


# --- The admin -----------------------------------------------------------------------------------


def found_in_admin(language: str) -> dict[str, list[str]]:
    event = make_scene(make_organizer())
    add_one_of_each(event)
    client = Client()
    boss = make_user(is_staff=True, is_superuser=True)
    client.force_login(boss, BACKEND)
    walk = make_walk(event)
    return found_on(client, map(walk.address_of, routes()), language)


@LANGUAGES
@pytest.mark.usefixtures("resonite", "clock")
def test_admin_of_resonite_says_no_word_of_neos(language: str) -> None:
    assert found_in_admin(language) == {}


@pytest.mark.usefixtures("neos", "clock")
def test_admin_of_neos_says_them() -> None:
    """The control."""
    assert len(found_in_admin("en")) > 10


# --- Mails ---------------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("happening", SITUATIONS)
@pytest.mark.usefixtures("resonite", "clock")
def test_mail_of_resonite_says_no_word_of_neos(
    stage: Stage, mailoutbox: list[EmailMessage], happening: Callable[[Stage], None], language: str
) -> None:
    happening(stage)
    Attendee.objects.update(language=language)
    housekeeping.run()

    assert len(mailoutbox) > 0
    for mail in mailoutbox:
        assert found_in(_words_of(mail)) == []


def _words_of(mail: EmailMessage) -> Iterator[str]:
    yield from (str(mail.subject), str(mail.body))
    if isinstance(mail, EmailMultiAlternatives):
        for content, _kind in mail.alternatives:
            yield from spoken(TreeBuilder(str(content)).root)
