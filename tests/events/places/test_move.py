"""An organizer moves somebody between workshops, or gives their place to somebody else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from events import places
from events.access.refusals import PlaceRefused
from events.audit import audit
from events.models import Event, Notification, Registration, Workshop
from events.payments.providers import manual
from events.places import Act, HasOther, MustAgree, NotMovable, Overruled, PriceDiffers
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import full_event, kinds, register, statuses_of

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ALL = frozenset(Overruled)


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def event() -> Event:
    return make_event(title="Jam")


def taken(workshop: Workshop) -> Registration:
    """A place at the workshop of somebody with a place at the event."""
    attendee = make_attendee(user=make_user(), email_confirmed_at=NOON)
    register(attendee, workshop.event)
    return register(attendee, workshop)


def move(mine: Registration, to: Workshop, by: User) -> Registration:
    return places.move(registration=mine, to=to, act=Act(by, "Asked for it"))


def pay(mine: Registration, by: User) -> None:
    manual.mark_paid(registration=mine, by=by)


def sound(event: Event) -> list[str]:
    return [f"{found.invariant} {found.text}" for found in audit(event)]


def test_moved_person_has_the_other_place_and_the_line_gets_theirs(
    mika: User, event: Event
) -> None:
    one, other = make_workshop(event, title="Fog", capacity=1), make_workshop(event)
    mine, waiting = taken(one), taken(one)
    moved = move(mine, other, mika)
    assert (moved.pk, moved.workshop, moved.status) == (mine.pk, other, "confirmed")
    assert (moved.promoted_by, moved.given_because) == (mika, "Asked for it")
    assert statuses_of(waiting) == ["confirmed"]
    assert kinds(moved.attendee) == ["registered"] * 3
    said = Notification.objects.filter(registration=moved).order_by("pk").last()
    assert said is not None
    assert said.facts == {"former": one.pk}
    assert sound(event) == []


def test_person_may_be_moved_there_and_back(mika: User, event: Event) -> None:
    one, other = make_workshop(event), make_workshop(event)
    mine = taken(one)
    assert move(move(mine, other, mika), one, mika).workshop == one
    assert sound(event) == []


def test_somebody_who_waits_is_moved_to_a_free_place(mika: User, event: Event) -> None:
    full, free = make_workshop(event, capacity=0), make_workshop(event)
    mine = taken(full)
    assert move(mine, free, mika).status == "confirmed"
    assert sound(event) == []


def test_full_workshop_is_agreed_to_first(mika: User, event: Event) -> None:
    one, full = make_workshop(event), make_workshop(event, capacity=0)
    mine = taken(one)
    with pytest.raises(MustAgree) as refused:
        move(mine, full, mika)
    assert refused.value.codes == (Overruled.FULL,)
    places.move(registration=mine, to=full, act=Act(mika, "", ALL))
    assert sound(event) == []


def test_other_workshop_at_that_time_is_in_the_way(mika: User, event: Event) -> None:
    later = event.starts_at + timedelta(hours=1)
    one, other = make_workshop(event), make_workshop(event, starts_at=later)
    clashing = make_workshop(event, starts_at=later)
    mine = taken(one)
    register(mine.attendee, other)
    with pytest.raises(PlaceRefused, match="time-clash"):
        move(mine, clashing, mika)
    with pytest.raises(HasOther):
        move(mine, other, mika)


def test_paid_place_keeps_its_money_at_the_same_price(mika: User, event: Event) -> None:
    one, other = (make_workshop(event, price=500) for _ in range(2))
    mine = taken(one)
    pay(mine, mika)
    moved = move(mine, other, mika)
    assert (moved.status, moved.amount, moved.payments.get().status) == ("confirmed", 500, "paid")
    assert sound(event) == []


@pytest.mark.parametrize("price", [0, 400, 600])
def test_paid_place_is_not_moved_to_another_price(mika: User, event: Event, price: int) -> None:
    one, other = make_workshop(event, price=500), make_workshop(event, price=price)
    mine = taken(one)
    pay(mine, mika)
    with pytest.raises(PriceDiffers) as refused:
        move(mine, other, mika)
    assert (refused.value.paid.amount, refused.value.asked.amount) == (500, price)
    mine.refresh_from_db()
    assert (mine.workshop, mine.status) == (one, "confirmed")


@pytest.mark.parametrize(
    ("price", "status"), [(0, "confirmed"), (400, "awaiting_payment"), (500, "awaiting_payment")]
)
def test_unpaid_place_is_moved_at_the_price_of_the_other(
    mika: User, event: Event, price: int, status: str
) -> None:
    one, other = make_workshop(event, price=500), make_workshop(event, price=price)
    moved = move(taken(one), other, mika)
    assert (moved.status, moved.amount) == (status, price)
    assert sound(event) == []


def test_free_place_is_moved_to_one_that_has_to_be_paid(mika: User, event: Event) -> None:
    moved = move(taken(make_workshop(event)), make_workshop(event, price=400), mika)
    assert (moved.status, kinds(moved.attendee)[-1]) == ("awaiting_payment", "payment-due")
    assert sound(event) == []


def test_promise_about_money_does_not_end_earlier(mika: User) -> None:
    event = make_event(refund_days=0)
    late = event.starts_at + timedelta(hours=1)
    one, other = make_workshop(event, price=500, starts_at=late), make_workshop(event, price=500)
    mine = taken(one)
    pay(mine, mika)
    assert move(mine, other, mika).refund_until == late


@pytest.mark.parametrize("fields", [{"checked_in_at": NOON}, {"status": "cancelled"}])
def test_who_has_come_or_left_is_not_moved(
    mika: User, event: Event, fields: dict[str, object]
) -> None:
    one, other = make_workshop(event), make_workshop(event)
    mine = taken(one)
    Registration.objects.filter(pk=mine.pk).update(**fields, ended_at=NOON)
    with pytest.raises(NotMovable):
        move(mine, other, mika)
    own = Registration.objects.get(attendee=mine.attendee, workshop=None)
    with pytest.raises(NotMovable):
        move(own, other, mika)


# --- Somebody else instead ---------------------------------------------------------------------


def instead(leaving: Registration, by: User, *agreed: Overruled) -> Registration:
    act = Act(by, "Speaks for her", frozenset(agreed))
    return places.give_instead(leaving=leaving, attendee=make_attendee(), act=act)


def test_place_goes_to_the_other_person_and_not_to_the_line(mika: User) -> None:
    event, (first, second, _third) = full_event()
    with pytest.raises(MustAgree) as refused:
        instead(first, mika)
    assert (refused.value.codes, statuses_of(first)) == ((Overruled.LINE,), ["confirmed"])
    given = instead(first, mika, Overruled.LINE)
    assert statuses_of(first, given, second) == ["cancelled", "confirmed", "waitlisted"]
    assert (kinds(first.attendee)[-1], kinds(given.attendee)) == ("cancelled", ["registered"])
    assert sound(event) == []


def test_money_of_who_leaves_goes_back_in_full(mika: User) -> None:
    event = make_event(price=500, refund_days=None)
    leaving = register(make_attendee(), event)
    pay(leaving, mika)
    given = instead(leaving, mika)
    assert (leaving.payments.get().status, given.status) == ("refund_due", "awaiting_payment")
    assert sound(event) == []


def test_nobody_leaves_if_the_other_person_may_not_come(mika: User) -> None:
    event = make_event(capacity=1)
    leaving = register(make_attendee(), event)
    Event.objects.update(neos_required=True)
    act = Act(mika, "", ALL)
    closed = make_attendee(neos_locked=True)
    with pytest.raises(PlaceRefused, match="neos-locked"):
        places.give_instead(leaving=leaving, attendee=closed, act=act)
    assert (statuses_of(leaving), kinds(leaving.attendee)) == (["confirmed"], ["registered"])


def test_place_is_not_given_to_who_has_one(mika: User) -> None:
    event = make_event()
    leaving, other = (register(make_attendee(), event) for _ in range(2))
    with pytest.raises(HasOther):
        places.give_instead(leaving=leaving, attendee=other.attendee, act=Act(mika, "", ALL))
    assert statuses_of(leaving) == ["confirmed"]


def test_place_is_not_given_to_who_leaves_it(mika: User) -> None:
    leaving = register(make_attendee(), make_event(price=500, refund_days=None))
    pay(leaving, mika)
    act = Act(mika, "", ALL)
    with pytest.raises(HasOther):
        places.give_instead(leaving=leaving, attendee=leaving.attendee, act=act)
    assert (statuses_of(leaving), leaving.payments.get().status) == (["confirmed"], "paid")
