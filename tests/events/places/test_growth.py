"""Work under the event's lock costs as many statements for a crowd as for a few."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from events import places
from events.models import Attendee, Event, Notification, Payment, Registration
from events.places import event_edits, numbers, passed_over, waitlist
from tests.factories import NOON, make_attendee, make_event, make_perk, make_user, statuses
from tests.lines import kinds, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
Work = Callable[[], object]


def cost_of(work: Work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def people_at(event: Event, number: int, **fields: Any) -> list[Registration]:
    """People with an address, who take a place or wait."""
    found = []
    for _ in range(number):
        attendee = make_attendee(user=make_user(), email_confirmed_at=NOON, **fields)
        found.append(register(attendee, event))
    return found


def edited(event: Event, **fields: object) -> Work:
    def edit() -> None:
        with transaction.atomic():
            before = event_edits.begin(event.pk)
            Event.objects.filter(pk=event.pk).update(**fields)
            event_edits.follow_up(before)

    return edit


def moved(people: int) -> Work:
    event = make_event()
    people_at(event, people)
    return edited(event, starts_at=event.starts_at - HOUR)


def cancelled_and_paid(people: int) -> Work:
    event = make_event(price=500)
    for registration in people_at(event, people):
        Payment.objects.create(
            registration=registration,
            provider="sandbox",
            amount=500,
            currency="EUR",
            status="paid",
            created_at=NOON,
            reference=f"paid-{registration.pk}",
        )
    event.registrations.update(status="confirmed", confirmed_at=NOON)
    return edited(event, status="cancelled")


def let_in(people: int) -> Work:
    event = make_event(capacity=0, neos_required=True)
    people_at(event, people)
    return edited(event, capacity=people)


def let_in_at_two_prices(people: int) -> Work:
    event = make_event(capacity=0, price=500)
    make_perk(event, discount_percent=50)
    people_at(event, people // 2, patreon_cents=600)
    people_at(event, people // 2)
    return edited(event, capacity=people)


def let_in_past_others(people: int) -> Work:
    """Every second person may not have the place."""
    event = make_event(capacity=0, neos_required=True)
    line = people_at(event, people)
    locked = [registration.attendee_id for registration in line[::2]]
    Attendee.objects.filter(pk__in=locked).update(neos_locked=True)
    return edited(event, capacity=people)


def lapsed(people: int) -> Work:
    event = make_event(price=500)
    people_at(event, people)
    event.registrations.update(hold_until=NOON)
    return lambda: places.settle(event=event)


def drawn(people: int) -> Work:
    event = make_event(capacity=people // 2, draw_at=NOON + HOUR)
    people_at(event, people)
    return lambda: places.draw(event=event, now=NOON + HOUR)


def event_for_nobody(people: int) -> Event:
    """Places are free, and nobody who waits may have one."""
    event = make_event(capacity=0, neos_required=True)
    people_at(event, people)
    Attendee.objects.filter(registrations__event=event).update(neos_locked=True)
    Event.objects.filter(pk=event.pk).update(capacity=5)
    return event


def all_passed_over(people: int) -> Work:
    event = event_for_nobody(people)
    return lambda: places.settle(event=event)


def newcomer_past_others(people: int) -> Work:
    event, attendee = event_for_nobody(people), make_attendee()
    places.settle(event=event)
    return lambda: register(attendee, event)


@pytest.mark.parametrize(
    "prepare",
    [
        moved,
        cancelled_and_paid,
        let_in,
        let_in_at_two_prices,
        let_in_past_others,
        lapsed,
        drawn,
        all_passed_over,
    ],
)
def test_twice_the_people_cost_the_same_statements_growth(prepare: Callable[[int], Work]) -> None:
    few, many = cost_of(prepare(4)), cost_of(prepare(8))
    assert few == many


@pytest.mark.parametrize(("prepare", "more"), [(let_in, 2), (drawn, 3), (let_in_past_others, 2)])
def test_each_batch_costs_its_statements_and_no_more_growth(
    prepare: Callable[[int], Work], more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight more people in batches of four: all are let in; or all are numbered and half of them
    let in; or half are let in, and numbered with whom they passed.
    """
    for module in (numbers, waitlist):
        monkeypatch.setattr(module, "BATCH", 4)
    few, many = cost_of(prepare(8)), cost_of(prepare(16))
    assert many - few == more


def test_moves_in_several_batches_keep_their_order_and_count_whom_they_pass_growth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (numbers, waitlist):
        monkeypatch.setattr(module, "BATCH", 2)
    event = make_event(capacity=0, neos_required=True)
    line = people_at(event, 7)
    locked = [line[0].attendee_id, line[3].attendee_id]
    Attendee.objects.filter(pk__in=locked).update(neos_locked=True)
    Event.objects.filter(pk=event.pk).update(capacity=4)
    assert places.settle(event=event) == 4
    waits, moves = "waitlisted", "confirmed"
    assert statuses(event) == [waits, moves, moves, waits, moves, moves, waits]
    overtook = Registration.objects.filter(event=event).order_by("pk")
    assert list(overtook.values_list("overtook", flat=True)) == [0, 1, 1, 0, 2, 2, 0]


def test_newcomer_past_people_who_may_not_costs_one_statement_more_h5() -> None:
    """The one that asks whether anybody in line may have the place."""
    alone = make_event(capacity=5, neos_required=True)
    costs = [cost_of(newcomer_past_others(people)) for people in (2, 4)]
    attendee = make_attendee()
    assert costs == [cost_of(lambda: register(attendee, alone)) + 1] * 2


def test_newcomer_does_not_overtake_who_became_eligible_unnoticed_h5() -> None:
    """Nothing is remembered of a person, so nothing has to be told to forget it."""
    event = make_event(capacity=0, neos_required=True)
    first, _second = line = people_at(event, 2)
    Attendee.objects.update(neos_locked=True)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    places.settle(event=event)
    Attendee.objects.filter(pk=first.attendee_id).update(neos_locked=False)
    newcomer = register(make_attendee(), event)
    assert newcomer.status == "waitlisted"
    assert statuses(event) == ["confirmed", "waitlisted", "waitlisted"]
    assert [kinds(r.attendee)[-1] for r in line] == ["place-given", "passed-over"]


# --- Telling who was passed over -----------------------------------------------------------------


def told(event: Event) -> int:
    q = Notification.objects.filter(kind="passed-over", registration__event=event)
    return q.count()


def test_pass_tells_a_batch_and_leaves_the_others_to_housekeeping_h5(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passed_over, "BATCH", 2)
    event = make_event(capacity=0, neos_required=True)
    people_at(event, 5)
    Attendee.objects.update(neos_locked=True)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    places.settle(event=event)
    assert (told(event), places.due_events(NOON)) == (2, [event])
    assert [places.tell_rest(event=event) for _ in range(2)] == [3, 0]
    assert (told(event), places.due_events(NOON)) == (5, [])


def test_reasons_that_are_gone_are_not_told_h5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_over, "BATCH", 1)
    event = make_event(capacity=0, neos_required=True)
    people_at(event, 3)
    Attendee.objects.update(neos_locked=True)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    places.settle(event=event)
    Attendee.objects.update(neos_locked=False)
    places.settle(event=event)
    places.tell_rest(event=event)
    assert (told(event), statuses(event)) == (1, ["confirmed", "waitlisted", "waitlisted"])
