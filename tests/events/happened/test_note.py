"""A note is one line after the commit, and one more in a count."""

import json
import logging
from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from events import happened, places
from events.access.refusals import PlaceRefused
from events.happened import FIELDS, Kind, counts
from events.housekeeping import run
from events.models import Notification
from events.payments.providers import manual
from eventsite.log_lines import JsonFormatter
from tests.factories import (
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted(caplog: pytest.LogCaptureFixture) -> None:
    counts.take_all()
    caplog.set_level(logging.INFO, "events.happened")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "events.happened"]


def counted() -> Counter[str]:
    return Counter(
        {
            label: one.number
            for (_hour, name, label), one in counts.take_all().items()
            if name == happened.HAPPENED
        }
    )


@pytest.mark.django_db(transaction=True)
def test_line_is_written_after_the_commit_and_not_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with transaction.atomic():
        happened.note(Kind.SIGNED_IN, user=7)
        before = lines(caplog)

    assert (before, lines(caplog)) == ([], ["signed-in user=7"])
    assert counted() == Counter({"signed-in": 1})


@pytest.mark.django_db(transaction=True)
def test_transaction_that_is_undone_leaves_no_line(caplog: pytest.LogCaptureFixture) -> None:
    with transaction.atomic():
        happened.note(Kind.SIGNED_IN, user=7)
        transaction.set_rollback(True)

    assert (lines(caplog), counted()) == ([], Counter())


def test_refusal_is_noted_though_its_transaction_is_undone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    event = make_event(neos_required=True)
    stranger = make_local_attendee()

    with pytest.raises(PlaceRefused):
        places.register(user=stranger.user, bookable=event)

    assert lines(caplog) == [f"refused event={event.pk} codes=neos-required"]


@pytest.mark.parametrize("fields", [{}, {"user": 1, "name": "Wren"}])
def test_fields_that_a_kind_does_not_have_are_refused(fields: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        happened.note(Kind.SIGNED_IN, **fields)


def test_every_kind_has_its_fields() -> None:
    assert set(FIELDS) == set(Kind)


def test_way_of_a_place_is_told_by_ids_and_names_nobody(
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    event = make_event(title="Secret garden", capacity=1, price=500)
    robin = make_organizer(username="robin")
    first, second = make_attendee(neos_username="Wren"), make_attendee(neos_username="Lark")

    with django_capture_on_commit_callbacks(execute=True):
        held = places.register(user=first.user, bookable=event)
        manual.mark_paid(registration=held, by=robin, note="from Wren", reference="Wren's bank")
        waiting = places.register(user=second.user, bookable=event)
        places.cancel(registration=held, in_full=False)

    payment = held.payments.get()
    place, other = (f"registration={row.pk} event={event.pk}" for row in (held, waiting))
    assert lines(caplog) == [
        f"place-held {place}",
        f"confirmed {place}",
        f"paid payment={payment.pk} registration={held.pk} amount=500 currency=EUR provider=manual",
        f"waitlisted {other}",
        f"given-up {place}",
        f"moved-up {other}",
    ]
    assert not {"Wren", "Lark", "robin", "garden", "@"} & set(" ".join(lines(caplog)).split())


def test_lapsed_hold_is_noted(
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    event = make_event(price=500)
    held = places.register(user=make_attendee().user, bookable=event)
    type(held).objects.filter(pk=held.pk).update(hold_until=held.created_at)

    with django_capture_on_commit_callbacks(execute=True):
        places.settle(event=event)

    assert lines(caplog) == [f"expired registration={held.pk} event={event.pk}"]


@pytest.mark.django_db(transaction=True)
def test_mail_is_noted_by_its_kind(caplog: pytest.LogCaptureFixture) -> None:
    user = make_user(email="wren@example.org")
    person = make_attendee(user=user, email_confirmed_at=timezone.now())
    places.register(user=person.user, bookable=make_event())
    caplog.clear()

    run()

    told = Notification.objects.get()
    assert lines(caplog) == [f"mail-sent notification={told.pk} about=registered"]


def test_sign_in_is_noted_by_the_id_of_the_account(
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    client: object,
) -> None:
    user = User.objects.create_user("mika", "mika@example.org", "a long password")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/login/", {"username": "mika", "password": "wrong"})  # type: ignore[attr-defined]
        client.post(  # type: ignore[attr-defined]
            "/accounts/login/", {"username": "mika", "password": "a long password"}
        )

    assert lines(caplog) == ["sign-in-failed way=password", f"signed-in user={user.pk}"]


def test_json_has_the_fields_as_members(caplog: pytest.LogCaptureFixture) -> None:
    happened.note_at_once(Kind.MAIL_DEAD, notification=3, about="paid", error="SMTPDataError")

    (record,) = caplog.records
    told = json.loads(JsonFormatter().format(record))
    del told["time"]
    assert told == {
        "level": "INFO",
        "logger": "events.happened",
        "message": "mail-dead notification=3 about=paid error=SMTPDataError",
        "happened": "mail-dead",
        "notification": 3,
        "about": "paid",
        "error": "SMTPDataError",
    }
