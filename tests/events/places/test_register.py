"""Taking places, giving them up, moving up: the rules, one at a time."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.models import Attendee, Event, Registration
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_perk,
    make_workshop,
    statuses,
)
from tests.lines import full_event, kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


# --- Taking a place ----------------------------------------------------------------------------


def test_register_confirms_a_free_place() -> None:
    attendee = make_attendee()
    registration = register(attendee, make_event(capacity=1))
    assert (registration.status, registration.confirmed_at) == ("confirmed", NOON)
    assert kinds(attendee) == ["registered"]


def test_register_twice_returns_the_first_registration() -> None:
    event, attendee = make_event(), make_attendee()
    first = register(attendee, event)
    assert register(attendee, event) == first
    assert (statuses(event), kinds(attendee)) == (["confirmed"], ["registered"])


def test_register_holds_a_paid_place_for_half_an_hour() -> None:
    event = make_event(price=1500, currency="EUR")
    registration = register(make_attendee(), event)
    assert registration.status == "awaiting_payment"
    assert registration.hold_until == NOON + timedelta(minutes=30)
    assert (registration.amount, registration.currency) == (1500, "EUR")


@pytest.mark.parametrize(
    ("starts", "ends", "held"),
    [(60, 90, 30), (20, 90, 30), (20, 25, 25), (-5, 20, 20), (-5, 90, 30)],
)
def test_register_holds_a_place_past_the_close_but_not_past_the_end_l3(
    starts: int, ends: int, held: int
) -> None:
    minute = timedelta(minutes=1)
    times = {"starts_at": NOON + starts * minute, "ends_at": NOON + ends * minute}
    event = make_event(price=1, closes_at=NOON + minute, **times)
    assert register(make_attendee(), event).hold_until == NOON + held * minute


def test_register_freezes_price_and_perk() -> None:
    event = make_event(price=1000)
    make_perk(event, min_cents=600, discount_percent=25, label="Gunter patron")
    registration = register(make_attendee(patreon_cents=1200), event)
    event.perks.all().delete()
    Event.objects.update(price=9999)
    registration.refresh_from_db()
    assert registration.amount == 750
    assert registration.perk_label == "Gunter patron, −25 %"


def test_register_confirms_at_once_what_a_perk_makes_free() -> None:
    event = make_event(price=1000)
    make_perk(event, discount_percent=100)
    assert register(make_attendee(patreon_cents=600), event).status == "confirmed"


def test_register_waitlists_when_full_in_order() -> None:
    event, registrations = full_event()
    assert statuses(event) == ["confirmed", "waitlisted", "waitlisted"]
    ordered = Registration.objects.waiting().with_waitlist_position()
    assert [(r.pk, r.position) for r in ordered] == [
        (registrations[1].pk, 1),
        (registrations[2].pk, 2),
    ]


def test_register_refuses_with_every_reason_and_writes_nothing() -> None:
    event = make_event(neos_required=True)
    attendee = make_attendee(neos_email_verified=False, neos_locked=True)
    with pytest.raises(PlaceRefused, match="neos-unverified, neos-locked") as caught:
        register(attendee, event)
    assert [refusal.code for refusal in caught.value.refusals] == ["neos-unverified", "neos-locked"]
    assert (statuses(event), kinds(attendee)) == ([], [])


def test_register_judges_the_row_and_not_the_object_in_hand() -> None:
    event = make_event(neos_required=True, capacity=1)
    attendee = make_attendee()
    Attendee.objects.filter(pk=attendee.pk).update(neos_locked=True)
    with pytest.raises(PlaceRefused, match="neos-locked"):
        register(attendee, event)


def test_register_judges_the_stored_event_and_not_the_one_in_hand() -> None:
    event = make_event()
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    with pytest.raises(PlaceRefused, match="event-cancelled"):
        register(make_attendee(), event)


def test_register_after_cancelling_goes_to_the_end() -> None:
    event, (_first, second, third) = full_event()
    places.cancel(registration=second, in_full=False)
    again = register(second.attendee, event)
    assert again.pk != second.pk
    line = Registration.objects.waiting().values_list("pk", flat=True)
    assert list(line) == [third.pk, again.pk]


def test_database_refuses_a_second_active_registration() -> None:
    event, attendee = make_event(), make_attendee()
    workshop = make_workshop(event)
    for bookable in (event, workshop):
        first = register(attendee, bookable)
        first.pk = None
        first.code = uuid4()
        with pytest.raises(IntegrityError), transaction.atomic():
            first.save(force_insert=True)


# --- Giving a place up -------------------------------------------------------------------------


def test_cancel_moves_the_next_in_line_up_and_tells_both() -> None:
    _event, (first, second, third) = full_event()
    places.cancel(registration=first, in_full=False)
    assert [status(r) for r in (first, second, third)] == ["cancelled", "confirmed", "waitlisted"]
    assert kinds(first.attendee) == ["registered", "given-up"]
    assert kinds(second.attendee) == ["waitlisted", "place-given"]
    assert kinds(third.attendee) == ["waitlisted"]


def test_cancel_twice_changes_nothing_the_second_time() -> None:
    _event, (first, second, third) = full_event()
    places.cancel(registration=first, in_full=False)
    places.cancel(registration=first, in_full=False)
    assert [status(r) for r in (second, third)] == ["confirmed", "waitlisted"]
    assert kinds(first.attendee) == ["registered", "given-up"]


def test_cancel_of_a_waiting_person_moves_nobody() -> None:
    _event, (first, second, third) = full_event()
    places.cancel(registration=second, in_full=False)
    assert [status(r) for r in (first, second, third)] == ["confirmed", "cancelled", "waitlisted"]


def test_cancel_is_too_late_once_the_event_is_over(clock: Clock) -> None:
    event = make_event()
    registration = register(make_attendee(), event)
    clock.move_to(event.ends_at)
    with pytest.raises(TooLate):
        places.cancel(registration=registration, in_full=False)
    assert status(registration) == "confirmed"


def test_cancel_of_the_event_place_frees_the_workshops_too() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=1)
    leaving, waiting = make_attendee(), make_attendee()
    for attendee in (leaving, waiting):
        register(attendee, event)
    held, waited = register(leaving, workshop), register(waiting, workshop)
    assert (held.status, waited.status) == ("confirmed", "waitlisted")
    places.cancel(
        registration=Registration.objects.get(attendee=leaving, workshop=None), in_full=False
    )
    assert (status(held), status(waited)) == ("cancelled", "confirmed")


def test_cancel_of_a_workshop_leaves_the_event_place() -> None:
    event, attendee = make_event(), make_attendee()
    place = register(attendee, event)
    held = register(attendee, make_workshop(event))
    places.cancel(registration=held, in_full=False)
    assert (status(place), status(held)) == ("confirmed", "cancelled")


def test_cancel_leaves_other_peoples_workshops() -> None:
    event, leaving, staying = make_event(), make_attendee(), make_attendee()
    workshop = make_workshop(event)
    place = register(leaving, event)
    register(staying, event)
    kept = register(staying, workshop)
    places.cancel(registration=place, in_full=False)
    assert status(kept) == "confirmed"


def test_cancel_of_a_paid_place_makes_its_refund_due() -> None:
    registration = register(make_attendee(), make_event(price=500))
    payment = manual.mark_paid(registration=registration, by=make_organizer())
    places.cancel(registration=registration, in_full=False)
    payment.refresh_from_db()
    assert payment.status == "refund_due"
