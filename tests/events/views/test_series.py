"""The page and the calendar of a series show what is public, and no draft."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import series
from events.models import Event, Series
from events.series import Rule
from tests.events.calendars.reading import read
from tests.factories import NOON, make_attendee, make_event, make_organizer
from tests.markup import TreeBuilder
from tests.states.state import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WEEK = timedelta(days=7)


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def jam(mika: User) -> Series:
    """Four weeks of which two are published: one is over, one to come."""
    first = make_event(title="Jam", slug="jam", starts_at=NOON + WEEK, organizers=[mika])
    rule = Rule(first.starts_at.date(), "weekly", count=4)
    made = series.repeat(first, rule=rule, days_ahead=None)
    change(first, starts_at=NOON - WEEK, ends_at=NOON - WEEK + timedelta(hours=1))
    coming = Event.objects.get(series_index=1)
    change(coming, status="published", title="Next jam")
    Event.objects.filter(series_index=2).update(title="Secret jam")
    Event.objects.filter(series_index=3).update(status="published", listed=False, title="Hidden")
    return made


def cards(client: Client, one: Series) -> list[list[str]]:
    """Return the titles of the cards of each part of the page."""
    page = TreeBuilder(client.get(one.get_absolute_url()).content.decode()).root
    found = [[each.text for each in section.all("h3")] for section in page.all("section")]
    return [titles for titles in found if titles]


def test_page_has_what_is_to_come_and_what_is_past(client: Client, jam: Series) -> None:
    assert cards(client, jam) == [["Next jam"], ["Jam"]]


@pytest.mark.parametrize("who", ["stranger", "owner", "root"])
def test_drafts_and_unlisted_events_are_on_no_page(
    client: Client, jam: Series, mika: User, who: str
) -> None:
    users = {"owner": mika, "root": make_organizer(is_superuser=True)}
    if who in users:
        client.force_login(users[who], "django.contrib.auth.backends.ModelBackend")
    for address in (jam.get_absolute_url(), f"/series/{jam.slug}.ics"):
        page = client.get(address)
        assert page.status_code == 200
        assert [word for word in ("Secret", "Hidden") if word in page.content.decode()] == []


def test_series_of_drafts_looks_like_one_that_does_not_exist(client: Client, jam: Series) -> None:
    Event.objects.update(status="draft")
    for address in (jam.get_absolute_url(), f"/series/{jam.slug}.ics", "/series/nowhere/"):
        assert client.get(address).status_code == 404


def test_calendar_has_its_public_events(client: Client, jam: Series) -> None:
    response = client.get(f"/series/{jam.slug}.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert [each.summary for each in read(response.content)] == ["Jam", "Next jam"]
    assert (
        client.get(f"/series/{jam.slug}.ics", HTTP_IF_NONE_MATCH=response["ETag"]).status_code
        == 304
    )


def test_event_leads_to_its_series(client: Client, jam: Series) -> None:
    page = client.get("/events/jam/").content.decode()
    assert f'<a href="{jam.get_absolute_url()}">Part of the series “Jam”</a>' in page
    alone = make_event()
    assert "Part of the series" not in client.get(alone.get_absolute_url()).content.decode()


def test_draft_does_not_lead_to_a_page_that_is_not_there(
    client: Client, jam: Series, mika: User
) -> None:
    Event.objects.update(status="draft")
    client.force_login(mika, "django.contrib.auth.backends.ModelBackend")
    page = client.get("/events/jam/")
    assert page.status_code == 200
    assert "Part of the series" not in page.content.decode()


def test_pages_cost_the_same_for_one_and_for_thirty(client: Client, mika: User) -> None:
    client.force_login(make_attendee().user, "django.contrib.auth.backends.ModelBackend")
    counts = []
    for count in (2, 31):
        first = make_event(starts_at=NOON + WEEK)
        rule = Rule(first.starts_at.date(), "weekly", count=count)
        made = series.repeat(first, rule=rule, days_ahead=None)
        made.events.update(status="published")
        addresses = (made.get_absolute_url(), f"/series/{made.slug}.ics", first.get_absolute_url())
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
    assert counts[:3] == counts[3:]
