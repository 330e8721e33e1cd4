"""Lotteries: everybody until the draw has the same chance, and anybody can draw again."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage

from events import places
from events.access.refusals import DrawNotDue
from events.messages import delivery
from events.models import Attendee, Event, Registration
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def make_lottery(**fields: object) -> Event:
    """Two places, drawn in an hour."""
    return make_event(**{"capacity": 2, "draw_at": NOON + HOUR} | fields)


def enter(event: Event, people: int = 5) -> list[Registration]:
    return [register(make_attendee(), event) for _ in range(people)]


def drawn(event: Event) -> list[Registration]:
    """Entries by an order worked out here, from nothing but the seed and the codes."""
    entries = Registration.objects.filter(event=event, workshop=None, draw_rank__isnull=False)
    key = event.draw_seed
    return sorted(
        entries, key=lambda entry: hashlib.sha256((key + str(entry.code)).encode()).hexdigest()
    )


def test_entry_has_no_place_before_the_draw_though_places_are_free() -> None:
    entry = register(make_attendee(), make_lottery())
    assert (entry.status, kinds(entry.attendee)) == ("waitlisted", ["waitlisted"])


def test_entry_is_told_of_the_draw_and_not_of_a_full_event(
    mailoutbox: list[EmailMessage],
) -> None:
    attendee = make_attendee(user=make_user(email="ada@example.org"), email_confirmed_at=NOON)
    register(attendee, make_lottery(title="Jam"))
    delivery.deliver_due()
    (mail,) = mailoutbox
    assert mail.subject == "You take part in the draw: Jam"
    assert "drawn on Sat 1 June 2030, 13:00 (UTC)" in str(mail.body)


def test_draw_gives_the_places_in_the_order_of_the_seed(clock: Clock) -> None:
    event = make_lottery()
    enter(event)
    clock.shift(HOUR)
    assert places.draw(event=event, now=NOON + HOUR) == 2
    order = drawn(event)
    assert [entry.draw_rank for entry in order] == [1, 2, 3, 4, 5]
    assert [status(entry) for entry in order] == ["confirmed"] * 2 + ["waitlisted"] * 3
    line = Registration.objects.waiting().filter(event=event)
    assert list(line) == order[2:]


def test_draw_before_its_time_or_without_a_lottery_is_refused() -> None:
    with pytest.raises(DrawNotDue):
        places.draw(event=make_lottery(), now=NOON)
    with pytest.raises(DrawNotDue):
        places.draw(event=make_event(), now=NOON)


def test_draw_twice_changes_nothing(clock: Clock) -> None:
    event = make_lottery()
    enter(event)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    before = list(Registration.objects.order_by("pk").values())
    assert places.draw(event=event, now=NOON + 2 * HOUR) == 0
    assert list(Registration.objects.order_by("pk").values()) == before


def test_draw_that_is_due_comes_before_a_newcomer(clock: Clock) -> None:
    event = make_lottery()
    enter(event)
    clock.shift(HOUR)
    newcomer = register(make_attendee(), event)
    assert newcomer.status == "waitlisted"
    assert list(Registration.objects.waiting().filter(event=event))[-1] == newcomer
    event.refresh_from_db()
    assert event.drawn_at == NOON + HOUR


def test_newcomer_after_the_draw_takes_a_place_that_nobody_wants(clock: Clock) -> None:
    event = make_lottery()
    enter(event, 1)
    clock.shift(HOUR)
    assert register(make_attendee(), event).status == "confirmed"
    assert register(make_attendee(), event).status == "waitlisted"


def test_place_that_becomes_free_after_the_draw_goes_to_the_next_drawn(clock: Clock) -> None:
    event = make_lottery()
    enter(event)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    first, _second, third, *_others = drawn(event)
    places.cancel(registration=first, in_full=False)
    assert status(third) == "confirmed"


def test_draw_passes_over_who_became_ineligible(clock: Clock) -> None:
    event = make_lottery(neos_required=True)
    entries = enter(event)
    Attendee.objects.filter(pk=entries[0].attendee_id).update(neos_locked=True)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    assert status(entries[0]) == "waitlisted"
    assert [status(entry) for entry in drawn(event)].count("confirmed") == 2


def test_draw_held_after_the_close_still_gives_the_places(clock: Clock) -> None:
    """The draw may be held late; a place that becomes free after the start goes to nobody."""
    event = make_lottery(
        closes_at=NOON + 2 * HOUR, starts_at=NOON + 2 * HOUR, ends_at=NOON + 6 * HOUR
    )
    enter(event)
    clock.shift(3 * HOUR)
    assert places.draw(event=event, now=NOON + 3 * HOUR) == 2
    winner = drawn(event)[0]
    clock.shift(HOUR)
    places.cancel(registration=winner, in_full=False)
    assert [status(entry) for entry in drawn(event)].count("confirmed") == 1


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_nothing_is_drawn_for_an_event_that_is_not_on(clock: Clock, state: str) -> None:
    event = make_lottery()
    enter(event)
    Event.objects.update(status=state)
    clock.shift(HOUR)
    places.settle(event=event)
    event.refresh_from_db()
    assert event.drawn_at is None
    with pytest.raises(DrawNotDue):
        places.draw(event=event, now=NOON + HOUR)


def test_promoted_entry_has_a_place_before_the_draw() -> None:
    event = make_lottery()
    first, second = enter(event, 2)
    places.promote(registration=second, by=make_organizer())
    assert [status(first), status(second)] == ["waitlisted", "confirmed"]


def test_cancelled_entry_gives_nobody_a_place_and_is_not_drawn(clock: Clock) -> None:
    event = make_lottery()
    entries = enter(event)
    places.cancel(registration=entries[0], in_full=False)
    assert {status(entry) for entry in entries[1:]} == {"waitlisted"}
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    assert entries[0].pk not in {entry.pk for entry in drawn(event)}


def test_lottery_without_a_waitlist_still_takes_entries() -> None:
    event = make_lottery(has_waitlist=False, capacity=1)
    assert {entry.status for entry in enter(event, 3)} == {"waitlisted"}


def test_paid_place_that_was_drawn_is_held_for_a_day(clock: Clock) -> None:
    event = make_lottery(price=500, capacity=1)
    enter(event, 2)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    winner = drawn(event)[0]
    assert (winner.status, winner.hold_until) == ("awaiting_payment", NOON + 25 * HOUR)


def test_workshops_of_a_lottery_are_first_come(clock: Clock) -> None:
    event = make_lottery()
    workshop = make_workshop(event, capacity=1)
    entries = enter(event, 2)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    assert [register(entry.attendee, workshop).status for entry in entries] == [
        "confirmed",
        "waitlisted",
    ]


def test_only_entries_of_the_event_are_drawn_s9(clock: Clock) -> None:
    """An organizer has let somebody in before, who waits for a workshop now."""
    event = make_lottery()
    entry, other = enter(event, 2)
    places.promote(registration=entry, by=make_organizer())
    waiting = register(entry.attendee, make_workshop(event, capacity=0))
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    waiting.refresh_from_db()
    assert (waiting.draw_rank, drawn(event)) == (None, [other])


def test_promoted_entry_keeps_its_place_before_all_that_are_drawn(clock: Clock) -> None:
    event = make_lottery(capacity=0)
    entries = enter(event, 4)
    promoted = places.promote(registration=entries[3], by=make_organizer())
    clock.shift(HOUR)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    places.draw(event=event, now=NOON + HOUR)
    assert status(promoted) == "confirmed"


def test_replay_gives_the_stored_ranks_until_somebody_tampers(clock: Clock) -> None:
    event = make_lottery()
    enter(event)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    event.refresh_from_db()
    assert {entry.draw_rank == rank for entry, rank in places.replay(event)} == {True}
    first, second = drawn(event)[:2]
    Registration.objects.filter(pk=first.pk).update(draw_rank=2)
    Registration.objects.filter(pk=second.pk).update(draw_rank=1)
    assert [entry.draw_rank for entry, _rank in places.replay(event)] == [2, 1, 3, 4, 5]


def test_commitment_is_the_hash_of_the_seed_and_each_event_has_its_own() -> None:
    one, other = make_lottery(), make_lottery()
    assert one.draw_commitment == hashlib.sha256(one.draw_seed.encode()).hexdigest()
    assert (len(one.draw_seed), one.draw_seed == other.draw_seed) == (64, False)
