"""Wrong keys are slowed down, and the right one always works."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from events.doors import gate, keys
from events.models import Registration
from tests.events.doors.stage import AWAY, Heard, ask, call, logged, plain
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_many_wrong_keys_are_slowed_down_and_the_right_one_works(
    ada: Registration, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    statuses, right = [], []
    for number in range(1_000):
        statuses.append(ask(f"/door/{keys.new_secret()}/U-ada")[0])
        if number % 100 == 0:
            right.append(ask(f"/door/{key}/U-ada"))
    assert statuses == [404] * 30 + [429] * 970
    assert right == [(200, "ALLOW guest")] * 10
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == [
        "Door: more than 30 wrong keys in a minute"
    ]


def test_slowed_down_network_reads_when_to_come_back(
    clock: time_machine.Traveller, ada: Registration
) -> None:
    clock.move_to(NOON + timedelta(seconds=18))
    for _ in range(30):
        call("/door/wrong/U-ada")
    line = "DENY too-many-tries 42"
    heard = Heard(429, plain(line) | {"Retry-After": "42"}, line.encode())
    assert call("/door/wrong/U-ada") == heard
    assert call("/door/wrong/U-ada", REMOTE_ADDR="198.51.100.7").status == 404
    clock.shift(timedelta(seconds=42))
    assert call("/door/wrong/U-ada").status == 404


def test_control_limit_that_counts_every_question_locks_the_right_key_out(
    ada: Registration, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the test of the right key can fail."""
    found = gate.find_keys

    def count_first(secret: str, now: Any) -> Any:
        return [] if cache.get("tried", 0) > 30 else found(secret, now)

    monkeypatch.setattr(gate, "find_keys", count_first)
    for number in range(40):
        cache.set("tried", number)
        ask("/door/wrong/U-ada")
    assert ask(f"/door/{key}/U-ada")[0] == 429


def test_strangers_of_many_networks_fill_no_cache() -> None:
    """The networks share a few counters: two of each kind for each, in one minute or two."""
    request = gate.HttpRequest()
    names = set()
    for number in range(5_000):
        request.META["REMOTE_ADDR"] = f"10.{number % 250}.{number // 250}.1"
        names.add(gate.counter_of(request))
    assert len(names) == 64


@pytest.mark.parametrize("name", ["wrong", keys.new_secret()])
def test_wrong_key_is_one_also_without_the_cache(
    settings: Settings, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    settings.CACHES = AWAY
    line = "DENY unknown-key"
    assert call(f"/door/{name}/U-ada") == Heard(404, plain(line), line.encode())
    assert logged(caplog) == ["The cache is away; a request was not counted: view=door"]
