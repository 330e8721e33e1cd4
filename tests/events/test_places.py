"""Taking places, giving them up, moving up: the rules of design §5, one at a time."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from events import places, waiting
from events.models import Attendee, Bookable, Event, Notification, Payment, Registration
from events.payments import manual
from events.refusals import PlaceRefused, TooLate
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_perk,
    make_workshop,
    statuses,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


def register(attendee: Attendee, bookable: Bookable) -> Registration:
    return places.register(user=attendee.user, bookable=bookable)


def kinds(attendee: Attendee) -> list[str]:
    return list(attendee.notifications.order_by("pk").values_list("kind", flat=True))


def full_event(**fields: object) -> tuple[Event, list[Registration]]:
    """An event with one place, taken by the first of three people; the others wait."""
    event = make_event(capacity=1, **fields)
    return event, [register(make_attendee(), event) for _ in range(3)]


def status(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


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


def test_register_never_holds_a_place_past_the_close() -> None:
    close = NOON + timedelta(minutes=5)
    assert register(make_attendee(), make_event(price=1, closes_at=close)).hold_until == close


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
    places.cancel(registration=second)
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
    places.cancel(registration=first)
    assert [status(r) for r in (first, second, third)] == ["cancelled", "confirmed", "waitlisted"]
    assert kinds(first.attendee) == ["registered", "cancelled"]
    assert kinds(second.attendee) == ["waitlisted", "place-given"]
    assert kinds(third.attendee) == ["waitlisted"]


def test_cancel_twice_changes_nothing_the_second_time() -> None:
    _event, (first, second, third) = full_event()
    places.cancel(registration=first)
    places.cancel(registration=first)
    assert [status(r) for r in (second, third)] == ["confirmed", "waitlisted"]
    assert kinds(first.attendee) == ["registered", "cancelled"]


def test_cancel_of_a_waiting_person_moves_nobody() -> None:
    _event, (first, second, third) = full_event()
    places.cancel(registration=second)
    assert [status(r) for r in (first, second, third)] == ["confirmed", "cancelled", "waitlisted"]


def test_cancel_is_too_late_once_the_event_is_over(clock: Clock) -> None:
    event = make_event()
    registration = register(make_attendee(), event)
    clock.move_to(event.ends_at)
    with pytest.raises(TooLate):
        places.cancel(registration=registration)
    assert status(registration) == "confirmed"


def test_cancel_of_the_event_place_frees_the_workshops_too() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=1)
    leaving, waiting = make_attendee(), make_attendee()
    for attendee in (leaving, waiting):
        register(attendee, event)
    held, waited = register(leaving, workshop), register(waiting, workshop)
    assert (held.status, waited.status) == ("confirmed", "waitlisted")
    places.cancel(registration=Registration.objects.get(attendee=leaving, workshop=None))
    assert (status(held), status(waited)) == ("cancelled", "confirmed")


def test_cancel_of_a_workshop_leaves_the_event_place() -> None:
    event, attendee = make_event(), make_attendee()
    place = register(attendee, event)
    held = register(attendee, make_workshop(event))
    places.cancel(registration=held)
    assert (status(place), status(held)) == ("confirmed", "cancelled")


def test_cancel_leaves_other_peoples_workshops() -> None:
    event, leaving, staying = make_event(), make_attendee(), make_attendee()
    workshop = make_workshop(event)
    place = register(leaving, event)
    register(staying, event)
    kept = register(staying, workshop)
    places.cancel(registration=place)
    assert status(kept) == "confirmed"


def test_cancel_of_a_paid_place_makes_its_refund_due() -> None:
    registration = register(make_attendee(), make_event(price=500))
    payment = manual.mark_paid(registration=registration, by=make_organizer())
    places.cancel(registration=registration)
    payment.refresh_from_db()
    assert payment.status == "refund_due"


# --- Moving up ---------------------------------------------------------------------------------


def test_fill_gives_as_many_places_as_were_added() -> None:
    event, _registrations = full_event()
    Event.objects.update(capacity=2)
    assert places.fill(event=event) == 1
    assert statuses(event) == ["confirmed", "confirmed", "waitlisted"]


def test_fill_gives_everybody_a_place_when_the_limit_is_gone() -> None:
    event, _registrations = full_event()
    Event.objects.update(capacity=None)
    assert places.fill(event=event) == 2
    assert places.fill(event=event) == 0
    assert statuses(event) == ["confirmed"] * 3


def test_fill_after_lowering_drops_nobody_and_lets_nobody_in() -> None:
    event = make_event(capacity=2)
    for _ in range(3):
        register(make_attendee(), event)
    Event.objects.update(capacity=1)
    assert places.fill(event=event) == 0
    places.cancel(registration=Registration.objects.order_by("pk")[0])
    assert statuses(event) == ["cancelled", "confirmed", "waitlisted"]


def test_fill_skips_who_became_ineligible_and_keeps_their_turn() -> None:
    _event, (first, second, third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee.pk).update(neos_locked=True)
    places.cancel(registration=first)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")
    Attendee.objects.filter(pk=second.attendee.pk).update(neos_locked=False)
    places.cancel(registration=third)
    assert status(second) == "confirmed"


def test_fill_skips_whose_account_is_closed() -> None:
    _event, (first, second, third) = full_event()
    User.objects.filter(attendee=second.attendee).update(is_active=False)
    places.cancel(registration=first)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")


def test_newcomer_gets_the_place_that_nobody_before_may_have() -> None:
    event, (first, second, third) = full_event(neos_required=True)
    waiting = [second.attendee.pk, third.attendee.pk]
    Attendee.objects.filter(pk__in=waiting).update(neos_locked=True)
    places.cancel(registration=first)
    assert register(make_attendee(), event).status == "confirmed"
    assert register(make_attendee(), event).status == "waitlisted"


def test_fill_goes_on_past_a_whole_batch_of_ineligible_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "BATCH", 2)
    event = make_event(capacity=1, neos_required=True)
    registrations = [register(make_attendee(), event) for _ in range(6)]
    locked = [r.attendee.pk for r in registrations[1:5]]
    Attendee.objects.filter(pk__in=locked).update(neos_locked=True)
    places.cancel(registration=registrations[0])
    assert statuses(event) == ["cancelled", *["waitlisted"] * 4, "confirmed"]


def test_fill_lets_nobody_in_after_the_close(clock: Clock) -> None:
    event, (first, _second, _third) = full_event(closes_at=NOON + timedelta(hours=1))
    clock.shift(timedelta(hours=1))
    places.cancel(registration=first)
    assert statuses(event) == ["cancelled", "waitlisted", "waitlisted"]


def test_promotion_to_a_paid_place_is_a_hold_of_a_day() -> None:
    _event, (first, second, _third) = full_event(price=500)
    places.cancel(registration=first)
    second.refresh_from_db()
    assert (second.status, second.amount) == ("awaiting_payment", 500)
    assert second.hold_until == NOON + timedelta(hours=24)
    assert kinds(second.attendee) == ["waitlisted", "payment-due"]


def test_workshop_waitlist_moves_only_people_without_a_clash() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=1)
    people = [make_attendee() for _ in range(3)]
    for person in people:
        register(person, event)
    first, second, third = (register(person, workshop) for person in people)
    moved = make_workshop(event, starts_at=event.starts_at + timedelta(hours=1))
    register(people[1], moved)
    type(moved).objects.filter(pk=moved.pk).update(
        starts_at=workshop.starts_at, ends_at=workshop.ends_at
    )
    places.cancel(registration=first)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")


# --- Holds -------------------------------------------------------------------------------------


def test_lapsed_hold_goes_to_who_waits_and_not_to_the_newcomer(clock: Clock) -> None:
    event, (first, second, _third) = full_event(price=500)
    clock.shift(timedelta(minutes=30))
    newcomer = register(make_attendee(), event)
    assert (status(first), status(second)) == ("expired", "awaiting_payment")
    assert newcomer.status == "waitlisted"
    assert kinds(first.attendee) == ["payment-due", "hold-lapsed"]


def test_lapsed_hold_goes_to_the_newcomer_when_nobody_waits(clock: Clock) -> None:
    event = make_event(capacity=1, price=500)
    lapsed = register(make_attendee(), event)
    clock.shift(timedelta(minutes=30))
    assert register(make_attendee(), event).status == "awaiting_payment"
    assert status(lapsed) == "expired"


def test_hold_counts_until_the_very_instant(clock: Clock) -> None:
    event = make_event(capacity=1, price=500)
    register(make_attendee(), event)
    clock.shift(timedelta(minutes=30) - timedelta(microseconds=1))
    assert register(make_attendee(), event).status == "waitlisted"


def test_lapsed_person_may_come_back_and_goes_to_the_end(clock: Clock) -> None:
    event, (first, second, third) = full_event(price=500)
    clock.shift(timedelta(minutes=30))
    again = register(first.attendee, event)
    line = Registration.objects.waiting().values_list("pk", flat=True)
    assert (status(second), list(line)) == ("awaiting_payment", [third.pk, again.pk])


# --- Payment and the door ----------------------------------------------------------------------


def test_mark_paid_confirms_and_says_who_noted_it() -> None:
    organizer = make_organizer()
    registration = register(make_attendee(), make_event(price=500))
    payment = manual.mark_paid(registration=registration, by=organizer, reference="T1", note="cash")
    assert status(registration) == "confirmed"
    assert (payment.status, payment.amount, payment.recorded_by) == ("paid", 500, organizer)


def test_late_money_confirms_while_a_place_is_free(clock: Clock) -> None:
    registration = register(make_attendee(), make_event(price=500, capacity=1))
    clock.shift(timedelta(hours=1))
    assert places.confirm_paid(registration=registration) is True
    assert status(registration) == "confirmed"


def test_late_money_is_due_back_when_the_place_has_gone_on(clock: Clock) -> None:
    event, (first, second, _third) = full_event(price=500)
    clock.shift(timedelta(hours=1))
    payment = manual.mark_paid(registration=first, by=make_organizer())
    assert (payment.status, status(first)) == ("refund_due", "expired")
    assert status(second) == "awaiting_payment"
    assert statuses(event).count("confirmed") == 0


def test_late_money_never_gives_a_second_place_to_the_same_person(clock: Clock) -> None:
    event = make_event(price=500, capacity=5)
    lapsed = register(make_attendee(), event)
    clock.shift(timedelta(hours=1))
    register(lapsed.attendee, event)
    assert places.confirm_paid(registration=lapsed) is False
    assert statuses(event) == ["expired", "awaiting_payment"]


@pytest.mark.parametrize("index", [0, 1], ids=["cancelled", "waitlisted"])
def test_money_for_what_has_no_place_is_due_back(index: int) -> None:
    event, registrations = full_event(price=500)
    cancelled = registrations[2]
    places.cancel(registration=cancelled)
    registration = (cancelled, registrations[1])[index]
    before = status(registration)
    assert places.confirm_paid(registration=registration) is False
    assert (status(registration), statuses(event).count("confirmed")) == (before, 0)


def test_mark_paid_with_a_used_reference_changes_nothing() -> None:
    organizer = make_organizer()
    first, second = (register(make_attendee(), make_event(price=5)) for _ in range(2))
    manual.mark_paid(registration=first, by=organizer, reference="T1")
    with pytest.raises(manual.ReferenceUsed):
        manual.mark_paid(registration=second, by=organizer, reference="T1")
    assert (status(second), Payment.objects.count()) == ("awaiting_payment", 1)


def test_check_in_is_noted_once_and_only_with_a_place() -> None:
    _event, (first, second, _third) = full_event()
    assert places.check_in(registration=first) is True
    assert places.check_in(registration=first) is False
    assert places.check_in(registration=second) is False


# --- Telling people ----------------------------------------------------------------------------


def test_notification_is_delivered_after_the_commit_to_a_confirmed_address(
    mailoutbox: list[object], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    attendee = make_attendee(email_confirmed_at=NOON)
    attendee.user.email = "person@example.org"
    attendee.user.save()
    event = make_event(title="Line\nbreak")
    with django_capture_on_commit_callbacks(execute=True):
        register(attendee, event)
        assert mailoutbox == []
    assert [(m.subject, m.to) for m in mailoutbox] == [  # type: ignore[attr-defined] - mail
        ("You are in: Line break", ["person@example.org"])
    ]
    assert Notification.objects.get().sent_at == NOON


def test_notification_is_not_mailed_to_an_unconfirmed_address(
    mailoutbox: list[object], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    attendee = make_attendee()
    attendee.user.email = "someone-elses@example.org"
    attendee.user.save()
    with django_capture_on_commit_callbacks(execute=True):
        register(attendee, make_event())
    assert (mailoutbox, Notification.objects.get().sent_at) == ([], None)
