"""Mail: once, in words that fit one line, and never in the way of a registration."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import transaction
from post_office.models import Email
from pytest_django import DjangoAssertNumQueries, Settings

from events import places
from events.messages import delivery, texts
from events.models import Attendee, Notification, Registration
from tests.factories import NOON, make_attendee, make_event, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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
) -> None:
    places.register(user=attendee.user, bookable=make_event(title="Jam", **fields))
    delivery.deliver_due()
    assert [mail.subject for mail in mailoutbox] == [title]
    assert str(mailoutbox[0].body).endswith("http://localhost:8000/registrations/\n")


def test_message_names_the_zone_of_its_times(
    attendee: Attendee,
    clock: time_machine.Traveller,
    mailoutbox: list[EmailMessage],
) -> None:
    event = make_event(price=1250, time_zone="Asia/Tokyo")
    places.register(user=attendee.user, bookable=event)
    clock.shift(timedelta(hours=1))
    places.settle(event=event)
    delivery.deliver_due()
    due, lapsed = (str(mail.body) for mail in mailoutbox)
    assert "until Sat 1 June 2030, 21:30 (Asia/Tokyo)." in due
    assert "Pay €12.50 by then" in due
    assert "was kept for you until Sat 1 June 2030, 21:30 (Asia/Tokyo)" in lapsed


def test_message_treats_titles_as_text(
    attendee: Attendee,
    mailoutbox: list[EmailMessage],
) -> None:
    event = make_event(title="100 %(x)s {y}\r\nBcc: victim@example.org")
    places.register(user=attendee.user, bookable=event)
    delivery.deliver_due()
    assert mailoutbox[0].subject == "You are in: 100 %(x)s {y} Bcc: victim@example.org"
    assert mailoutbox[0].recipients() == ["person@example.org"]


def test_registration_waits_for_no_mail_server(attendee: Attendee, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "no.such.backend"
    places.register(user=attendee.user, bookable=make_event())
    assert Registration.objects.get().status == "confirmed"
    assert (Notification.objects.get().sent_at, Email.objects.count()) == (None, 1)


def test_message_falls_with_the_transaction_that_owes_it(attendee: Attendee) -> None:
    with transaction.atomic():
        places.register(user=attendee.user, bookable=make_event())
        transaction.set_rollback(True)
    assert (Notification.objects.count(), Email.objects.count()) == (0, 0)


def test_message_without_an_address_has_no_words(
    attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    nobody = [make_attendee(), attendee, make_attendee()]
    nobody[0].user.email = "somebody-elses@example.org"  # not confirmed
    attendee.user.email = ""
    nobody[2].erased_at = NOON
    for person in nobody:
        person.user.save()
        person.save()
        places.register(user=person.user, bookable=make_event())
    assert [n.email for n in Notification.objects.all()] == [None] * 3
    assert (delivery.deliver_due(), mailoutbox) == (delivery.Delivered(), [])


def test_message_is_owed_once_for_each_reason(attendee: Attendee) -> None:
    registration = places.register(user=attendee.user, bookable=make_event())
    for suffix in ["", "one", "two", "one"]:
        texts._owe(registration, "told", "Title", "Body", suffix)
    told = Notification.objects.filter(kind="told").values_list("subject", flat=True)
    about = f"registration:{registration.code}"
    assert sorted(told) == [about, f"{about}:one", f"{about}:two"]


def test_message_costs_two_statements(
    attendee: Attendee, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    registration = places.register(user=attendee.user, bookable=make_event())
    with django_assert_num_queries(2):
        texts._owe(registration, "told", "Title", "Body")


def test_subject_line_is_one_line_of_at_most_200_characters(attendee: Attendee) -> None:
    registration = places.register(user=attendee.user, bookable=make_event())
    texts._owe(registration, "told", "Long\r\n" + "x" * 300, "Body")
    assert Email.objects.get(notification__kind="told").subject == "Long " + "x" * 195
    assert str(Notification.objects.get(kind="told")).startswith("told · registration:")
