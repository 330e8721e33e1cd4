"""Races between processes: starting racers, letting them go at once, recounting afterwards."""

import json
import os
import random
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from events.audit import audit
from events.models import Attendee, Event, FillingPass, Payment, Registration
from tests.factories import make_attendee, make_event
from tests.lines import register
from tests.servers import ROOT, STOP_SECONDS, database_url
from tests.unreliable import count_waiting

#: Generous: other work on the machine must not fail a test.
SECONDS = 90
#: Racers start within so much of each other: at the same moment is only one of the ways to meet.
SPREAD_SECONDS = 0.012
#: What a racer without its guards says at the meeting point; see `tests.racer.meet`.
MET = "met"
#: Before a registration is made, before one is changed, and after a payment for one was read.
MEETING_POINTS = ("insert", "update", "read")
#: Who says nothing for so long waits for a lock that another one holds; PostgreSQL says so at once.
BLOCKED_SECONDS = 1.0
POLL_SECONDS = 0.02


class Hangs(Exception):
    """A racer said nothing for a long time, or ended."""


@dataclass(frozen=True, eq=False)
class Racer:
    """A process of `tests.racer`."""

    process: subprocess.Popen[bytes]

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def finish(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def hear(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline() if self.has_spoken(SECONDS) else b""
        if not line:
            raise Hangs(self.process.args)
        return json.loads(line)

    def has_spoken(self, seconds: float) -> bool:
        """Wait until there is a line to hear; False if none came within `seconds`."""
        readable, _, _ = select.select([self.process.stdout], [], [], seconds)
        return bool(readable)


START = "import django; django.setup(); from tests.racer import main; main()"


@contextmanager
def running_racer(*guards: str, **environment: str) -> Iterator[Racer]:
    """A racer on the test database, without the guards that are named."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, *guards],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url()} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    with process:  # closes its pipes, which ends it, and waits
        racer = Racer(process)
        try:
            yield racer
        finally:
            racer.finish()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass(frozen=True, slots=True)
class Order:
    """The order for one racer."""

    action: str
    values: dict[str, object]
    is_late: bool = False

    def __str__(self) -> str:
        return json.dumps([self.action, self.values])

    def later(self) -> "Order":
        """The same, when most of the others have begun."""
        return replace(self, is_late=True)


def order(action: str, **values: object) -> Order:
    return Order(action, values)


@dataclass(frozen=True)
class Racers:
    """As many processes as a race needs at most; started once, used for every race."""

    racers: Sequence[Racer]
    spread: random.Random = field(default_factory=lambda: random.Random(20300601))
    #: How long after the start something may happen that most racers are to be in time for.
    deadline_seconds: float = 2 * SPREAD_SECONDS

    def race(self, *orders: Order, at_last: Callable[[], None] = lambda: None) -> list[Any]:
        """Get everybody ready, then let all go; return what became of each, in the same order.

        `at_last` happens in the moment before.
        """
        runners = list(zip(self.racers, orders, strict=False))
        assert len(runners) == len(orders)
        for racer, order_ in runners:
            racer.tell(str(order_))
        assert [racer.hear() for racer, _ in runners] == ["ready"] * len(runners)
        at_last()
        return self._run(runners)

    def _run(self, runners: list[tuple[Racer, Order]]) -> list[Any]:
        start = time.monotonic() + 0.002
        for racer, order_ in runners:
            begin = start + order_.is_late * SPREAD_SECONDS
            racer.tell(str(begin + self.spread.uniform(0, SPREAD_SECONDS)))
        return [racer.hear() for racer, _ in runners]


@dataclass(frozen=True)
class UnguardedRacers(Racers):
    """Racers that meet where the missing guard would have kept them apart, so that no luck is
    needed: all have read and decided before anybody writes.

    They start and go on one after the other. Each round has another order and another meeting
    point, the same ones in every run.
    """

    deadline_seconds: float = 0.25
    number: int = 0

    def rounds(self, number: int) -> Iterator["UnguardedRacers"]:
        return (replace(self, number=each) for each in range(number))

    def _run(self, runners: list[tuple[Racer, Order]]) -> list[Any]:
        choice = random.Random(self.number)
        point = MEETING_POINTS[self.number % len(MEETING_POINTS)]
        in_order = sorted(
            choice.sample(runners, len(runners)), key=lambda runner: runner[1].is_late
        )
        heard = self._start(in_order, point)
        for racer in choice.sample(self.racers, len(self.racers)):
            if heard.get(racer) == MET:
                heard[racer] = self._let_go_on(racer, heard)
        self._hear_out(heard)
        return [heard[racer] for racer, _ in runners]

    def _start(self, runners: list[tuple[Racer, Order]], point: str) -> dict[Racer, Any]:
        """Start each once those before it have arrived at the meeting point, are done, or wait for
        a lock; those that are late after the deadline.
        """
        start, heard = time.monotonic(), {}
        for racer, order_ in runners:
            begin = start + order_.is_late * (self.deadline_seconds + SPREAD_SECONDS)
            time.sleep(max(begin - time.monotonic(), 0))
            racer.tell(f"{begin} {point}")
            heard[racer] = self._hear_soon(racer, heard)
        return heard

    def _hear_soon(self, racer: Racer, heard: dict[Racer, Any]) -> Any:
        """None from one that waits for a lock, as those do of whom nothing has been heard."""
        known = sum(answer is None for answer in heard.values())
        give_up = time.monotonic() + BLOCKED_SECONDS
        while not racer.has_spoken(POLL_SECONDS):
            if time.monotonic() > give_up or _number_waiting() > known:
                return None
        return racer.hear()

    def _let_go_on(self, racer: Racer, heard: dict[Racer, Any]) -> Any:
        racer.tell("go on")
        return self._hear_soon(racer, heard)

    def _hear_out(self, heard: dict[Racer, Any]) -> None:
        """Hear what became of those that waited for a lock; they find nobody left to meet."""
        give_up = time.monotonic() + SECONDS
        while unheard := [racer for racer, answer in heard.items() if answer in (None, MET)]:
            if time.monotonic() > give_up:
                raise Hangs(unheard)
            for racer in unheard:
                if heard[racer] == MET:
                    heard[racer] = self._let_go_on(racer, heard)
                elif racer.has_spoken(POLL_SECONDS):
                    heard[racer] = racer.hear()


def _number_waiting() -> int:
    """Count who waits for a lock, where the database can say: SQLite cannot."""
    return count_waiting() if connection.vendor == "postgresql" else 0


@contextmanager
def running_processes(number: int, *guards: str, **environment: str) -> Iterator[tuple[Racer, ...]]:
    with ExitStack() as stack:
        racers = [stack.enter_context(running_racer(*guards, **environment)) for _ in range(number)]
        assert [racer.hear() for racer in racers] == ["started"] * number
        yield tuple(racers)
        for racer in racers:  # all at once: each takes a while to end
            racer.finish()


@contextmanager
def running_racers(number: int, **environment: str) -> Iterator[Racers]:
    with running_processes(number, **environment) as racers:
        yield Racers(racers)


@contextmanager
def running_unguarded_racers(
    number: int, *guards: str, **environment: str
) -> Iterator[UnguardedRacers]:
    """Racers without the guards that are named."""
    with running_processes(number, *guards, **environment) as racers:
        yield UnguardedRacers(racers)


# --- Who races ---------------------------------------------------------------------------------


def make_person() -> Attendee:
    """With a Neos account and an address to write to; without a password, which takes long."""
    attendee = make_attendee(email_confirmed_at=timezone.now())
    attendee.user.email = f"{attendee.neos_username}@example.org"
    attendee.user.save(update_fields=["email"])
    return attendee


@transaction.atomic
def newcomers(number: int) -> list[Attendee]:
    return [make_person() for _ in range(number)]


@transaction.atomic
def line_up(*, price: int = 0, capacity: int = 1, people: int) -> tuple[Event, list[Registration]]:
    """An event with so many places, and people who came one after the other."""
    event = make_event(price=price, capacity=capacity)
    return event, [register(make_person(), event) for _ in range(people)]


def make_staff() -> User:
    return User.objects.create_user(username=f"staff-{User.objects.count()}", is_staff=True)


# --- What became of it -------------------------------------------------------------------------


def unlike(what: str, found: object, *expected: object) -> list[str]:
    """Nothing, or a line that says what was found instead of one of those expected."""
    return [] if found in expected else [f"{what}: {found!r}"]


def recount(event: Event, answers: Sequence[object]) -> list[str]:
    """Return every mismatch, in any order of arrival, and answers that are errors."""
    event.refresh_from_db()
    found = [str(answer) for answer in answers if str(answer).startswith("error ")]
    found += [str(mismatch.as_row()) for mismatch in audit(event, timezone.now())]
    counted = FillingPass.objects.filter(event=event).aggregate(sum=Sum("moved"))["sum"] or 0
    moved = Registration.objects.filter(event=event, filling_pass__isnull=False).count()
    return found + unlike("moved up, by the lines of filling passes", counted, moved)


def payments(registration: Registration) -> list[str]:
    q = Payment.objects.filter(registration=registration).order_by("status")
    return list(q.values_list("status", flat=True))
