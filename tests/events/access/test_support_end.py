"""Support that a platform told of at a sign-in ends, for who never signs in again.

A free event asks for no fresh verification. Each question is asked right before the end, too.
"""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from events import follows
from events.access import openings, pricing, rows
from events.models import Attendee, Registration
from events.places.line import waiting_for
from tests.factories import make_attendee, make_event, make_perk
from tests.platform import PLATFORM
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
END, INSTANT, DAY = PLATFORM.support_until, timedelta(microseconds=1), timedelta(days=1)
AROUND = [(END - INSTANT, True), (END, False), (END + 1000 * DAY, False)]


@pytest.fixture
def patron(client: Client) -> Attendee:
    """Somebody who pays 12 dollars a month when they sign in."""
    sign_in(client)
    return Attendee.objects.get(neos_id="U-gearfox")


@pytest.mark.parametrize(("now", "counts"), AROUND)
def test_early_opening_ends_with_the_support(
    client: Client, clock: Clock, patron: Attendee, now: datetime, *, counts: bool
) -> None:
    event = make_event(slug="jam", starts_at=now + 7 * DAY, opens_at=now + DAY)
    make_perk(event, early_hours=48)
    stranger = make_attendee()
    for person in (patron, stranger):
        follows.follow(person, event=event)
    clock.move_to(now)
    assert list(openings.opened(now).values_list("attendee", flat=True)) == [patron.pk] * counts
    client.force_login(patron.user)
    client.post("/events/jam/register/")
    assert Registration.objects.count() == counts


@pytest.mark.parametrize(("now", "counts"), AROUND)
def test_discount_ends_with_the_support(
    client: Client, clock: Clock, patron: Attendee, now: datetime, *, counts: bool
) -> None:
    event = make_event(slug="jam", starts_at=now + 7 * DAY, price=1000)
    make_perk(event, discount_percent=25, label="Gunter")
    perk = pricing.perk_of(patron, event.perks.all(), now)
    assert pricing.price_of(event, perk).amount == (750 if counts else 1000)
    clock.move_to(now)
    Attendee.objects.update(verified_at=now)
    client.force_login(patron.user)
    page = client.get("/events/jam/").content.decode()
    assert ("€7.50" in page) is counts


@pytest.mark.parametrize(("now", "counts"), AROUND)
def test_place_for_supporters_needs_support_that_has_not_ended(
    patron: Attendee, now: datetime, *, counts: bool
) -> None:
    event = make_event(starts_at=now + 7 * DAY, patron_cents=600)
    Attendee.objects.update(verified_at=now)
    waits = {"status": "waitlisted", "created_at": now, "waitlisted_at": now}
    Registration.objects.create(attendee=patron, event=event, **waits)
    may = rows.who_may(waiting_for(event), rows.asked_at(event, now))
    assert list(may.values_list("attendee", flat=True)) == [patron.pk] * counts
