"""Whatever happens to an event, in any order, ends as the rules of design §5 say.

Ten examples a round: after ten, Hypothesis goes on with variations of what it had. A round that
failed comes back with `-p "randomly_seed=…"`; in CI they are always the same.
"""

import os
import random
import uuid
from collections.abc import Callable

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from events import facts
from events.models import Registration
from events.places import filling, leaving, lottery, registering, settling
from tests.machine_of_places import PlacesMachine
from tests.stage_of_places import make_cast

pytestmark = pytest.mark.django_db

IN_CI = bool(os.environ.get("CI"))
#: Rounds and steps of an example: MACHINE="60 50" looks for a quarter of an hour.
ROUNDS, STEPS = (int(n) for n in os.environ.get("MACHINE", "4 30").split())


@pytest.fixture(autouse=True)
def cast(clock: time_machine.Traveller) -> None:
    PlacesMachine.cast = make_cast()


@pytest.fixture(autouse=True)
def repeatable_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis seeds `random` for every example: what fails once does so again."""
    code = Registration._meta.get_field("code")
    monkeypatch.setattr(code, "_get_default", lambda: uuid.UUID(int=random.getrandbits(128)))


def run_rounds(*seeds: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    budget = settings(
        max_examples=10,
        stateful_step_count=STEPS,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    for number in seeds:
        run_state_machine_as_test(seed(number)(PlacesMachine), settings=budget)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_places_are_as_the_model_says(number: int) -> None:
    start = 0 if IN_CI else random.getrandbits(32)  # pytest-randomly seeds every test alike
    run_rounds(start + number)


# --- Controls: with a rule broken, the machine finds it -----------------------------------------


def let_anybody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_refusals", lambda *_: [])


def serve_the_last_first(monkeypatch: pytest.MonkeyPatch) -> None:
    in_line = filling.in_line
    monkeypatch.setattr(filling, "in_line", lambda *args: reversed(list(in_line(*args))))


def keep_lapsed_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "expire_lapsed", lambda *_: 0)


def let_newcomers_overtake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "settle", lambda *_: 0)


def let_in_more_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts.Occupancy, "free", lambda *_: None)


def keep_workshops_without_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "_falling_together", lambda registration: [registration])


def draw_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lottery, "drawing_key", lambda _seed, registration: str(registration.pk))


def forget_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "fill_places", lambda *_: 0)


def take_money_for_lapsed_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Registration, "has_lapsed", lambda *_: False)


#: With the seed that finds it soonest; others find it as well, but later.
BROKEN = {
    let_anybody_in: 4,
    serve_the_last_first: 4,
    keep_lapsed_holds: 4,
    let_newcomers_overtake: 4,
    let_in_more_than_fit: 4,
    keep_workshops_without_the_event: 3,
    draw_by_number: 7,
    forget_who_waits: 4,
    take_money_for_lapsed_holds: 4,
}


@pytest.mark.parametrize(("break_it", "start"), BROKEN.items())
def test_machine_finds_a_broken_rule(
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[pytest.MonkeyPatch], None],
    start: int,
) -> None:
    break_it(monkeypatch)
    with pytest.raises(AssertionError):
        run_rounds(*range(start, start + 8), phases=(Phase.generate,))
