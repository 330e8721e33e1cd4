"""The phase of an event by its status and the clock."""

from datetime import timedelta

import pytest

from events.desk.phase import Phase, phase_of
from events.models import Event
from tests.factories import NOON


@pytest.mark.parametrize(
    ("status", "starts_in", "phase"),
    [
        ("draft", timedelta(days=-3), Phase.DRAFT),
        ("cancelled", timedelta(days=3), Phase.CANCELLED),
        ("published", timedelta(hours=24, seconds=1), Phase.OPEN),
        ("published", timedelta(hours=24), Phase.SOON),
        ("published", timedelta(seconds=1), Phase.SOON),
        ("published", timedelta(0), Phase.RUNNING),
        ("published", timedelta(hours=-1, seconds=1), Phase.RUNNING),
        ("published", timedelta(hours=-1), Phase.OVER),
    ],
)
def test_phase_follows_status_and_clock(status: str, starts_in: timedelta, phase: Phase) -> None:
    starts_at = NOON + starts_in
    event = Event(status=status, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))

    assert phase_of(event, NOON) == phase
