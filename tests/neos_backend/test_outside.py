"""Few threads wait for another server, and its codes are clean when they are logged."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from neos_backend import outside
from neos_backend.outside import Bound, TooManyWait, clean_code


@contextmanager
def busy(bound: Bound, at_most: int) -> Iterator[threading.Event]:
    """Hold all room of the bound in other threads; yield the event that ends it."""
    leave, ready = threading.Event(), threading.Barrier(at_most + 1)

    def hold() -> None:
        with bound.enter(at_most):
            ready.wait(30)
            leave.wait(30)

    with ThreadPoolExecutor(at_most) as pool:
        held = [pool.submit(hold) for _ in range(at_most)]
        ready.wait(30)
        try:
            yield leave
        finally:
            leave.set()
    assert [one.result() for one in held] == [None] * at_most


def attempt(bound: Bound, at_most: int) -> bool:
    try:
        with bound.enter(at_most):
            return True
    except TooManyWait:
        return False


def queued(bound: Bound, number: int) -> None:
    deadline = time.monotonic() + 60
    while bound._queued < number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_next_ones_wait_until_there_is_room_and_those_behind_them_do_not_s6(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outside, "PATIENCE_SECONDS", 60)
    bound = Bound()
    with busy(bound, 2) as leave, ThreadPoolExecutor(2) as pool:
        behind = [pool.submit(attempt, bound, 2) for _ in range(2)]
        queued(bound, 2)
        assert attempt(bound, 2) is False
        leave.set()
        assert [one.result() for one in behind] == [True, True]
    assert attempt(bound, 2) is True


@pytest.mark.usefixtures("impatient")
def test_once_somebody_waited_in_vain_nobody_does_until_a_thread_is_back_s6(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bound = Bound()
    with busy(bound, 2):
        assert attempt(bound, 2) is False
        monkeypatch.setattr(outside, "PATIENCE_SECONDS", 60)
        started = time.monotonic()
        assert [attempt(bound, 2) for _ in range(3)] == [False] * 3
        assert time.monotonic() - started < 30
    with busy(bound, 2) as leave, ThreadPoolExecutor(1) as pool:
        behind = pool.submit(attempt, bound, 2)
        queued(bound, 1)
        leave.set()
        assert behind.result() is True


def test_patience_is_short_enough_for_a_page() -> None:
    assert outside.PATIENCE_SECONDS == 2


@pytest.mark.parametrize(
    ("code", "logged"),
    [
        ("invalid_grant", "invalid_grant"),
        ("card.declined-1:x", "card.declined-1:x"),
        (401, "401"),
        (None, "-"),
        ("", "-"),
        ("a b", "unreadable"),
        ("invalid_grant\nERROR forged", "unreadable"),
        ("x" * 65, "unreadable"),
        ("キー", "unreadable"),
        ("\x1b[31m", "unreadable"),
        ({"a": 1}, "unreadable"),
        (["invalid_grant"], "unreadable"),
    ],
)
def test_code_is_short_plain_and_on_one_line_s2(code: object, logged: str) -> None:
    assert clean_code(code) == logged
