"""One sentence of the doctor: how something is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """`next_step` is empty if there is nothing to do."""

    name: str
    state: State
    sentence: str
    next_step: str = ""

    @property
    def is_problem(self) -> bool:
        return self.state is State.PROBLEM


@dataclass(frozen=True, slots=True)
class Asked:
    """How the doctor was called. `workers`: processes that serve the site; None if not known.

    With `is_deployed`, other people are about to come: what a demo may have is a problem then.
    """

    is_offline: bool = False
    workers: int | None = None
    is_deployed: bool = False


def ok(name: str, sentence: str) -> Finding:
    return Finding(name, State.OK, sentence)


def warning(name: str, sentence: str, next_step: str) -> Finding:
    return Finding(name, State.WARNING, sentence, next_step)


def problem(name: str, sentence: str, next_step: str) -> Finding:
    return Finding(name, State.PROBLEM, sentence, next_step)
