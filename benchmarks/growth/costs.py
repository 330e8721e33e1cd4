"""Measure work, and compare it with its limit."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of the seconds, the seconds of our own CPU, and the number of statements."""

    wall: float
    cpu: float
    statements: int


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many seconds (on PostgreSQL, on SQLite) or CPU seconds, or times the small one."""

    seconds: tuple[float, float] | None = None
    cpu: float | None = None
    ratio: float | None = None

    def is_kept(self, small: Cost, large: Cost) -> bool:
        most = self.seconds and self.seconds[connection.vendor == "sqlite"]
        return (
            (most is None or large.wall <= most)
            and (self.cpu is None or large.cpu <= self.cpu)
            and (self.ratio is None or large.wall <= self.ratio * small.wall)
        )


def medians(costs: Sequence[Cost]) -> Cost:
    middle = statistics.median_low([cost.wall for cost in costs])
    cpu = statistics.median_low([cost.cpu for cost in costs])
    return Cost(middle, cpu, costs[-1].statements)


def cost_of(work: Work) -> Cost:
    counted = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        return Cost(time.perf_counter() - wall, time.process_time() - cpu, counted)
