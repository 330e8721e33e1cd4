"""The rules as the database asks them: the same answers as the rules themselves."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Exists, OuterRef, Q

from events.access import rows, rules
from events.access.facts import Facts
from events.access.refusals import Code
from events.models import (
    Attendee,
    Block,
    Bookable,
    Event,
    FormerNeosId,
    Registration,
    Workshop,
)
from events.places.line import waiting_for, with_facts
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
MAX_AGE = timedelta(days=30)
PEOPLE = 40


class Chance:
    """Makes up events and people; everything that a rule asks about is as likely as not."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)

    def event(self) -> Event:
        gates = [{}, {"neos_required": True}, {"price": 500}, {"patron_cents": 600}]
        gate = self.random.choice(gates)
        return make_event(capacity=0, starts_at=NOON + DAY, **gate)

    def workshop(self, event: Event, hours: int) -> Workshop:
        starts_at = event.starts_at + timedelta(hours=hours)
        return make_workshop(event, capacity=0, starts_at=starts_at, price=self.pick([0, 300]))

    def person(self, events: list[Event | None]) -> Attendee:
        user = make_user(is_active=self.pick([True, True, False]))
        attendee = make_attendee(
            user=user,
            email_confirmed_at=self.pick([None, NOON]),
            neos_email_verified=self.pick([True, True, False]),
            neos_locked=self.pick([False, False, True]),
            neos_banned_until=self.pick([None, None, NOON, NOON + INSTANT, NOON - DAY]),
            verified_at=self.pick([None, NOON, NOON - MAX_AGE, NOON - MAX_AGE - INSTANT]),
            patreon_known=self.pick([True, True, False]),
            patreon_cents=self.pick([0, 599, 600, 1000]),
            patreon_until=self.pick([None, None, NOON, NOON + INSTANT]),
        )
        if self.pick([True, False, False]):
            Block.objects.create(neos_id=attendee.neos_id, event=self.pick(events))
        self.unlink(attendee, events)
        return Attendee.objects.get(pk=attendee.pk)

    def unlink(self, attendee: Attendee, events: list[Event | None]) -> None:
        """Take the Neos id away or replace it, and keep the old ones, which blocks still find."""
        for number in range(self.pick([0, 0, 1, 2])):
            former = self.pick([attendee.neos_id, f"U-former-{attendee.pk}-{number}"])
            FormerNeosId.objects.get_or_create(attendee=attendee, neos_id=former)
            if self.pick([True, False, False]):
                Block.objects.get_or_create(neos_id=former, event=self.pick(events))
        now_linked = self.pick([attendee.neos_id, attendee.neos_id, None, f"U-new-{attendee.pk}"])
        Attendee.objects.filter(pk=attendee.pk).update(neos_id=now_linked)

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)


def put(attendee: Attendee, bookable: Bookable, status: str) -> None:
    lapsing = NOON + INSTANT if attendee.pk % 2 else NOON
    Registration.objects.create(
        attendee=attendee,
        event=bookable.event,
        workshop=bookable.workshop,
        status=status,
        created_at=NOON,
        waitlisted_at=NOON,
        confirmed_at=NOON,
        taken_at=NOON,
        ended_at=NOON,
        hold_until=lapsing,
    )


def make_line(chance: Chance) -> list[Bookable]:
    """People who wait for an event or for one of its workshops, with whatever else they have."""
    event, other = chance.event(), make_event()
    waited_for, clashing, later = (chance.workshop(event, hours) for hours in (0, 0, 3))
    for _ in range(PEOPLE):
        attendee = chance.person([event, other, None])
        if chance.pick([True, False]):
            put(attendee, event, "waitlisted")
            continue
        put(attendee, waited_for, "waitlisted")
        if status := chance.pick(["", "confirmed", "confirmed", "awaiting_payment", "cancelled"]):
            put(attendee, event, status)
        for workshop in (clashing, later):
            if status := chance.pick(["", "", "waitlisted", "awaiting_payment", "cancelled"]):
                put(attendee, workshop, status)
    return [event, waited_for]


def codes_by_rules(bookable: Bookable) -> dict[int, list[str]]:
    line = waiting_for(bookable).select_related("attendee__user", "workshop__event")
    common = Facts(event=bookable.event, attendee=None, now=NOON)
    return {
        registration.pk: [r.code.value for r in rules.refusals_of_person(facts, bookable)]
        for facts, registration in with_facts(list(line), common)
    }


def codes_by_rows(bookable: Bookable, asked: rows.Asked) -> dict[int, list[str]]:
    found = rows.with_codes(waiting_for(bookable), asked).values_list("pk", "codes")
    return {pk: codes.split("+")[:-1] for pk, codes in found}


@pytest.mark.parametrize("number", range(6))
def test_database_finds_the_same_refusals_as_the_rules_h5(number: int) -> None:
    for bookable in make_line(Chance(number)):
        expected = codes_by_rules(bookable)
        for asked in (rows.asked_at(bookable, NOON), rows.asked_anywhere(NOON)):
            assert codes_by_rows(bookable, asked) == expected
            may = rows.who_may(waiting_for(bookable), asked).values_list("pk", flat=True)
            assert list(may) == [pk for pk, codes in expected.items() if not codes]


def test_every_rule_of_the_person_has_its_condition_h5() -> None:
    """Nobody who waits is signed out."""
    names = [rule.__name__.replace("_", "-") for rule in rules.PERSON_RULES]
    assert [Code.SIGN_IN_REQUIRED.value, *(code.value for code in rows.REFUSING)] == names


def is_forgotten(code: Code, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the comparison would find that a condition is missing."""
    monkeypatch.setitem(rows.REFUSING, code, lambda _asked: rows.NEVER)
    return any(
        codes_by_rows(bookable, rows.asked_at(bookable, NOON)) != codes_by_rules(bookable)
        for number in range(6)
        for bookable in make_line(Chance(number))
    )


def test_comparison_finds_that_former_ids_are_forgotten_l7(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def by_present_id(_asked: rows.Asked) -> Q:
        here = Q(event=OuterRef("event")) | Q(event=None)
        mine = Block.objects.filter(here, neos_id=OuterRef("attendee__neos_id"))
        return Q(Exists(mine))

    monkeypatch.setitem(rows.REFUSING, Code.BLOCKED, by_present_id)
    (bookable, _workshop) = make_line(Chance(0))
    assert codes_by_rows(bookable, rows.asked_at(bookable, NOON)) != codes_by_rules(bookable)


@pytest.mark.parametrize("code", list(rows.REFUSING))
def test_comparison_finds_a_condition_that_is_missing_h5(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_forgotten(code, monkeypatch)
