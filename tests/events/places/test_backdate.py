"""Sign-ups of the demo get other times, and everything that follows from their order stays."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from events import places
from events.models import Payment, Registration
from events.payments.providers import manual
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAYS = [NOON - timedelta(days=days) for days in (9, 5, 1)]


def test_sign_ups_get_their_times_and_lines_their_order(clock: time_machine.Traveller) -> None:
    event = make_event(capacity=1, price=500)
    mixing = make_workshop(event)
    ada, bo, cy = (make_attendee() for _ in range(3))
    first = register(ada, event)
    manual.mark_paid(registration=first, by=make_organizer())
    register(bo, event)
    register(cy, event)
    in_workshop = register(ada, mixing)
    places.backdate(event=event, moments=DAYS)

    own = Registration.objects.filter(workshop=None).order_by("pk")
    assert [row.created_at for row in own] == DAYS
    assert [row.waitlisted_at for row in own] == [None, *DAYS[1:]]
    assert [row.taken_at for row in own] == [DAYS[0], None, None]
    in_workshop.refresh_from_db()
    assert in_workshop.taken_at == DAYS[0] + timedelta(minutes=20)
    assert Payment.objects.get().paid_at == DAYS[0]
    line = Registration.objects.with_waitlist_position().filter(status="waitlisted")
    assert [(row.attendee, row.position) for row in line.order_by("pk")] == [(bo, 1), (cy, 2)]
    call_command("audit")


def test_time_for_each_person_is_needed() -> None:
    event = make_event()
    held = register(make_attendee(), event)
    with pytest.raises(ValueError, match="argument"):
        places.backdate(event=event, moments=DAYS)
    held.refresh_from_db()
    assert held.created_at == NOON
