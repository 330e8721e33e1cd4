"""Any actions at an event, in any order, end as the rules in `docs/design.md` say.

Ten examples a round: after ten, Hypothesis goes on with variations of what it had. A round that
failed comes back with `-p "randomly_seed=…"`; in CI they are always the same.
"""

import os
import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from events import places
from events.access import facts, rows
from events.models import Payment, Refund, Registration
from events.payments import ledger, refunds
from events.payments.providers.base import Provider
from tests.machine_of_moves import MovesMachine
from tests.machine_of_places import PlacesMachine
from tests.machine_of_returns import ReturnsMachine
from tests.place_modules import lottery, move, register, settle
from tests.stage_of_places import Plan, make_cast

pytestmark = pytest.mark.django_db

IN_CI = bool(os.environ.get("CI"))
#: Rounds and steps of an example: MACHINE="60 50" looks for a quarter of an hour.
ROUNDS, STEPS = (int(n) for n in os.environ.get("MACHINE", "3 30").split())


@pytest.fixture(autouse=True)
def cast(clock: time_machine.Traveller) -> None:
    PlacesMachine.cast = make_cast()


@pytest.fixture(autouse=True)
def repeatable_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis seeds `random` for every example: what fails once does so again."""
    code = Registration._meta.get_field("code")
    monkeypatch.setattr(code, "_get_default", lambda: uuid.UUID(int=random.getrandbits(128)))


def run_rounds(
    machine: type[PlacesMachine], *seeds: int, phases: tuple[Phase, ...] = tuple(Phase)
) -> None:
    budget = settings(
        max_examples=10,
        stateful_step_count=STEPS,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    for number in seeds:
        run_state_machine_as_test(seed(number)(machine), settings=budget)


#: One of them on each database; which rows they write does not depend on it.
NUMBERS = [pytest.param(n, marks=[] if n == 1 else pytest.mark.once) for n in range(ROUNDS)]


@pytest.mark.parametrize("number", NUMBERS)
def test_places_are_as_the_model_says(number: int) -> None:
    start = 0 if IN_CI else random.getrandbits(32)  # pytest-randomly seeds every test alike
    run_rounds(ReturnsMachine if number % 3 else MovesMachine, start + number)


# --- Controls: with a rule broken, the machine finds it -----------------------------------------


def let_anybody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "who_may", lambda line, _asked: line)


def serve_the_last_first(monkeypatch: pytest.MonkeyPatch) -> None:
    who_may = rows.who_may
    last_first = ("-turn", "-pk")
    monkeypatch.setattr(rows, "who_may", lambda *args: who_may(*args).order_by(*last_first))


def keep_lapsed_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "expire_lapsed", lambda *_: 0)


def let_newcomers_overtake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "settle_locked", lambda *_: 0)


def let_in_more_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts.Occupancy, "free", lambda *_: None)


def keep_workshops_without_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Registration, "falls_with", lambda one, other: one.pk == other.pk)


def draw_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lottery, "drawing_key", lambda _seed, registration: str(registration.pk))


def forget_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "fill_places", lambda *_: 0)


def take_money_for_lapsed_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Registration, "has_lapsed", lambda *_: False)


def keep_money_of_another_amount(monkeypatch: pytest.MonkeyPatch) -> None:
    def problem(payment: Payment, *_said: object) -> Payment.Problem | None:
        return places.confirm_paid(registration=payment.registration)

    monkeypatch.setattr(ledger, "_problem", problem)


def guess_why_money_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guess the reason from the status: what has expired was late, for every person."""
    confirm = places.confirm_paid

    def guess(*, registration: Registration) -> Payment.Problem | None:
        problem = confirm(registration=registration)
        registration.refresh_from_db()
        has_expired = registration.status == Registration.Status.EXPIRED
        return Payment.Problem.LATE if problem and has_expired else problem

    monkeypatch.setattr(places, "confirm_paid", guess)


def hear_of_money_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "UNPAID", tuple(Payment.Status))


