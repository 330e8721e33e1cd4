"""Mail: once, in words that fit one line, and never in the way of a registration."""

import copy
import math
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from events import places
from events.messages import delivery, outbox, texts
from events.messages.outbox import Kind
from events.models import Attendee, Notification, Registration
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def attendee() -> Attendee:
    """Somebody who can be written to."""
    user = make_user(email="person@example.org", username="U-person")
    return make_attendee(neos_id="U-person", user=user, email_confirmed_at=NOON)


@pytest.mark.parametrize(
    ("fields", "title", "way", "page"),
    [
        ({}, "You are in: Jam", "See your place", ""),
        ({"capacity": 0}, "On the waitlist: Jam", "See your spot", ""),
        ({"price": 1250}, "Please pay to keep your place: Jam", "Pay now", "pay/"),
    ],
)
def test_message_says_what_happened_and_where_to_look(
    attendee: Attendee,
    fields: dict[str, int],
    title: str,
    way: str,
    page: str,
    mailoutbox: list[EmailMessage],
) -> None:
    mine = places.register(user=attendee.user, bookable=make_event(title="Jam", **fields))
    delivery.deliver_due()
    assert [mail.subject for mail in mailoutbox] == [title]
    body = str(mailoutbox[0].body)
    assert f"\n\n{way}: http://localhost:8000/registrations/{mine.code}/{page}\n" in body
    end = "\n\nQuestions? Write to events@localhost\n\nCommunity events\n"
    assert body.endswith(end)


def test_message_names_the_site_in_both_versions_and_not_in_the_subject(
    attendee: Attendee, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.SITE_NAME = "Harbour <Nights>"
    places.register(user=attendee.user, bookable=make_event(title="Jam"))
    delivery.deliver_due()
    mail = mailoutbox[0]
    ((html, _kind),) = mail.alternatives  # type: ignore[attr-defined] - it has two versions
    assert mail.subject == "You are in: Jam"
    assert str(mail.body).endswith("\n\nHarbour <Nights>\n")
    assert ">Harbour &lt;Nights&gt;</p>" in str(html)


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
    assert (Notification.objects.get().sent_at, Notification.objects.get().state) == (
        None,
        "queued",
    )


def test_message_falls_with_the_transaction_that_owes_it(attendee: Attendee) -> None:
    with transaction.atomic():
        places.register(user=attendee.user, bookable=make_event())
        transaction.set_rollback(True)
    assert Notification.objects.count() == 0


def test_message_without_an_address_waits_for_nobody(
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
    assert [n.state for n in Notification.objects.all()] == ["nobody"] * 3
    assert (delivery.deliver_due(), mailoutbox) == (delivery.Delivered(), [])


def test_message_is_owed_once_for_each_reason(attendee: Attendee) -> None:
    registration = places.register(user=attendee.user, bookable=make_event())
    for suffix in ["", "one", "two", "one"]:
        outbox.tell(Kind.CANCELLED, [registration, registration], suffix=suffix)
    told = Notification.objects.filter(kind="cancelled").values_list("subject", flat=True)
    about = f"registration:{registration.code}"
    assert sorted(told) == [about, f"{about}:one", f"{about}:two"]
    assert str(Notification.objects.first()) == f"registered · {about}"


def test_message_costs_one_statement(
    attendee: Attendee, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    registration = places.register(user=attendee.user, bookable=make_event())
    with django_assert_num_queries(1):
        texts.cancelled(registration)
    with django_assert_num_queries(1):
        texts.cancelled(registration)
    with django_assert_num_queries(0):
        texts.cancelled()


def test_messages_to_many_people_cost_few_statements(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """PostgreSQL takes 500 rows a statement, SQLite as many as it takes parameters."""
    event = make_event()
    people = [places.register(user=make_attendee().user, bookable=event) for _ in range(2)]
    registrations = [like(people[n % 2]) for n in range(1_000)]
    rows = connection.ops.bulk_batch_size(Notification._meta.concrete_fields[1:], registrations)
    statements = math.ceil(len(registrations) / min(rows, outbox.BATCH))
    with django_assert_num_queries(statements):
        texts.event_cancelled(*registrations, revision=1)
    assert (statements <= 14, Notification.objects.count()) == (True, 2 + 1_000)
    assert Notification.objects.filter(kind="event-cancelled").count() == 1_000


def like(registration: Registration) -> Registration:
    """Another one of the same person, as far as its messages can tell."""
    other = copy.copy(registration)
    other.code = uuid.uuid4()
    return other


def test_subject_line_is_one_line_of_at_most_200_characters(
    attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    """Two titles may be longer than one."""
    event = make_event()
    one, other = (
        make_workshop(event, title=f"{letter}\r\n" + letter * 110) for letter in ("x", "y")
    )
    places.register(user=attendee.user, bookable=event)
    held = places.register(user=attendee.user, bookable=one)
    clashing = copy.copy(held)
    clashing.code, clashing.workshop, clashing.pk = uuid.uuid4(), other, None
    clashing.status, clashing.ended_at = "cancelled", NOON
    clashing.save(force_insert=True)
    texts.time_clash((held, clashing), revision=1)
    delivery.deliver_due()
    title = f"At the same time now: x {'x' * 110} and y {'y' * 110}"
    assert mailoutbox[-1].subject == f"{title[:199]}…"
