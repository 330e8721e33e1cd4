"""An organizer gives a place by hand: past times and numbers, never past the gate."""

from datetime import timedelta

import pytest
import time_machine

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.audit import audit
from events.models import Attendee, Block, Bookable, Event, Notification, Registration
from events.places import Act, MustAgree, Overruled
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_workshop,
)
from tests.lines import full_event, kinds, register, statuses_of

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)
ALL = frozenset(Overruled)


def act(*agreed: Overruled) -> Act:
    return Act(by=make_organizer(), because="Speaks", agreed=frozenset(agreed))


def give(attendee: Attendee, bookable: Bookable, *agreed: Overruled) -> Registration:
    return places.let_in(attendee=attendee, bookable=bookable, act=act(*agreed))


def sound(event: Event) -> list[str]:
    event.refresh_from_db()
    return [f"{found.invariant} {found.text}" for found in audit(event)]


def test_place_given_by_hand_says_who_gave_it_and_why() -> None:
    event, ada, mika = make_event(capacity=1), make_local_attendee(), make_organizer()
    given = places.let_in(attendee=ada, bookable=event, act=Act(mika, "Speaks"))
    given.refresh_from_db()
    assert (given.status, given.promoted_by, given.promoted_at) == ("confirmed", mika, NOON)
    assert (given.given_because, given.overruled) == ("Speaks", "")
    assert kinds(ada) == ["registered"]
    assert Notification.objects.get().facts == {"added": True}
    assert sound(event) == []


def test_place_that_somebody_has_is_not_given_twice() -> None:
    event, ada = make_event(), make_attendee()
    mine = register(ada, event)
    assert give(ada, event) == mine
    mine.refresh_from_db()
    assert (mine.promoted_at, kinds(ada)) == (None, ["registered"])


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"opens_at": NOON + HOUR}, [Overruled.NOT_OPEN]),
        ({"closes_at": NOON}, [Overruled.CLOSED]),
        ({"capacity": 0}, [Overruled.FULL]),
        ({"capacity": 0, "has_waitlist": False}, [Overruled.FULL]),
        ({"draw_at": NOON + HOUR}, [Overruled.DRAW]),
        ({"capacity": 0, "closes_at": NOON}, [Overruled.CLOSED, Overruled.FULL]),
    ],
)
def test_time_and_number_are_overruled_only_if_that_was_agreed_to(
    fields: dict[str, object], codes: list[Overruled]
) -> None:
    event, ada = make_event(**fields), make_attendee()
    with pytest.raises(MustAgree) as refused:
        give(ada, event, *codes[1:])
    assert (refused.value.codes, Registration.objects.count()) == (tuple(codes), 0)
    given = give(ada, event, *codes)
    assert (given.status, given.overruled.strip("+").split("+")) == ("confirmed", codes)
    assert sound(event) == []


def test_one_more_than_the_capacity_is_an_act_and_no_place_for_the_line() -> None:
    event, (first, second, third) = full_event()
    given = give(make_attendee(), event, Overruled.FULL, Overruled.LINE)
    assert statuses_of(given, second, third) == ["confirmed", "waitlisted", "waitlisted"]
    places.cancel(registration=first, in_full=False)
    assert statuses_of(second, third) == ["waitlisted", "waitlisted"]
    assert sound(event) == []
    places.cancel(registration=given, in_full=False)
    assert statuses_of(second, third) == ["confirmed", "waitlisted"]
    assert sound(event) == []


def test_audit_finds_one_too_many_whom_nobody_let_in() -> None:
    """The control."""
    event, _line = full_event()
    give(make_attendee(), event, *ALL)
    assert sound(event) == []
    Registration.objects.update(overruled="closed+")
    assert sound(event) == ["1 2 places are taken, the capacity is 1"]


def test_somebody_who_waits_keeps_the_row() -> None:
    event, (_first, second, third) = full_event()
    with pytest.raises(MustAgree) as refused:
        give(third.attendee, event)
    assert refused.value.codes == (Overruled.FULL, Overruled.LINE)
    given = give(third.attendee, event, *ALL)
    assert (given.pk, given.status) == (third.pk, "confirmed")
    assert statuses_of(second) == ["waitlisted"]
    assert sound(event) == []


def test_only_person_who_waits_overtakes_nobody() -> None:
    event = make_event(capacity=0)
    waiting = register(make_attendee(), event)
    assert give(waiting.attendee, event, Overruled.FULL).pk == waiting.pk


def test_place_before_a_draw_takes_no_part_in_it(clock: Clock) -> None:
    event = make_event(capacity=2, draw_at=NOON + HOUR)
    entries = [register(make_attendee(), event) for _ in range(3)]
    given = give(make_attendee(), event, Overruled.DRAW)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    given.refresh_from_db()
    assert (given.status, given.draw_rank) == ("confirmed", None)
    assert sorted(statuses_of(*entries)) == ["confirmed", "waitlisted", "waitlisted"]
    assert sound(event) == []


def test_paid_place_is_held_as_for_somebody_who_moves_up() -> None:
    event, ada = make_event(price=500), make_attendee()
    given = give(ada, event)
    assert (given.status, given.amount) == ("awaiting_payment", 500)
    assert given.hold_until == NOON + timedelta(days=1)
    assert (kinds(ada), sound(event)) == (["payment-due"], [])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "cancelled"}, "event-cancelled"),
        ({"status": "draft"}, "event-draft"),
        ({"price": 500}, "neos-required"),
        ({"neos_required": True}, "neos-required"),
    ],
)
def test_gate_and_state_are_never_overruled(fields: dict[str, object], code: str) -> None:
    event = make_event()
    Event.objects.update(**fields)
    with pytest.raises(PlaceRefused, match=code):
        give(make_local_attendee(), event, *ALL)
    assert Registration.objects.count() == 0


def test_block_is_never_overruled() -> None:
    event, rude = make_event(), make_attendee(neos_id="U-rude")
    Block.objects.create(neos_id="U-rude", event=event)
    with pytest.raises(PlaceRefused, match="blocked"):
        give(rude, event, *ALL)


def test_workshop_still_needs_the_event_and_the_time() -> None:
    event, ada = make_event(), make_attendee()
    one, other = make_workshop(event, capacity=0), make_workshop(event)
    with pytest.raises(PlaceRefused, match="event-place-required"):
        give(ada, one, *ALL)
    give(ada, event)
    given = give(ada, one, Overruled.FULL)
    assert (given.workshop, sound(event)) == (one, [])
    with pytest.raises(PlaceRefused, match="time-clash"):
        give(ada, other, *ALL)


def test_nothing_is_given_once_it_is_over(clock: Clock) -> None:
    event = make_event()
    clock.move_to(event.ends_at)
    with pytest.raises(TooLate):
        give(make_attendee(), event, *ALL)
