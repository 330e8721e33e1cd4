"""Messages in the admin: for superusers, to see what did not go out and to send it again."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from events import places
from events.accounts import local
from events.messages import delivery, retention
from events.models import Attendee, Event, Notification
from tests.factories import NOON, make_attendee, make_event, make_user
from tests.mail_server import Refusing

from .conftest import SignedIn
from .pages import logged, rows, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
MESSAGES = "/admin/events/notification/"


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


def make_person(name: str) -> Attendee:
    user = make_user(username=name, email=f"{name.lower()}@example.org")
    return make_attendee(user=user, neos_username=name, email_confirmed_at=NOON)


@pytest.fixture
def told() -> list[Notification]:
    """Return the messages to Ada and Bo about Mika's event."""
    event = make_event(title="Jam")
    for name in ["Ada", "Bo"]:
        places.register(user=make_person(name).user, bookable=event)
    return list(Notification.objects.order_by("pk"))


def fail(settings: Settings, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """One attempt that the mail server refuses."""
    monkeypatch.setattr(Refusing, "error", smtplib.SMTPDataError(code, b"<b>refused</b>"))
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail_server.Refusing"
    delivery.deliver_due()
    settings.EMAIL_BACKEND = usual


def send_again(browser: Client, *chosen: Notification) -> HttpResponse:
    pks = [str(notification.pk) for notification in chosen]
    return browser.post(MESSAGES, {"action": "send_again", "_selected_action": pks})


def states(browser: Client, choice: str = "") -> dict[str, str]:
    """The state of each person's message in the list, filtered by `choice`."""
    found = browser.get(MESSAGES, {"state": choice} if choice else {})
    if b'id="result_list"' not in found.content:
        return {}
    return {person: state for person, _kind, _about, state, *_rest in rows(found)}


def test_messages_show_who_what_and_why_not(
    root: Client, told: list[Notification], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(settings, monkeypatch, 554)
    assert rows(root.get(MESSAGES))[1] == [
        "Ada",
        "registered",
        "You are in: Jam",
        "not delivered",
        "SMTPDataError",
        "Sat 1 June 2030, 12:00 (UTC)",
    ]


def test_messages_say_in_which_state_they_are(
    root: Client,
    told: list[Notification],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
) -> None:
    places.register(user=make_attendee(neos_username="Cy").user, bookable=Event.objects.get())
    first = {"Ada": "waiting", "Bo": "waiting", "Cy": "nobody to write to"}
    assert states(root) == first
    assert delivery._claim(told[0].pk) is True
    fail(settings, monkeypatch, 451)
    again = "will be tried again at Sat 1 June 2030, 12:01 (UTC)"
    assert states(root) == first | {"Ada": "being sent", "Bo": again}
    clock.shift(delivery.HANDING_OVER)
    delivery.deliver_due()
    assert states(root) == first | {"Ada": "not delivered", "Bo": "sent"}
    assert [sorted(states(root, choice)) for choice in ("dead", "waiting")] == [["Ada"], []]


def test_messages_of_a_state_are_found_by_it(
    root: Client, told: list[Notification], mailoutbox: list[EmailMessage]
) -> None:
    Notification.objects.filter(pk=told[0].pk).update(state="dead")
    delivery.deliver_due()
    places.register(user=make_attendee(neos_username="Cy").user, bookable=Event.objects.get())
    choices = ["dead", "again", "waiting", "sent", "nobody", "nonsense"]
    found = [sorted(states(root, choice)) for choice in choices]
    assert found == [["Ada"], [], [], ["Bo"], ["Cy"], ["Ada", "Bo", "Cy"]]
    Notification.objects.filter(pk=told[0].pk).update(state="queued")
    Notification.objects.filter(pk=told[1].pk).update(
        state="queued", sent_at=None, next_try_at=NOON + timedelta(hours=1)
    )
    assert [sorted(states(root, choice)) for choice in ["again", "waiting"]] == [["Bo"], ["Ada"]]


def test_sent_message_is_known_after_its_facts_are_purged(
    root: Client, told: list[Notification], clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    delivery.deliver_due()
    clock.shift(timedelta(days=1))
    retention.purge_facts(NOON + timedelta(hours=1))
    assert states(root) == {"Ada": "sent", "Bo": "sent"}


def test_send_again_sends_dead_letters_only_and_says_who_did_it(
    root: Client,
    told: list[Notification],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[EmailMessage],
) -> None:
    Notification.objects.filter(pk=told[1].pk).update(state="sent", sent_at=NOON)
    fail(settings, monkeypatch, 554)
    assert words(send_again(root, *told)) == [
        "1 message is sent again in a moment.",
        "1 was not changed: only what was not delivered can be sent again.",
    ]
    assert (logged(), mailoutbox) == ([("root", "Sent again.")], [])
    delivery.deliver_due()
    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]


def test_page_of_a_message_says_what_went_wrong_and_not_what_it_says(
    root: Client, told: list[Notification], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.send_confirmation(make_attendee(user=make_user()))
    fail(settings, monkeypatch, 554)
    for notification in Notification.objects.select_related("attendee__user"):
        page = root.get(f"{MESSAGES}{notification.pk}/change/").content.decode()
        assert "&lt;b&gt;refused&lt;/b&gt;" in page
        address = notification.attendee.user.email
        assert address.endswith("@example.org")
        needles = ["You have a place", "/confirm/", address]
        assert [needle for needle in needles if needle in page] == []


def test_message_of_an_unknown_kind_is_shown_by_its_key(
    root: Client, told: list[Notification]
) -> None:
    Notification.objects.update(kind="nonsense")
    page = root.get("/admin/events/notification/")
    assert (page.status_code, str(told[0].subject) in page.content.decode()) == (200, True)


def test_messages_are_closed_to_everybody_else(
    signed_in: SignedIn, browser: Client, mika: User, told: list[Notification]
) -> None:
    """Not even a permission opens them."""
    mika.user_permissions.set(Permission.objects.filter(codename__endswith="_notification"))
    Notification.objects.update(state="dead")
    assert b"otification" not in browser.get("/admin/").content
    for stranger, code in [(browser, 403), (signed_in(make_user()), 302), (Client(), 302)]:
        for path in ["", f"{told[0].pk}/change/", "add/", f"{told[0].pk}/delete/"]:
            response = stranger.get(f"{MESSAGES}{path}")
            assert (response.status_code, b"Jam" in response.content) == (code, False), path
        assert send_again(stranger, *told).status_code == code
    assert set(Notification.objects.values_list("state", flat=True)) == {"dead"}


def test_superuser_changes_and_deletes_no_message(root: Client, told: list[Notification]) -> None:
    for path in ["add/", f"{told[0].pk}/delete/"]:
        assert root.post(f"{MESSAGES}{path}", {"post": "yes"}).status_code == 403
    root.post(f"{MESSAGES}{told[0].pk}/change/", {"kind": "forged"})
    assert {n.kind for n in Notification.objects.all()} == {"registered"}


def test_messages_cost_the_same_with_more_of_them(
    root: Client, told: list[Notification], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ["Cy", "Di"]:
        with django_assert_num_queries(6):
            assert b"Ada" in root.get(MESSAGES).content
        places.register(user=make_person(name).user, bookable=Event.objects.get())