def take_what_nobody_knows_for_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is given back once more, under another key."""
    attempt = refunds.attempt

    def give_up(provider: Provider, refund: Refund) -> Refund.Status:
        try:
            return attempt(provider, refund)
        finally:
            refunds.finish(refund, Refund.Status.FAILED)

    monkeypatch.setattr(refunds, "attempt", give_up)


def change_the_policy_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    def gets_money_back(registration: Registration, now: datetime) -> bool:
        until = registration.event.refund_until(registration.bookable)
        return until is not None and now < until

    monkeypatch.setattr(Registration, "gets_money_back", gets_money_back)


def keep_money_of_a_cancelled_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "owe_everything_back", lambda _event: 0)


def ask_for_money_for_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Registration, "is_payable", lambda *_: True)


#: With the seed that finds it soonest; others find it as well, but later.
BROKEN = {
    let_anybody_in: 9,
    serve_the_last_first: 39,
    keep_lapsed_holds: 6,
    let_newcomers_overtake: 14,
    let_in_more_than_fit: 0,
    keep_workshops_without_the_event: 24,
    draw_by_number: 9,
    forget_who_waits: 9,
}
BROKEN_MONEY = {
    guess_why_money_goes_back: 0,
    change_the_policy_afterwards: 9,
    ask_for_money_for_what_is_lost: 0,
}
CONTROLS = [
    (machine, break_it, start)
    for machine, broken in ((PlacesMachine, BROKEN), (ReturnsMachine, BROKEN_MONEY))
    for break_it, start in broken.items()
]


@pytest.mark.once  # they prove what the machine finds, not what the database does
@pytest.mark.parametrize(("machine", "break_it", "start"), CONTROLS)
def test_machine_finds_a_broken_rule(
    monkeypatch: pytest.MonkeyPatch,
    machine: type[PlacesMachine],
    break_it: Callable[[pytest.MonkeyPatch], None],
    start: int,
) -> None:
    break_it(monkeypatch)
    with pytest.raises(AssertionError):
        run_rounds(machine, *range(start, start + 8), phases=(Phase.generate,))


# --- Controls that a search finds late: a short walk to where the rule counts --------------------


def money_of_another_amount(machine: ReturnsMachine) -> None:
    machine.ask(1)
    machine.money_comes(1, extra=1, again=False)


def money_after_the_hold(machine: ReturnsMachine) -> None:
    machine.ask(1)
    machine.wait(31)
    machine.money_comes(1, extra=0, again=False)


def money_told_of_twice(machine: ReturnsMachine) -> None:
    machine.pay_at_once(1)
    machine.money_comes(1, extra=0, again=True)


def refund_without_an_answer(machine: ReturnsMachine) -> None:
    machine.pay_at_once(1)
    machine.cancel_in_full(1)
    machine.give_back_twice("lost", "done")


def cancelled_event(machine: ReturnsMachine) -> None:
    for pick in (1, 2, 3):
        machine.pay_at_once(pick)
    machine.cancel_the_event()


WALKS = {
    money_of_another_amount: keep_money_of_another_amount,
    money_after_the_hold: take_money_for_lapsed_holds,
    money_told_of_twice: hear_of_money_twice,
    refund_without_an_answer: take_what_nobody_knows_for_a_failure,
    cancelled_event: keep_money_of_a_cancelled_event,
}
PAID_PLAN = Plan(
    capacities=(3, None, None, None),
    prices=(500, 0, 0, 0),
    currency="EUR",
    closes_at=None,
    draw_at=None,
    needs_neos=False,
    has_waitlist=True,
    discount=0,
    refund_days=0,
)


def go(walk: Callable[[ReturnsMachine], None]) -> None:
    machine = ReturnsMachine()
    try:
        machine.open(PAID_PLAN, ["ann", "bea", "cleo"])
        walk(machine)
        machine.all_is_well()
        machine.nothing_went_back_twice()
    finally:
        machine.teardown()


@pytest.mark.once
@pytest.mark.parametrize(("walk", "break_it"), WALKS.items())
def test_walk_finds_a_broken_rule_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
    walk: Callable[[ReturnsMachine], None],
    break_it: Callable[[pytest.MonkeyPatch], None],
) -> None:
    go(walk)
    break_it(monkeypatch)
    with pytest.raises(AssertionError):
        go(walk)


# --- What organizers do by hand, likewise by short walks -----------------------------------------


def place_that_is_given_away(machine: MovesMachine) -> None:
    machine.register("ann", "early")
    machine.give_row(0, "fay")


def move_to_what_overlaps(machine: MovesMachine) -> None:
    machine.register("ann", "early")
    machine.register("ann", "late")
    machine.move_row(4, "clashing")


def move_of_a_paid_place(machine: MovesMachine) -> None:
    machine.stage.edit("early", price=500)
    machine.register("ann", "early")
    machine.pay(1)
    machine.move_row(3, "late")


def move_from_where_somebody_waits(machine: MovesMachine) -> None:
    machine.stage.edit("early", capacity=1)
    machine.register("ann", "early")
    machine.register("bea", "early")
    machine.move_row(3, "late")


def leave_workshops_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move, "falling_with", lambda one: [one])


def see_no_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_workshops(_moving: Registration, known: Any, _to: object) -> Any:
        own = tuple(one for one in known.registrations if one.workshop_id is None)
        return replace(known, registrations=own)

    monkeypatch.setattr(move, "_facts_without", without_workshops)


def ask_for_money_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move, "_paid_terms", lambda *_: {})


def leave_the_place_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move, "settle_locked", lambda *_: 0)


BY_HAND = {
    place_that_is_given_away: leave_workshops_behind,
    move_to_what_overlaps: see_no_clash,
    move_of_a_paid_place: ask_for_money_anew,
    move_from_where_somebody_waits: leave_the_place_empty,
}
FREE_PLAN = replace(PAID_PLAN, prices=(0, 0, 0, 0))


def go_by_hand(walk: Callable[[MovesMachine], None]) -> None:
    machine = MovesMachine()
    try:
        machine.open(FREE_PLAN, ["ann", "bea", "cleo"])
        walk(machine)
        machine.all_is_well()
    finally:
        machine.teardown()


@pytest.mark.once
@pytest.mark.parametrize(("walk", "break_it"), BY_HAND.items())
def test_walk_by_hand_finds_a_broken_rule_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
    walk: Callable[[MovesMachine], None],
    break_it: Callable[[pytest.MonkeyPatch], None],
) -> None:
    go_by_hand(walk)
    break_it(monkeypatch)
    with pytest.raises(AssertionError):
        go_by_hand(walk)
