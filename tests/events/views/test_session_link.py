"""The link into a session: only people who are in see it, and only when it is time.

`tests/events/access/test_entrance.py` has the rule; here every page is asked that names the event.
"""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Series
from events.previews import links, page, people
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_user,
    make_workshop,
)
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SECRET = "S-only-for-people-inside"
MINUTE = timedelta(minutes=1)
PUBLIC = (
    *("/", "/?q=jam", "/calendar/month/", "/calendar.ics", "/feed.atom"),
    *("/hosts/foggers/", "/hosts/foggers/feed.atom", "/hosts/foggers/calendar.ics"),
    *("/series/jams/", "/series/jams.ics"),
    *("/events/jam/", "/events/jam/calendar.ics", "/events/jam/workshops/lights/calendar.ics"),
)


@pytest.fixture
def jam() -> Event:
    series = Series.objects.create(
        title="Jams",
        slug="jams",
        frequency="weekly",
        starts_on=NOON.date(),
        clock=NOON.time(),
        count=2,
        created_at=NOON,
    )
    event = make_event(
        title="Jam",
        slug="jam",
        capacity=1,
        session_url=f"neos-session:///{SECRET}",
        series=series,
        series_index=0,
    )
    make_workshop(event, title="Lights", slug="lights")
    make_host(event, name="Foggers", slug="foggers")
    return event


def shows_it(user: User | None, *addresses: str) -> list[str]:
    """Return the addresses on which this person finds the link; each has to be there."""
    browser = Client()
    if user is not None:
        browser.force_login(user)
    answers = {address: browser.get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} <= {200}
    read = {address: answer.getvalue().decode() for address, answer in answers.items()}
    assert all("Jam" in text or "Lights" in text for text in read.values())
    return [address for address, text in read.items() if SECRET in text]


def test_link_is_shown_to_nobody_who_is_not_in(jam: Event, clock: time_machine.Traveller) -> None:
    inside = register(make_attendee(), jam)
    waiting = register(make_attendee(), jam)
    theirs = [f"/registrations/{waiting.code}/", f"/registrations/{waiting.code}/calendar.ics"]
    clock.move_to(jam.starts_at)
    strangers = (None, make_user(), make_attendee().user, waiting.attendee.user)
    assert [shows_it(person, *PUBLIC) for person in strangers] == [[]] * len(strangers)
    assert shows_it(waiting.attendee.user, *theirs, "/registrations/") == []
    own = [f"/registrations/{inside.code}/", f"/registrations/{inside.code}/calendar.ics"]
    found = shows_it(inside.attendee.user, *PUBLIC, *own, "/registrations/")
    assert found == ["/events/jam/", *own, "/registrations/"]


def test_link_is_shown_to_nobody_too_early_or_afterwards(
    jam: Event, clock: time_machine.Traveller
) -> None:
    inside = register(make_attendee(), jam)
    own = [f"/registrations/{inside.code}/", f"/registrations/{inside.code}/calendar.ics"]
    for instant in (jam.starts_at - 15 * MINUTE - timedelta(seconds=1), jam.ends_at):
        clock.move_to(instant)
        assert shows_it(inside.attendee.user, "/events/jam/", *own, "/registrations/") == []


def test_link_is_on_no_page_of_a_workshop(jam: Event, clock: time_machine.Traveller) -> None:
    inside = register(make_attendee(), jam)
    part = register(inside.attendee, jam.workshops.get())
    clock.move_to(jam.starts_at)
    own = [f"/registrations/{part.code}/", f"/registrations/{part.code}/calendar.ics"]
    assert shows_it(inside.attendee.user, *own) == []


def test_link_is_on_no_page_that_is_only_looked_at(jam: Event) -> None:
    browser = Client()
    for kind in people.kinds():
        looked = page.as_of(jam, kind, jam.starts_at, "/back/").getvalue().decode()
        assert ("Jam" in looked, SECRET in looked) == (True, False)
    Event.objects.update(status="draft", starts_at=NOON - MINUTE)
    token = links.make_link(jam, instead_of=links.link_of(jam))
    preview = browser.get(f"/preview/{token}/").content.decode()
    assert ("Jam" in preview, SECRET in preview) == (True, False)
