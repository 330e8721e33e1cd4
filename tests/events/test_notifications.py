"""Mail: once, in words that fit one line, and never in the way of a registration."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from events import notifications, places
from events.models import Attendee, Notification, Registration
from tests.factories import NOON, make_attendee, make_event, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class BrokenServer(BaseEmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


@pytest.fixture
def attendee() -> Attendee:
    """Somebody who can be written to."""
    user = make_user(email="person@example.org", username="U-person")
    return make_attendee(neos_id="U-person", user=user, email_confirmed_at=NOON)


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({}, "You are in: Jam"),
        ({"capacity": 0}, "On the waitlist: Jam"),
        ({"price": 1250}, "Please pay to keep your place: Jam"),
    ],
)
def test_message_says_what_happened_and_where_to_look(
    attendee: Attendee,
    fields: dict[str, int],
    title: str,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        places.register(user=attendee.user, bookable=make_event(title="Jam", **fields))
    assert [mail.subject for mail in mailoutbox] == [title]
    assert str(mailoutbox[0].body).endswith("http://localhost:8000/registrations/\n")


def test_message_names_the_zone_of_its_times(
    attendee: Attendee,
    clock: time_machine.Traveller,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    event = make_event(price=1250, time_zone="Asia/Tokyo")
    with django_capture_on_commit_callbacks(execute=True):
        places.register(user=attendee.user, bookable=event)
        clock.shift(timedelta(hours=1))
        places.fill(event=event)
    due, lapsed = (str(mail.body) for mail in mailoutbox)
    assert "until Sat 1 June 2030, 21:30 (Asia/Tokyo)." in due
    assert "Pay €12.50 by then" in due
    assert "was kept for you until Sat 1 June 2030, 21:30 (Asia/Tokyo)" in lapsed


def test_message_treats_titles_as_text(
    attendee: Attendee,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    event = make_event(title="100 %(x)s {y}\r\nBcc: victim@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        places.register(user=attendee.user, bookable=event)
    assert mailoutbox[0].subject == "You are in: 100 %(x)s {y} Bcc: victim@example.org"
    assert mailoutbox[0].recipients() == ["person@example.org"]


def test_broken_mail_server_leaves_the_registration_and_the_message_waiting(
    attendee: Attendee,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"
    with django_capture_on_commit_callbacks(execute=True):
        places.register(user=attendee.user, bookable=make_event())
    assert Registration.objects.get().status == "confirmed"
    assert Notification.objects.get().sent_at is None


def test_delivery_happens_once(attendee: Attendee, mailoutbox: list[EmailMessage]) -> None:
    places.register(user=attendee.user, bookable=make_event())
    notification = Notification.objects.get()
    assert [notifications.deliver(notification) for _ in range(2)] == [True, False]
    assert len(mailoutbox) == 1
    assert str(notification).startswith("registered · registration:")


def test_delivery_skips_people_whose_account_is_closed(
    attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    places.register(user=attendee.user, bookable=make_event())
    attendee.user.is_active = False
    attendee.user.save()
    notification = Notification.objects.select_related("attendee__user").get()
    assert notifications.deliver(notification) is False
    assert mailoutbox == []
