"""What of an event needs a person, and where it is done."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events import series
from events.desk import needs
from events.desk.need import Need
from events.models import Attendee, Block, Event, Notification, Payment, Registration
from events.series import Rule
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import full_event, register
from tests.states.state import change

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def found(event: Event) -> list[str]:
    return [need.sentence for need in needs.needs(event, timezone.now())]


def reachable() -> Attendee:
    user = make_user(email=f"p{Attendee.objects.count()}@example.org")
    return make_attendee(user=user, email_confirmed_at=NOON)


def payment_for(registration: Registration, **fields: object) -> Payment:
    defaults = {"provider": "stripe", "amount": 500, "currency": "EUR", "created_at": NOON}
    return Payment.objects.create(registration=registration, **defaults | fields)


def test_quiet_event_needs_nobody() -> None:
    event = make_event(capacity=2)
    register(reachable(), event)
    assert found(event) == []


def test_drafts_of_a_series_wait_for_somebody(clock: time_machine.Traveller) -> None:
    event = make_event()
    assert needs.drafts_of_series(event, NOON) is None
    rule = Rule(event.starts_at.date(), "weekly", count=3)
    series.repeat(event, rule=rule, days_ahead=None)
    event.refresh_from_db()
    need = needs.drafts_of_series(event, NOON)
    assert need is not None
    assert need.sentence == "2 drafts of this series wait for you to publish them."
    assert need.address == f"/admin/events/event/{event.pk}/series/"
    event.series.events.update(status="published")
    assert needs.drafts_of_series(event, NOON) is None


# --- Money ---------------------------------------------------------------------------------------


def test_money_that_waits_for_a_decision_is_counted() -> None:
    event = make_event()
    for problem in ["late", "twice", "cancelled"]:  # the last goes back by itself
        payment_for(register(reachable(), event), status="refund_due", problem=problem)
    need = needs.payments_to_decide(event, NOON)
    assert need is not None
    assert need.sentence == "2 payments have to go back, or are disputed: please decide."
    assert need.address == f"/admin/events/payment/?event={event.pk}&task=person"
    assert need.permission == "events.view_payment"


@pytest.mark.parametrize(("error", "number"), [("amount_too_small", 1), ("no_answer", 0), ("", 0)])
def test_price_that_cannot_be_charged_is_told(error: str, number: int) -> None:
    event = make_event(price=5)
    payment_for(register(reachable(), event), status="failed", error=error)
    need = needs.people_who_cannot_pay(event, timezone.now())
    assert (need is not None) == bool(number)


@pytest.mark.parametrize(("left", "number"), [(0, 0), (1, 1), (24, 1), (25, 0)])
def test_hold_that_ends_within_a_day_is_told(left: int, number: int) -> None:
    event = make_event(price=500)
    register(reachable(), event)
    Registration.objects.update(hold_until=NOON + left * HOUR)
    expected = "1 person has to pay within a day, or their place goes to somebody else."
    assert found(event) == [expected] * number


# --- The event -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_in", "address", "number"),
    [(25 * HOUR, "", 0), (24 * HOUR, "", 1), (-HOUR, "", 1), (HOUR, "https://x.test", 0)],
)
def test_session_without_address_is_told_in_time(
    starts_in: timedelta, address: str, number: int
) -> None:
    event = make_event(starts_at=NOON + starts_in, session_url=address)
    sentence = "It is time, and nobody knows where: the session has no address yet."
    assert found(event) == [sentence] * number


def test_address_leads_to_the_field() -> None:
    need = needs.session_without_address(make_event(starts_at=NOON), NOON)
    assert need is not None
    assert need.address.endswith("/change/#id_session_url")


def test_date_in_the_past_is_asked_about_once_nobody_signed_up(
    clock: time_machine.Traveller,
) -> None:
    draft = make_event(status="draft", starts_at=NOON)
    event = make_event(starts_at=NOON - DAY)
    signed_up = make_event()
    register(reachable(), signed_up)
    change(signed_up, starts_at=NOON - DAY, ends_at=NOON - HOUR)
    assert found(draft) == ["This draft starts in the past. Change the date before you publish it."]
    assert found(event) == ["This event was over when it was last saved. Is the date right?"]
    assert found(signed_up) == []


def test_event_that_was_saved_before_it_ended_is_not_asked_about(
    clock: time_machine.Traveller,
) -> None:
    event = make_event(starts_at=NOON + HOUR, session_url="https://x.test")
    clock.shift(DAY)
    assert found(event) == []


# --- People --------------------------------------------------------------------------------------


def test_holders_who_may_not_have_their_place_are_told_with_the_reasons() -> None:
    event = make_event()
    banned, blocked, _fine = people = [reachable() for _ in range(3)]
    workshop = make_workshop(event)
    for person in people:
        register(person, event)
        register(person, workshop)  # nobody is counted twice for it
    change(event, neos_required=True)
    Attendee.objects.filter(pk=banned.pk).update(neos_banned_until=NOON + DAY)
    Block.objects.create(neos_id=blocked.neos_id, event=event)
    need = needs.holders_who_are_refused(event, NOON)
    assert need is not None
    assert need.sentence == "2 people have a place and may not have it any more."
    assert need.details == ("blocked by the organizers: 1", "banned at Neos: 1")
    assert need.address.endswith(f"?event__id__exact={event.pk}&need=refused")


def test_two_workshops_at_once_are_one_person() -> None:
    event = make_event()
    person = reachable()
    late = make_workshop(event, starts_at=event.starts_at + HOUR)
    for bookable in (event, make_workshop(event), late):
        register(person, bookable)
    assert found(event) == []
    type(late).objects.filter(pk=late.pk).update(starts_at=event.starts_at)
    assert found(event) == ["1 person has places in two workshops at the same time."]


def test_people_whom_no_message_reaches_are_counted_once() -> None:
    event = make_event()
    person = make_attendee()
    register(person, event)
    register(person, make_workshop(event))
    assert found(event) == ["No message reaches 1 person: tell them yourselves."]


def test_dead_letters_are_counted_by_people() -> None:
    event = make_event()
    for _ in range(2):
        register(reachable(), event)
    register(reachable(), make_event())
    Notification.objects.update(state=Notification.State.DEAD)
    assert found(event) == ["A message could not be delivered to 2 people."]


def test_more_people_than_places_are_told() -> None:
    event = make_event(title="Jam", capacity=2)
    for _ in range(2):
        register(reachable(), event)
    change(event, capacity=1)
    assert found(event) == ["“Jam” has 2 people for 1 places."]


# --- The waitlist --------------------------------------------------------------------------------


def stuck(event: Event) -> Need | None:
    return needs.waitlist_that_is_stuck(event, timezone.now())


def test_waitlist_without_a_free_place_is_not_stuck() -> None:
    event, _people = full_event()
    assert stuck(event) is None


def test_waitlist_of_people_who_are_refused_is_stuck_and_says_why() -> None:
    event, _people = full_event(title="Jam")
    change(event, capacity=3, neos_required=True)
    Attendee.objects.update(neos_locked=True)
    need = stuck(event)
    assert need is not None
    assert need.sentence == "“Jam” has a free place, and none of 2 people who wait gets it."
    assert need.details == ("locked at Neos: 2",)


def test_waitlist_in_which_one_may_have_the_place_is_not_stuck() -> None:
    event, (_held, first, _second) = full_event()
    change(event, capacity=3, neos_required=True)
    Attendee.objects.filter(pk=first.attendee_id).update(neos_locked=True)
    assert stuck(event) is None


def test_waitlist_before_a_draw_is_not_stuck() -> None:
    event = make_event(capacity=3, draw_at=NOON + DAY)
    register(reachable(), event)
    assert stuck(event) is None


def test_waitlist_after_the_start_waits_for_an_organizer(clock: time_machine.Traveller) -> None:
    event, _people = full_event()
    change(event, capacity=3, closes_at=NOON + HOUR)
    clock.move_to(event.starts_at + HOUR)
    need = stuck(event)
    assert need is not None
    assert need.details == ("registration closed: 2",)


def test_waitlist_of_a_workshop_leads_to_its_people() -> None:
    event = make_event()
    workshop = make_workshop(event, title="Mixing", capacity=0)
    person = reachable()
    register(person, event)
    waiting = register(person, workshop)
    type(workshop).objects.filter(pk=workshop.pk).update(capacity=1)
    Block.objects.create(neos_id=person.neos_id, event=event)
    need = stuck(event)
    assert waiting.status == Registration.Status.WAITLISTED
    assert need is not None
    assert need.sentence == "“Mixing” has a free place, and the person who waits does not get it."
    assert f"workshop__id__exact={workshop.pk}&status__exact=waitlisted" in need.address


# --- When nobody has to care any more ------------------------------------------------------------


def test_event_that_is_over_for_long_needs_nobody(clock: time_machine.Traveller) -> None:
    event, _people = full_event()
    Notification.objects.update(state=Notification.State.DEAD)
    Attendee.objects.update(neos_locked=True)
    change(event, capacity=3, neos_required=True)
    clock.move_to(event.ends_at + 8 * DAY)
    assert found(event) == []
