"""The link in a mail stops the hosts that it was mailed for, and says so only if it is true."""

import re
from collections.abc import Callable

import pytest
from django.core import signing
from django.core.mail import EmailMessage
from django.test import Client

from events import follows, housekeeping
from events.accounts import closing
from events.messages.stop_link import SALT, stop_link
from events.models import Attendee, Event, Follow, Host
from tests.factories import make_event, make_host, make_local_attendee

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PATH = "http://localhost:8000"
STOPPED = "You get no more of these mails"
STOPPED_THESE = "You have stopped following"
NOTHING = "There is nothing to stop"
UNKNOWN = "You cannot stop following with this link any more"


@pytest.fixture
def host() -> Host:
    return make_host(name="Lanterns", slug="lanterns")


@pytest.fixture
def ada(host: Host) -> Attendee:
    """Follows the host."""
    ada = make_local_attendee()
    follows.follow(ada, host=host)
    return ada


def headline(client: Client, link: str, *, press: bool = False) -> str:
    response = client.post(link) if press else client.get(link)
    assert response.status_code == 200
    found = re.search(r"<h1>(.*?)</h1>", response.content.decode())
    return found[1] if found else ""


def followed(attendee: Attendee) -> list[str]:
    q = Host.objects.filter(follows__attendee=attendee)
    return list(q.order_by("name").values_list("name", flat=True))


def former_link(attendee: Attendee, event: Event) -> str:
    """As links were before they named the hosts."""
    return f"/following/stop/{signing.dumps([attendee.pk, event.pk], salt=SALT)}/"


def test_link_in_the_mail_stops_without_signing_in(
    client: Client, host: Host, ada: Attendee
) -> None:
    stranger, other = make_local_attendee(), make_host(name="Other")
    follows.follow(ada, host=other)
    for each in (host, other):
        follows.follow(stranger, host=each)
    link = stop_link(ada, [host]).removeprefix(PATH)
    assert "Yes, stop" in client.get(link).content.decode()
    assert Follow.objects.count() == 4  # a mail scanner may have opened it
    assert headline(client, link, press=True) == STOPPED
    assert (followed(ada), followed(stranger)) == (["Other"], ["Lanterns", "Other"])


@pytest.mark.parametrize("press", [False, True])
def test_link_that_was_used_before_has_nothing_to_stop_1(
    client: Client, host: Host, ada: Attendee, *, press: bool
) -> None:
    link = stop_link(ada, [host]).removeprefix(PATH)
    follows.follow(ada, host=make_host(name="Other"))
    assert headline(client, link, press=True) == STOPPED
    assert headline(client, link, press=press) == NOTHING
    assert followed(ada) == ["Other"]


def delete(event: Event, _other: Host) -> None:
    event.delete()


def replace(event: Event, other: Host) -> None:
    event.hosts.set([other])


@pytest.mark.parametrize("change", [delete, replace])
def test_link_stops_what_the_mail_was_about_whatever_became_of_the_event_1(
    client: Client,
    mailoutbox: list[EmailMessage],
    host: Host,
    ada: Attendee,
    change: Callable[[Event, Host], None],
) -> None:
    event, other = make_event(), make_host(name="Other")
    event.hosts.add(host)
    follows.follow(ada, host=other)
    housekeeping.run()
    found = re.search(r"Stop following: (\S+)", str(mailoutbox[0].body))
    change(event, other)
    assert found is not None
    assert headline(client, found[1].removeprefix(PATH), press=True) == STOPPED
    assert followed(ada) == ["Other"]


def test_link_of_a_host_that_is_gone_or_of_an_erased_person_stops_nothing_1(
    client: Client, host: Host, ada: Attendee
) -> None:
    link = stop_link(ada, [host]).removeprefix(PATH)
    bo = make_local_attendee()
    follows.follow(bo, host=host)
    of_bo = stop_link(bo, [host]).removeprefix(PATH)
    closing.erase(bo.user)
    assert headline(client, of_bo, press=True) == NOTHING
    host.delete()
    assert headline(client, link, press=True) == NOTHING


# --- Links of before -----------------------------------------------------------------------------


def test_former_link_stops_the_hosts_of_its_event_1(
    client: Client, host: Host, ada: Attendee
) -> None:
    event = make_event()
    event.hosts.add(host)
    link = former_link(ada, event)
    assert "Lanterns" in client.get(link).content.decode()
    assert headline(client, link, press=True) == STOPPED
    assert (followed(ada), headline(client, link, press=True)) == ([], NOTHING)


@pytest.mark.parametrize("change", [delete, replace])
def test_former_link_does_not_say_that_it_stopped_what_it_does_not_know_1(
    client: Client, host: Host, ada: Attendee, change: Callable[[Event, Host], None]
) -> None:
    event = make_event()
    event.hosts.add(host)
    link = former_link(ada, event)
    change(event, make_host(name="Other"))
    for press in (False, True):
        assert headline(client, link, press=press) == UNKNOWN
    assert followed(ada) == ["Lanterns"]
    follows.stop(ada, host=host)
    assert headline(client, link, press=True) == NOTHING


def test_former_link_says_that_other_hosts_are_followed_still_1(
    client: Client, host: Host, ada: Attendee
) -> None:
    event, other = make_event(), make_host(name="Other")
    event.hosts.add(other)
    follows.follow(ada, host=other)
    link = former_link(ada, event)
    assert headline(client, link, press=True) == STOPPED_THESE
    assert followed(ada) == ["Lanterns"]


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: f"{token}x"])
def test_link_that_was_changed_stops_nothing(
    client: Client, host: Host, ada: Attendee, change: Callable[[str], str]
) -> None:
    link = stop_link(ada, [host]).removeprefix(PATH).rstrip("/")
    address = f"{change(link)}/"
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    assert followed(ada) == ["Lanterns"]
