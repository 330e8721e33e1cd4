"""Mails name somebody to write to, and an answer goes there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from events import places
from events.accounts import local
from events.formatting import contact
from events.formatting.contact import Contact
from events.messages import delivery, render
from events.models import Attendee, Event, Notification, Registration
from events.payments.providers import manual
from events.places import event_edits
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_user
from tests.mail_server import mail_server

from .test_render import all_words, attendee, registration

__all__ = ["attendee", "registration"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "The team <team@example.org>"


@pytest.fixture(autouse=True)
def site_contact(settings: Settings) -> None:
    settings.SITE_CONTACT = SITE


def reachable(address: str = "ann@example.org") -> Attendee:
    user = make_user(username="ann", email=address)
    return make_attendee(user=user, neos_id="U-ann", email_confirmed_at=NOON)


def take_place(event: Event, person: Attendee | None = None) -> Registration:
    return places.register(user=(person or reachable()).user, bookable=event)


def test_every_mail_names_the_contact_in_text_and_html_r14(registration: Registration) -> None:
    Event.objects.update(contact="Mika https://discord.example/jam")
    registration.event.refresh_from_db()
    about_accounts = {"confirm-address", "address-change", "password-reset", "second-factor"}
    for kind, words in all_words(registration):
        is_account = kind in about_accounts
        address = "team@example.org" if is_account else "https://discord.example/jam"
        link = f"mailto:{address}" if is_account else address
        found = (f"({address})" in words.text, f'href="{link}"' in words.html)
        assert (kind, *found) == (kind, True, True)


@pytest.mark.parametrize(
    ("text", "reply_to"),
    [
        ("", [SITE]),
        ("Mika <mika@example.org>", ["Mika <mika@example.org>"]),
        ("a..b@docomo.ne.jp", ['"a..b"@docomo.ne.jp']),
        ("https://discord.example/jam", []),
    ],
)
def test_answer_goes_to_the_contact_r14(
    mailoutbox: list[EmailMessage], text: str, reply_to: list[str]
) -> None:
    take_place(make_event(contact=text))
    delivery.deliver_due()
    assert mailoutbox[0].reply_to == reply_to
    assert mailoutbox[0].message()["Reply-To"] == (reply_to[0] if reply_to else None)


def test_mail_about_an_account_answers_to_the_site_r14(mailoutbox: list[EmailMessage]) -> None:
    person = make_attendee(user=make_user(email="new@example.org"))
    local.send_confirmation(person)
    delivery.deliver_due()
    assert mailoutbox[0].reply_to == [SITE]


def test_blocked_person_reads_whom_to_write_to_r14(registration: Registration) -> None:
    Event.objects.update(contact="mika@example.org")
    registration.event.refresh_from_db()
    facts = {"refusals": [{"code": "blocked", "held": None}]}
    notification = Notification(
        kind="passed-over", attendee=registration.attendee, registration=registration, facts=facts
    )
    words = render.words(notification)
    assert "If you do not know why, write to mika@example.org." in words.text
    assert 'href="mailto:mika@example.org"' in words.html
    assert "localhost:8000mailto" not in words.html + words.text


# --- Addresses with dots in odd places -----------------------------------------------------------


def listening(heard: list[str]) -> Callable[[str], str]:
    def recipient(line: str) -> str:
        heard.append(line)
        return "250 ok"

    return recipient


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("a..b@docomo.ne.jp", '<"a..b"@docomo.ne.jp>'),
        ("ann.@docomo.ne.jp", '<"ann."@docomo.ne.jp>'),
        ("ann+jam@example.org", "<ann+jam@example.org>"),
        ('"john smith"@example.org', '<"john smith"@example.org>'),
        ("ann@xn--mnchen-3ya.example", "<ann@xn--mnchen-3ya.example>"),
    ],
)
def test_server_hears_the_address_quoted_r20(settings: Settings, address: str, named: str) -> None:
    take_place(make_event(), reachable(address))
    heard: list[str] = []
    with mail_server(recipient=listening(heard)) as server:
        settings.EMAIL_BACKEND = "events.messages.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        assert delivery.deliver_due().sent == 1
    assert heard == [f"rcpt TO:{named}"]
    assert f"To: {named[1:-1]}" in str(server.taken)


def test_django_alone_would_name_the_address_unquoted_r20(settings: Settings) -> None:
    """The control: the way to the mail server is what quotes it."""
    take_place(make_event(), reachable("a..b@docomo.ne.jp"))
    heard: list[str] = []
    with mail_server(recipient=listening(heard)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        delivery.deliver_due()
    assert heard == ["rcpt TO:<a..b@docomo.ne.jp>"]


# --- Deadlines and times in mails ----------------------------------------------------------------


def edit(event: Event, **values: object) -> None:
    before = event_edits.begin(event.pk)
    Event.objects.filter(pk=event.pk).update(**values)
    event_edits.follow_up(before)


def bodies(mailoutbox: list[EmailMessage]) -> list[str]:
    delivery.deliver_due()
    return [str(mail.body) for mail in mailoutbox]


def test_mail_says_until_when_money_comes_back_r7(mailoutbox: list[EmailMessage]) -> None:
    event = make_event(price=1500, starts_at=NOON + timedelta(days=5), refund_days=1)
    manual.mark_paid(registration=take_place(event), by=make_organizer())
    moved = event.starts_at + timedelta(days=40)
    edit(event, starts_at=moved, ends_at=moved + timedelta(hours=2))
    _due, confirmed, _receipt, moved_mail = bodies(mailoutbox)
    assert "before Mon 15 July 2030, 12:00 (UTC), you get all your money back" in confirmed
    assert "before Mon 15 July 2030, 12:00 (UTC), you get all your money back." in moved_mail


def test_mail_says_that_no_money_comes_back_r7(mailoutbox: list[EmailMessage]) -> None:
    event = make_event(price=1500, refund_days=None)
    manual.mark_paid(registration=take_place(event), by=make_organizer())
    assert "If you give it up, you get no money back." in bodies(mailoutbox)[1]


def test_free_place_has_no_word_of_money_r7(mailoutbox: list[EmailMessage]) -> None:
    take_place(make_event())
    assert "money" not in bodies(mailoutbox)[0]


def test_moved_hold_is_told_with_its_deadline_r7(mailoutbox: list[EmailMessage]) -> None:
    event = make_event(price=1500, starts_at=NOON + timedelta(minutes=10))
    take_place(event)
    moved = NOON + timedelta(days=1)
    edit(event, starts_at=moved, ends_at=moved + timedelta(hours=2))
    assert "Pay €15.00 before Sat 1 June 2030, 12:30 (UTC)" in bodies(mailoutbox)[1]


def test_mail_tells_the_doubled_hour_apart_r5(mailoutbox: list[EmailMessage]) -> None:
    start = datetime(2030, 10, 27, 0, 45, tzinfo=UTC)
    take_place(make_event(time_zone="Europe/Berlin", starts_at=start))
    assert "It starts Sun 27 October 2030, 02:45 CEST (Europe/Berlin)." in bodies(mailoutbox)[0]


def test_contact_of_the_site_is_read_r14() -> None:
    assert contact.site_contact() == Contact("The team", "team@example.org")
