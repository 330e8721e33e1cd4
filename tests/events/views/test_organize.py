"""The way from an event's page to its desk, for those whom the desk lets in."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.access import viewers
from events.models import Event
from tests.events.admin.pages import read
from tests.factories import make_attendee, make_event, make_organizer, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def links(user: User | None, event: Event) -> list[str]:
    browser = Client()
    if user:
        browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    page = read(browser.get(event.get_absolute_url()))
    addresses = [a.attributes.get("href", "") for a in page.all("a")]
    return [address for address in addresses if address.startswith("/admin/events/")]


def test_event_leads_its_organizers_and_superusers_to_the_desk() -> None:
    mika = make_organizer()
    event = make_event(organizers=[mika])
    both = [f"/admin/events/event/{event.pk}/{page}/" for page in ("desk", "change")]
    assert links(mika, event) == both
    assert links(make_user(is_staff=True, is_superuser=True), event) == both


def test_event_leads_nobody_else_there() -> None:
    former = make_organizer()
    event = make_event(organizers=[former])
    former.groups.clear()
    member = make_attendee().user
    event.organizers.add(member)  # in no group, and no staff
    others = [
        None,
        make_attendee().user,
        make_organizer(),
        make_user(is_staff=True),
        former,
        member,
    ]
    assert [links(user, event) for user in others] == [[]] * len(others)


def test_visitors_cost_no_statement_more(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    event, attendee = make_event(), make_attendee()
    with django_assert_num_queries(0):
        assert not viewers.may_organize(event, attendee.user)
        assert not viewers.may_organize(event, AnonymousUser())
