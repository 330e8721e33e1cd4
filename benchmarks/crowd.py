"""Events with crowds, written without asking any rule."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from events.models import Attendee, Event, Payment, Registration

BATCH = 1_000
Status = Registration.Status
_numbers = itertools.count(1)


def fill(
    event: Event, *, confirmed: int = 0, waiting: int = 0, is_stale: bool = False
) -> list[Registration]:
    """Put as many people into the event, all with an address; who waits may be `is_stale`."""
    now, count = timezone.now(), confirmed + waiting
    attendees = make_people(count)
    if is_stale:
        stale = [attendee.pk for attendee in attendees[confirmed:]]
        long_ago = now - timedelta(days=365)
        for start in range(0, len(stale), BATCH):
            rows = Attendee.objects.filter(pk__in=stale[start : start + BATCH])
            rows.update(verified_at=long_ago)
    taking = {"status": Status.CONFIRMED, "taken_at": now, "confirmed_at": now}
    lining_up = {"status": Status.WAITLISTED, "waitlisted_at": now}
    terms = [taking | {"amount": event.price}] * confirmed + [lining_up] * waiting
    made = Registration.objects.bulk_create(
        [
            Registration(attendee=attendee, event=event, created_at=now, **fields)
            for attendee, fields in zip(attendees, terms, strict=True)
        ],
        BATCH,
    )
    analyze()
    return made


def make_people(count: int) -> list[Attendee]:
    now = timezone.now()
    names = [f"U-crowd-{next(_numbers)}" for _ in range(count)]
    users = User.objects.bulk_create(
        [User(username=name, password="!", email=f"{name}@example.org") for name in names], BATCH
    )
    return Attendee.objects.bulk_create(
        [
            Attendee(
                user=user,
                neos_id=user.username,
                neos_email_verified=True,
                verified_at=now,
                email_confirmed_at=now,
                patreon_known=True,
            )
            for user in users
        ],
        BATCH,
    )


def pay(registrations: Sequence[Registration]) -> None:
    """Note that everybody has paid."""
    now = timezone.now()
    Payment.objects.bulk_create(
        [
            Payment(
                registration=registration,
                provider="sandbox",
                reference=f"paid-{registration.pk}",
                amount=registration.amount,
                currency=registration.currency,
                status=Payment.Status.PAID,
                created_at=now,
                paid_at=now,
            )
            for registration in registrations
        ],
        BATCH,
    )
    analyze()


def analyze() -> None:
    """Count the rows for the planner, as autovacuum does on a living site."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
