"""The page that asks before a deletion lists no rows that only join two others."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.http import HttpResponse
from django.test import Client

from events.models import Event, Host
from tests.factories import make_event, make_host, make_user, make_workshop

from .conftest import SignedIn
from .pages import EVENTS, delete, page_of, read, version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def draft(mika: User) -> Event:
    """Has two organizers, a host and a workshop."""
    event = make_event(title="Jam", status="draft", organizers=[mika, make_user()])
    make_host(event)
    make_workshop(event, title="Mixing")
    return event


def listed(response: HttpResponse) -> list[str]:
    """Return all lines of the page that asks: what goes along, and how many of each kind."""
    content = next(d for d in read(response).all("div") if d.attributes.get("id") == "content")
    items = [item for item in content.all("li") if not any(item.all("li"))]
    return [item.text for item in items]


def test_organizers_of_a_draft_are_no_rows_that_go_with_it(browser: Client, draft: Event) -> None:
    asked = browser.get(page_of(draft).replace("change", "delete"))
    assert listed(asked) == ["Events: 1", "Workshops: 1", "Workshop: Mixing"]
    assert "relationship" not in asked.content.decode()
    delete(browser, page_of(draft).removesuffix("change/"))
    assert (Event.objects.count(), Host.objects.count()) == (0, 1)


def test_organizer_who_was_added_meanwhile_is_asked_about_all_the_same(
    browser: Client, robin: User, draft: Event
) -> None:
    address = page_of(draft).replace("change", "delete")
    seen = version(browser.get(address))
    draft.organizers.add(robin)
    again = browser.post(address, {"post": "yes", "version": seen})
    assert "This has changed while you had the page open." in read(again).text
    assert Event.objects.count() == 1


def test_stranger_is_not_told_what_a_draft_has(
    signed_in: SignedIn, robin: User, draft: Event
) -> None:
    response = signed_in(robin).get(page_of(draft).replace("change", "delete"))
    assert (response.status_code, b"Mixing" in response.content) == (403, False)


def test_lists_of_events_hosts_and_groups_have_none_either(
    signed_in: SignedIn, superuser: User, draft: Event
) -> None:
    root, host = signed_in(superuser), draft.hosts.get()
    host.members.add(superuser)
    group = Group.objects.create(name="Crew")
    group.permissions.add(Permission.objects.all()[0])
    superuser.groups.add(group)
    pages = [
        root.get(f"/admin/events/host/{host.pk}/delete/"),
        root.get(f"/admin/auth/group/{group.pk}/delete/"),
        root.post(EVENTS, {"action": "delete_selected", "_selected_action": [draft.pk]}),
    ]
    named = [
        ["Hosts: 1", f"Host: {host.name}"],
        ["Groups: 1", "Group: Crew"],
        ["Events: 1", "Workshops: 1", "Workshop: Mixing"],
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [
        [line for line in listed(page) if line in wanted]
        for page, wanted in zip(pages, named, strict=True)
    ] == named
    assert ["relationship" in page.content.decode() for page in pages] == [False] * 3
