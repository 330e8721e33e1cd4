"""Questions come and go while people sign up, answer, leave and are erased, in any order."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.accounts import closing
from events.models import Answer, Attendee, Event, Question, Registration
from events.places import AnswersNeeded
from tests.factories import NOON, make_attendee, make_event, make_question
from tests.place_modules import answers, register
from tests.stage_of_places import rolled_back

pytestmark = pytest.mark.django_db

PEOPLE, EVENTS, WORDS = ("ann", "bob", "cem"), (0, 1), ("recorded", "rules")
people, events = st.sampled_from(PEOPLE), st.sampled_from(EVENTS)
ways = st.sampled_from(["unasked", "nothing", "everything"])


@dataclass(frozen=True)
class Asked:
    """A question as the model knows it: `words` of a consent, None for a text."""

    row: Question
    event: int
    words: str | None
    is_required: bool


class AnswersMachine(RuleBasedStateMachine):
    """`answers` is what must be there: text by person, registration and question."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(time_machine.travel(NOON, tick=False))
        self.stack.enter_context(rolled_back())
        self.questions: list[Asked] = []
        self.held: dict[tuple[str, int], Registration] = {}
        self.answers: dict[tuple[str, int, int], str] = {}
        self.erased: set[str] = set()

    def teardown(self) -> None:
        self.stack.close()

    @initialize()
    def open(self) -> None:
        """One place each, so that most people wait. Both ask for the same consent."""
        self.events: list[Event] = [make_event(capacity=1) for _ in EVENTS]
        self.cast: dict[str, Attendee] = {name: make_attendee() for name in PEOPLE}
        for event, words in ((0, None), (0, WORDS[0]), (1, WORDS[0])):
            self.ask(event, words, is_required=True)

    # --- What must come of it ------------------------------------------------------------------

    def asked_at(self, event: int) -> list[Asked]:
        return [question for question in self.questions if question.event == event]

    def words_of(self, pk: int) -> str | None:
        return next(one.words for one in self.questions if one.row.pk == pk)

    def agreed(self, name: str) -> set[str | None]:
        return {self.words_of(pk) for (who, _row, pk) in self.answers if who == name} - {None}

    def typed(self, asked: list[Asked], way: str) -> dict[int, list[str]] | None:
        if way == "unasked":
            return None
        given = asked if way == "everything" else []
        return {one.row.pk: ["yes" if one.words else f"about {one.row.pk}"] for one in given}

    def keep(self, name: str, held: Registration, asked: list[Asked], way: str) -> None:
        typed = self.typed(asked, way) or {}
        for one in asked:
            key = (name, held.pk, one.row.pk)
            self.answers.pop(key, None)
            if texts := typed.get(one.row.pk):
                self.answers[key] = texts[0]

    def refused(self, act: Callable[[], Any], kind: type[Exception]) -> None:
        with pytest.raises(kind):
            act()

    # --- What happens --------------------------------------------------------------------------

    @precondition(lambda self: len(self.questions) < 6)
    @rule(event=events, words=st.sampled_from([None, *WORDS]), is_required=st.booleans())
    def ask(self, event: int, words: str | None, is_required: bool) -> None:  # noqa: FBT001
        fields = {"kind": "consent", "text": words} if words else {}
        row = make_question(self.events[event], is_required=is_required, **fields)
        self.questions.append(Asked(row, event, words, is_required))

    @precondition(lambda self: self.questions)
    @rule(pick=st.integers(0, 5))
    def drop(self, pick: int) -> None:
        """The answers go along, a consent too: it is asked for again."""
        gone = self.questions.pop(pick % len(self.questions))
        pk = gone.row.pk
        gone.row.delete()
        self.answers = {key: text for key, text in self.answers.items() if key[2] != pk}

    @rule(name=people, event=events, way=ways)
    def sign_up(self, name: str, event: int, way: str) -> None:
        agreed = self.agreed(name)
        asked = [one for one in self.asked_at(event) if one.words not in agreed or not one.words]
        carried = [one for one in self.asked_at(event) if one.words and one.words in agreed]
        typed = self.typed(asked, way)

        def really() -> Registration:
            user, bookable = self.cast[name].user, self.events[event]
            return places.register(user=user, bookable=bookable, answers=typed)

        if name in self.erased:
            return self.refused(really, PlaceRefused)
        if held := self.held.get((name, event)):
            assert really() == held
            return None
        is_short = way != "everything" and any(one.is_required for one in asked)
        if is_short or (way == "unasked" and asked):
            return self.refused(really, AnswersNeeded)
        taken = self.held[name, event] = really()
        self.keep(name, taken, asked, way)
        self.answers |= {(name, taken.pk, one.row.pk): "yes" for one in carried}
        return None

    @rule(name=people, event=events, way=st.sampled_from(["nothing", "everything"]))
    def change(self, name: str, event: int, way: str) -> None:
        held, asked = self.held.get((name, event)), self.asked_at(event)
        if held is None:
            return None
        typed = self.typed(asked, way) or {}

        def really() -> None:
            places.change_answers(registration=held, typed=typed)

        if not asked:
            return self.refused(really, TooLate)
        if way == "nothing" and any(one.is_required for one in asked):
            return self.refused(really, AnswersNeeded)
        really()
        self.keep(name, held, asked, way)
        return None

    @rule(name=people, event=events)
    def leave(self, name: str, event: int) -> None:
        """The answers stay with the ended registration, for who comes back."""
        if held := self.held.pop((name, event), None):
            places.cancel(registration=held, in_full=False)

    @precondition(lambda self: not self.erased)
    @rule(name=people)
    def erase(self, name: str) -> None:
        closing.erase(self.cast[name].user)
        self.erased.add(name)
        self.held = {key: held for key, held in self.held.items() if key[0] != name}
        self.answers = {key: text for key, text in self.answers.items() if key[0] != name}

    @invariant()
    def answers_are_as_expected(self) -> None:
        rows = Answer.objects.values_list("registration", "question", "text", "number")
        assert sorted(rows) == sorted((r, q, text, 0) for (_n, r, q), text in self.answers.items())


def run(*phases: Phase, examples: int = 8) -> None:
    budget = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(AnswersMachine, settings=budget)  # type: ignore[no-untyped-call]


def test_answers_are_right_in_any_order() -> None:
    run(*Phase)


def test_machine_notices_answers_that_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "write_given", lambda *_: None)
    with pytest.raises(AssertionError):
        run(Phase.generate, examples=100)  # the first fault ends it


def test_machine_notices_people_who_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "problems", lambda _questions, _typed: {})
    with pytest.raises(pytest.fail.Exception):
        run(Phase.generate, examples=100)  # the first fault ends it
