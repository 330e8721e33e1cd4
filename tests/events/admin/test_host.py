"""Hosts in the admin: their members edit them, and only they write the name on an event."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Host
from tests.factories import make_event, make_user

from .conftest import SignedIn
from .pages import errors, field, fields, names, page_of, read, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOSTS = "/admin/events/host/"


def page(host: Host) -> str:
    return f"{HOSTS}{host.pk}/change/"


@pytest.fixture
def mine(mika: User) -> Host:
    host = Host.objects.create(name="Lanterns", slug="lanterns")
    host.members.add(mika)
    return host


@pytest.fixture
def theirs(robin: User) -> Host:
    host = Host.objects.create(name="Masks", slug="masks")
    host.members.add(robin)
    return host


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


# --- The host itself -----------------------------------------------------------------------------


def test_organizer_sees_and_edits_own_hosts_only(browser: Client, mine: Host, theirs: Host) -> None:
    assert names(browser.get(HOSTS)) == ["Lanterns"]
    assert save(browser, page(mine), name="Lamps").status_code == 302
    refused = browser.post(page(theirs), {"name": "Taken", "slug": "masks", "about": ""})
    assert (refused.status_code, browser.get(page(theirs)).status_code) == (302, 302)
    assert sorted(Host.objects.values_list("name", flat=True)) == ["Lamps", "Masks"]


def test_organizer_makes_and_deletes_no_host_and_chooses_no_members(
    browser: Client, mine: Host, robin: User
) -> None:
    assert browser.get(f"{HOSTS}add/").status_code == 403
    assert browser.get(f"{HOSTS}{mine.pk}/delete/").status_code == 403
    save(browser, page(mine), members=[str(robin.pk)], slug="taken")
    mine.refresh_from_db()
    assert ([user.username for user in mine.members.all()], mine.slug) == (["mika"], "lanterns")


def test_superuser_makes_hosts_and_chooses_staff_as_members(
    root: Client, mika: User, theirs: Host
) -> None:
    visitor = make_user()
    sent = {"name": "New\u200b  host ", "slug": "new", "about": "", "members": [str(mika.pk)]}
    assert root.post(f"{HOSTS}add/", sent).status_code == 302
    made = Host.objects.get(slug="new")
    assert (made.name, [*made.members.all()]) == ("New host", [mika])
    assert names(root.get(HOSTS)) == ["Masks", "New host"]
    response = save(root, page(made), members=[str(visitor.pk)])
    assert "is not one of the available choices" in errors(response)[0]


def test_stranger_gets_nowhere(signed_in: SignedIn, mine: Host) -> None:
    for user in (make_user(), make_user(is_staff=True)):
        stranger = signed_in(user)
        for address in (HOSTS, page(mine)):
            assert stranger.get(address).status_code in {302, 403}
            assert "Lanterns" not in stranger.get(address).content.decode()


def test_older_form_of_a_host_is_refused(browser: Client, root: Client, mine: Host) -> None:
    older = fields(browser.get(page(mine)))
    save(root, page(mine), about="We walk.")
    response = browser.post(page(mine), older | {"name": "Other"})
    assert "About (now: We walk. )" in " ".join(errors(response))
    assert Host.objects.get().name == "Lanterns"


def test_null_character_in_a_host_is_an_error(browser: Client, mine: Host) -> None:
    response = save(browser, page(mine), name="\0", about="\0")
    assert errors(response) == ["Null characters are not allowed."] * 2


# --- On an event ---------------------------------------------------------------------------------


def offered(browser: Client, address: str) -> list[str]:
    labels = field(browser.get(address), "hosts").all("label")
    return [label.text for label in labels if "_hosts_" in label.attributes.get("for", "")]


def hosts_of(event: Event) -> list[str]:
    return list(event.hosts.order_by("name").values_list("name", flat=True))


def test_event_is_hosted_by_a_host_of_the_organizer(
    browser: Client, jam: Event, mine: Host, theirs: Host
) -> None:
    assert offered(browser, page_of(jam)) == ["Lanterns"]
    assert offered(browser, "/admin/events/event/add/") == ["Lanterns"]
    sent = {"hosts": [str(mine.pk)], "kind": "music", "language": "ja"}
    assert save(browser, page_of(jam), **sent).status_code == 302
    jam.refresh_from_db()
    assert (hosts_of(jam), jam.kind, jam.language) == (["Lanterns"], "music", "ja")


def test_event_takes_no_host_of_somebody_else(browser: Client, jam: Event, theirs: Host) -> None:
    response = save(browser, page_of(jam), hosts=[str(theirs.pk)])
    assert "is not one of the available choices" in errors(response)[0]
    assert hosts_of(jam) == []


def test_event_keeps_a_host_that_a_superuser_put_there(
    browser: Client, root: Client, jam: Event, mine: Host, theirs: Host
) -> None:
    assert offered(root, page_of(jam)) == ["Lanterns", "Masks"]
    save(root, page_of(jam), hosts=[str(theirs.pk)])
    assert offered(browser, page_of(jam)) == ["Lanterns", "Masks"]
    save(browser, page_of(jam), hosts=[str(mine.pk), str(theirs.pk)], title="Jam 2")
    assert hosts_of(jam) == ["Lanterns", "Masks"]
    assert offered(browser, page_of(make_event(organizers=[*jam.organizers.all()]))) == ["Lanterns"]


def test_older_form_of_an_event_does_not_undo_its_hosts(
    browser: Client, root: Client, jam: Event, mine: Host
) -> None:
    older = fields(browser.get(page_of(jam)))
    save(root, page_of(jam), hosts=[str(mine.pk)])
    response = browser.post(page_of(jam), older | {"title": "Other"})
    assert "Hosts (now: Lanterns )" in " ".join(errors(response))
    assert hosts_of(jam) == ["Lanterns"]


def test_page_of_a_host_leads_to_the_site(browser: Client, mine: Host) -> None:
    links = [link.attributes.get("href") for link in read(browser.get(page(mine))).all("a")]
    assert "/hosts/lanterns/" in links
