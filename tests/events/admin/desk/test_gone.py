"""Events and workshops that are deleted while an organizer works on the desk: said, never an error.

Either the row was gone when the page that asked was answered, or it goes while the answer is read:
after the form has found it, and before the lock is taken.
"""

from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.models import Announcement, Event, PlaceInvitation, Registration, Role, Workshop
from tests.deletions import deleted_once_read
from tests.events.admin.ledgers import at
from tests.events.admin.pages import errors, read, said, version
from tests.factories import make_announcement, make_attendee, make_event, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NOT_THERE = "This workshop is not there any more. Please choose another one."
GONE = "It was deleted a moment ago. Please look again."
#: Pages that carry a workshop, with what is typed there; "{}" stands for the workshop.
FORMS: dict[str, Mapping[str, str]] = {
    "people/add/": {"person": "U-ada", "place": "{}", "because": "Speaks"},
    "people/move/": {"to": "{}", "because": "Asked"},
    "people/invite/": {"place": "{}", "days": "7", "because": "Plays"},
    "people/roles/": {"person": "U-ada", "kind": "speaker", "workshop": "{}", "early_minutes": "0"},
    "messages/new/": {
        "audience": "workshop",
        "workshop": "{}",
        "subject_en": "News",
        "body_en": "Hello",
        "token": "6f1f3b1e-0d3c-4c57-8f0c-4a8f8f1d5d10",
        "revision": "0",
    },
}


@pytest.fixture
def fog(jam: Event) -> Workshop:
    """A workshop of Mika's event without people."""
    make_attendee(neos_id="U-ada", neos_username="Ada")
    return make_workshop(jam, title="Fog")


def send(browser: Client, workshop: Workshop, page: str, **more: str) -> HttpResponse:
    typed = {name: value.format(workshop.pk) for name, value in FORMS[page].items()}
    mine = Registration.objects.filter(workshop__title="Mixing").first()
    query = f"?of={mine.pk}" if page == "people/move/" and mine else ""
    return browser.post(f"{at(workshop.event, page)}{query}", typed | more)


def written() -> list[int]:
    """Count the rows that the pages would have made."""
    models = (PlaceInvitation, Role, Announcement)
    moved = Registration.objects.filter(workshop__title="Fog").count()
    return [moved, *(model.objects.count() for model in models)]


@pytest.mark.parametrize("page", [*FORMS])
@pytest.mark.parametrize("more", [{}, {"confirmed": "1"}])
def test_workshop_that_was_deleted_is_said_and_nothing_typed_is_lost(
    browser: Client, fog: Workshop, page: str, more: dict[str, str]
) -> None:
    Workshop.objects.filter(pk=fog.pk).delete()
    response = send(browser, fog, page, **more)
    assert errors(response) == [NOT_THERE]
    assert kept(response, page) == typed_words(page)
    assert written() == [0, 0, 0, 0]


def typed_words(page: str) -> list[str]:
    names = ("because", "person", "subject_en", "body_en")
    return [FORMS[page][name] for name in names if name in FORMS[page]]


def kept(response: HttpResponse, page: str) -> list[str]:
    """Return what the fields of the page hold of the words that were typed."""
    shown = {
        i.attributes.get("name"): i.attributes.get("value") for i in read(response).all("input")
    }
    shown |= {t.attributes.get("name"): t.text for t in read(response).all("textarea")}
    names = ("because", "person", "subject_en", "body_en")
    return [str(shown.get(name)) for name in names if name in FORMS[page]]


@pytest.mark.parametrize("page", [*FORMS])
def test_workshop_that_is_deleted_meanwhile_is_said_and_nothing_typed_is_lost(
    browser: Client, fog: Workshop, page: str
) -> None:
    agreed = {"confirmed": "1", "version": version(send(browser, fog, page))} if asks(page) else {}
    with deleted_once_read(fog):
        response = send(browser, fog, page, **agreed)
    assert Workshop.objects.filter(pk=fog.pk).count() == 0
    assert errors(response) == [NOT_THERE]
    assert kept(response, page) == typed_words(page)
    assert written() == [0, 0, 0, 0]


def asks(page: str) -> bool:
    """Return whether the page asks before it does what it is for."""
    return page in {"people/add/", "people/move/"}


def test_draft_for_a_workshop_that_is_deleted_meanwhile_keeps_what_was_typed(
    browser: Client, fog: Workshop
) -> None:
    draft = make_announcement(fog.event)
    page = f"messages/{draft.pk}/edit/"
    typed = {name: value.format(fog.pk) for name, value in FORMS["messages/new/"].items()}
    with deleted_once_read(fog):
        response = browser.post(at(fog.event, page), typed)
    assert errors(response) == [NOT_THERE]
    assert kept(response, "messages/new/") == ["News", "Hello"]
    draft.refresh_from_db()
    assert (draft.workshop_id, draft.revision) == (None, 0)


#: What can be sent to an event that nobody has signed up for.
SENT: dict[str, Mapping[str, str]] = {
    "people/add/": {"person": "U-ada", "place": "event", "because": "Speaks"},
    "people/invite/": {"place": "event", "days": "7", "because": "Plays"},
    "people/roles/": {"person": "U-ada", "kind": "speaker", "early_minutes": "0"},
    "people/organizers/": {"named": "robin"},
    "messages/new/": FORMS["messages/new/"] | {"audience": "everybody", "workshop": ""},
    "copy/": {"starts_at_0": "2030-07-01", "starts_at_1": "19:30"},
    "series/": {
        "pattern": "weekly",
        "interval": "1",
        "count": "3",
        "made": "at-once",
        "days_ahead": "7",
    },
    "share/": {"act": "make"},
}


@pytest.mark.parametrize("page", [*SENT])
def test_event_that_is_deleted_meanwhile_leads_to_the_list(
    browser: Client, mika: User, robin: User, page: str
) -> None:
    make_attendee(neos_id="U-ada")
    event = make_event(organizers=[mika], status="draft" if page == "share/" else "published")
    agreed = {"confirmed": "1", "version": version_before(browser, event, page)}
    with deleted_once_read(event):
        response = browser.post(at(event, page), SENT[page] | agreed)
    assert Event.objects.count() == 0
    assert (response.status_code, response["Location"]) == (302, "/admin/events/event/")
    assert said(response)[-1] == GONE
    assert robin.organized_events.count() == 0


def version_before(browser: Client, event: Event, page: str) -> str:
    """Return the version of the page that asks, if the page does; nothing was done then."""
    if page == "share/":
        return version(browser.get(at(event, page)))
    return version(browser.post(at(event, page), SENT[page])) if page in ASKING else ""


ASKING = {"people/add/", "series/"}


def test_person_of_a_place_that_is_deleted_meanwhile_leads_to_the_desk(
    browser: Client, jam: Event
) -> None:
    held = Registration.objects.get(event=jam, workshop=None)
    address = at(jam, f"people/replace/?of={held.pk}")
    make_attendee(neos_id="U-ada")
    typed = {"person": "U-ada", "because": "Ill"}
    agreed = {"confirmed": "1", "version": version(browser.post(address, typed))}
    with deleted_once_read(held):
        response = browser.post(address, typed | agreed)
    assert (response["Location"], said(response)[-1]) == (at(jam, "desk/"), GONE)
    assert Registration.objects.filter(attendee__neos_id="U-ada").count() == 0
