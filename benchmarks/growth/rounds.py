"""Scenes of periodic work: audit, housekeeping, delivery."""

from collections.abc import Iterator
from typing import Any

from benchmarks.crowd import fill, pay
from events import housekeeping
from events.audit import audit
from events.messages import delivery
from events.models import Event
from tests.factories import make_event

from .costs import Limit, Work
from .scenes import ROUNDS, ROWS, SMALL, owe, owe_each, scene


@scene("audit", Limit(seconds=(3, 3)), people=ROWS)
def auditing(people: int) -> Iterator[Work]:
    event = make_event(price=500, currency="EUR")
    made = fill(event, confirmed=people)
    pay(made)
    owe_each(made)
    yield lambda: expect_none(audit(event))


@scene("audit, all wait and may not", Limit(seconds=(3, 3)), people=ROWS)
def auditing_line(people: int) -> Iterator[Work]:
    event = make_event(capacity=5, neos_required=True)
    made = fill(event, waiting=people, is_stale=True)
    owe_each(made, kind="waitlisted")
    yield lambda: expect_none(audit(event))


def expect_none(found: list[Any]) -> None:
    assert found == [], found[0]


@scene("housekeeping, nothing to do", Limit(seconds=(1, 1)))
def idle(people: int) -> Iterator[Work]:
    """50 events with the people, a fifth of whom wait; 20 events with one place free each."""
    number = 50 if people > SMALL else 1
    for count in range(number):
        event = make_event(capacity=0, neos_required=True)
        share = people // number
        fill(event, confirmed=share * 4 // 5, waiting=share // 5, is_stale=True)
        if count % 2:
            Event.objects.filter(pk=event.pk).update(capacity=share)
    housekeeping.run()
    housekeeping.run()
    for _ in range(ROUNDS):
        yield housekeeping.run


@scene("delivery of 2,000 mails, in memory", Limit(cpu=5), people=2_000)
def deliver(people: int) -> Iterator[Work]:
    owe(people)
    yield delivery.deliver_due
