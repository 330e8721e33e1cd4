"""Roles: places outside of the capacity, what becomes of them, and copies."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events import places
from events.access.facts import count_occupancies
from events.access.refusals import PlaceRefused
from events.accounts import closing
from events.audit import audit
from events.models import Event, FillingPass, Registration, Role
from events.places import NoPerson
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_role,
    make_workshop,
    statuses,
)
from tests.lines import kinds, register, status, statuses_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
DAY = timedelta(days=1)


def mismatches(event: Event) -> list[str]:
    return [found.text for found in audit(Event.objects.get(pk=event.pk), timezone.now())]


def full(**fields: object) -> tuple[Event, list[Registration]]:
    """An event with one place, taken by the first of two people; the other one waits."""
    event = make_event(**{"capacity": 1} | fields)
    return event, [register(make_attendee(), event) for _ in range(2)]


def counted(event: Event) -> tuple[int, int, int]:
    """Places taken, people who wait, and places outside of the capacity."""
    found = count_occupancies(event, timezone.now())[None]
    return found.taken, found.waiting, found.outside


# --- Signing up ----------------------------------------------------------------------------------


@pytest.mark.parametrize("has_waitlist", [True, False])
def test_place_outside_of_the_capacity_is_free_when_all_are_taken(*, has_waitlist: bool) -> None:
    event = make_event(capacity=1, has_waitlist=has_waitlist)
    register(make_attendee(), event)
    speaker = make_attendee()
    make_role(event, speaker)
    mine = register(speaker, event)
    assert (mine.status, mine.outside_capacity) == ("confirmed", True)
    assert (counted(event), mismatches(event)) == ((1, 0, 1), [])


def test_place_outside_of_the_capacity_passes_over_nobody_who_waits() -> None:
    event, _rows = full()
    speaker = make_attendee()
    make_role(event, speaker)
    register(speaker, event)
    assert statuses(event) == ["confirmed", "waitlisted", "confirmed"]
    assert (counted(event), mismatches(event)) == ((1, 1, 1), [])


def test_place_outside_of_the_capacity_is_not_drawn() -> None:
    event = make_event(capacity=1, draw_at=NOON + DAY)
    speaker = make_attendee()
    make_role(event, speaker)
    register(make_attendee(), event)
    register(speaker, event)
    assert statuses(event) == ["waitlisted", "confirmed"]
    assert mismatches(event) == []


def test_role_that_is_not_marked_gives_no_such_place() -> None:
    event, _rows = full()
    helper = make_attendee()
    make_role(event, helper, kind="helper", outside_capacity=False)
    assert register(helper, event).status == "waitlisted"


def test_role_at_one_event_is_none_at_another() -> None:
    speaker, other = make_attendee(), make_event(capacity=0)
    make_role(make_event(), speaker)
    assert register(speaker, other).status == "waitlisted"


def test_role_opens_no_gate_and_no_time() -> None:
    gated, closed = make_event(neos_required=True), make_event(closes_at=NOON)
    speaker = make_attendee(neos_email_verified=False)
    for event, code in ((gated, "neos-unverified"), (closed, "registration-closed")):
        make_role(event, speaker)
        with pytest.raises(PlaceRefused, match=code):
            register(speaker, event)


def test_price_is_paid_all_the_same() -> None:
    event = make_event(capacity=0, price=500)
    speaker = make_attendee()
    make_role(event, speaker)
    mine = register(speaker, event)
    assert (mine.status, mine.amount, mine.outside_capacity) == ("awaiting_payment", 500, True)


def test_role_at_a_workshop_puts_that_place_outside_and_no_other() -> None:
    event = make_event(capacity=0)
    own, other = (make_workshop(event, capacity=0) for _ in range(2))
    speaker = make_attendee()
    make_role(event, speaker, workshop=own)
    found = [register(speaker, bookable).status for bookable in (event, own)]
    assert found == ["confirmed", "confirmed"]
    places.cancel(registration=Registration.objects.get(workshop=own), in_full=False)
    assert register(speaker, other).status == "waitlisted"
    assert mismatches(event) == []


def test_organizer_adds_somebody_with_a_role_without_setting_anything_aside() -> None:
    event, _rows = full()
    speaker = make_attendee()
    make_role(event, speaker)
    act = places.Act(make_organizer(), "Speaks")
    given = places.let_in(attendee=speaker, bookable=event, act=act)
    assert (given.status, given.overruled, given.outside_capacity) == ("confirmed", "", True)


def test_late_money_confirms_a_place_outside_of_the_capacity(clock: Clock) -> None:
    event = make_event(capacity=1, price=500)
    speaker = make_attendee()
    make_role(event, speaker)
    mine = register(speaker, event)
    clock.shift(DAY)
    register(make_attendee(), event)
    assert places.confirm_paid(registration=mine) is None
    assert (status(mine), counted(event)) == ("confirmed", (1, 0, 1))


# --- Giving --------------------------------------------------------------------------------------


def test_role_given_to_a_holder_frees_the_place_for_who_waits() -> None:
    event, (holder, waiting) = full()
    make_role(event, holder.attendee)
    assert statuses_of(holder, waiting) == ["confirmed", "confirmed"]
    assert (counted(event), mismatches(event)) == ((1, 0, 1), [])


@pytest.mark.parametrize(
    "fields", [{"closes_at": NOON + DAY / 2}, {"capacity": 1, "draw_at": NOON + DAY}, {}]
)
def test_role_given_to_who_waits_gives_them_their_place(
    clock: Clock, fields: dict[str, object]
) -> None:
    """Also after the close, and before a draw."""
    event, (first, second) = full(**fields)
    clock.shift(DAY - timedelta(hours=1))
    was = status(first)
    make_role(event, second.attendee)
    assert statuses_of(first, second) == [was, "confirmed"]
    assert kinds(second.attendee)[-1] == "role-given"
    assert FillingPass.objects.get(moved=1).waiting in (1, 2)
    assert mismatches(event) == []


def test_who_waits_and_may_not_come_has_the_place_once_they_may() -> None:
    event, (_holder, waiting) = full(neos_required=True)
    speaker = waiting.attendee
    speaker.neos_locked = True
    speaker.save()
    make_role(event, speaker)
    assert (status(waiting), places.due_events(timezone.now())) == ("waitlisted", [])
    speaker.neos_locked = False
    speaker.save()
    assert mismatches(event) == [f"0 free while {waiting.code} waits and may have it"]
    assert places.due_events(timezone.now()) == [event]
    places.settle_waited_for(attendee=speaker)
    assert (status(waiting), mismatches(event)) == ("confirmed", [])


def test_role_given_twice_is_one_with_what_was_said_last() -> None:
    event, speaker = make_event(), make_attendee()
    make_role(event, speaker)
    make_role(event, speaker, outside_capacity=False, early_minutes=20)
    role = Role.objects.get()
    assert (role.outside_capacity, role.early_minutes) == (False, 20)
    assert kinds(speaker) == ["role-given"]


def test_change_of_a_role_changes_the_place_and_not_the_agreement() -> None:
    event, speaker = make_event(), make_attendee(display_name="Ada")
    mine = register(speaker, event)
    make_role(event, speaker)
    places.show_roles(event=event, attendee=speaker, is_shown=True)
    make_role(event, speaker, outside_capacity=False, early_minutes=20)
    mine.refresh_from_db()
    assert (mine.outside_capacity, mine.early_minutes) == (False, 20)
    assert Role.objects.get().is_shown is True


def test_nobody_erased_gets_a_role() -> None:
    event, speaker = make_event(), make_attendee()
    closing.erase(speaker.user)
    with pytest.raises(NoPerson):
        make_role(event, speaker)
    assert Role.objects.count() == 0


# --- Taking away ---------------------------------------------------------------------------------


def test_place_stays_without_the_role_and_counts_from_then_on(clock: Clock) -> None:
    event, (holder, waiting) = full()
    speaker = make_attendee()
    role = make_role(event, speaker)
    mine = register(speaker, event)
    assert [one.pk for one in places.would_count(role)] == [mine.pk]
    clock.shift(1)
    assert places.take_role(role=role, by=None) is True
    assert (counted(event), mismatches(event)) == ((2, 1, 0), [])
    clock.shift(1)
    places.cancel(registration=holder, in_full=False)
    assert statuses_of(mine, waiting) == ["confirmed", "waitlisted"]
    places.cancel(registration=mine, in_full=False)
    assert (status(waiting), mismatches(event)) == ("confirmed", [])


def test_nobody_newer_is_excused_by_a_role_that_was_taken_away(clock: Clock) -> None:
    """The control of audit: a place beyond the capacity that was taken since then is told."""
    event, _rows = full()
    role = make_role(event, speaker := make_attendee())
    register(speaker, event)
    places.take_role(role=role, by=None)
    clock.shift(1)
    late = register(make_attendee(), event)
    taken = {"status": "confirmed", "taken_at": timezone.now(), "confirmed_at": timezone.now()}
    Registration.objects.filter(pk=late.pk).update(**taken)
    assert "3 places are taken, the capacity is 1" in mismatches(event)


@pytest.mark.parametrize("is_outside", [True, False])
def test_audit_tells_of_a_place_that_no_role_explains(*, is_outside: bool) -> None:
    event, speaker = make_event(), make_attendee()
    mine = register(speaker, event)
    if not is_outside:
        make_role(event, speaker)
    Registration.objects.filter(pk=mine.pk).update(outside_capacity=is_outside)
    assert [text for text in mismatches(event) if "by its roles" in text] != []


def test_second_role_keeps_the_place_outside() -> None:
    event, speaker = make_event(capacity=0), make_attendee()
    role, _other = make_role(event, speaker), make_role(event, speaker, kind="host")
    mine = register(speaker, event)
    assert places.would_count(role) == []
    places.take_role(role=role, by=None)
    assert Registration.objects.get(pk=mine.pk).outside_capacity is True
    assert (places.take_role(role=role, by=None), mismatches(event)) == (False, [])


def test_who_waits_without_the_role_again_is_in_their_place_in_line() -> None:
    event, (holder, waiting) = full(neos_required=True)
    other = register(make_attendee(), event)
    waiting.attendee.neos_locked = True
    waiting.attendee.save()
    role = make_role(event, waiting.attendee)
    waiting.attendee.neos_locked = False
    waiting.attendee.save()
    Role.objects.filter(pk=role.pk).update(outside_capacity=False)
    Registration.objects.filter(pk=waiting.pk).update(outside_capacity=False)
    places.cancel(registration=holder, in_full=False)
    assert statuses_of(waiting, other) == ["confirmed", "waitlisted"]


def test_erased_person_has_no_role_and_their_old_place_still_adds_up(clock: Clock) -> None:
    event, speaker = make_event(capacity=0), make_attendee()
    make_role(event, speaker)
    mine = register(speaker, event)
    clock.shift(8 * DAY)
    closing.erase(speaker.user)
    assert (Role.objects.count(), status(mine), mismatches(event)) == (0, "confirmed", [])
