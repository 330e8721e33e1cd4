"""Lists of a door with 20,000 people, which both databases hand out a batch at a time.

A process is started for the bar, which is drawn on a terminal only. The crowd takes longer to make
than to list, so one test looks at all of it.
"""

import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from events.management.door_forms import FORMS, DoorList
from events.models import Event
from tests.events.doors.people import make_crowd
from tests.factories import make_event

from .running import start, start_on_terminal

pytestmark = [pytest.mark.both, pytest.mark.server, pytest.mark.django_db(transaction=True)]

CROWD = 20_000
MEGABYTE = 1024 * 1024


def test_long_list_is_streamed_with_a_bar(tmp_path: Path) -> None:
    event = make_event(slug="jam", starts_at=timezone.now() + timedelta(minutes=10))
    make_crowd(event, CROWD)
    peaks = {form: peak_of(event, form) for form in FORMS}
    # One object in JSON has all of them: this peak shows what the others would be.
    assert peaks.pop("headless") > 6 * MEGABYTE
    assert {form: peak for form, peak in peaks.items() if peak > 3 * MEGABYTE} == {}
    path = tmp_path / "jam.door"
    shown = start_on_terminal("door_list", "jam", "--format", "snapshot", "--output", str(path))
    assert (shown.status, "People:" in shown.out) == (0, True)
    ids = b"".join(b"U-%d\n" % number for number in (0, CROWD - 1, CROWD))
    ran = start("door_verify", str(path), "-", typed=ids)
    assert ran.out.splitlines() == ["ALLOW guest", "ALLOW guest", "DENY not-registered"]


def peak_of(event: Event, form: str) -> int:
    """Return how many bytes of memory a list takes at most while its pieces are written."""
    variable = "" if form == "headless" else "v"
    options = {"format": form, "group": "G", "variable": variable, "previous": None, "good_for": 1}
    asked = DoorList(event, timezone.now(), options | {"join_verifier": False})
    tracemalloc.start()
    try:
        size = sum(map(len, asked.pieces()))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (asked.written, size > 5 * CROWD) == (CROWD, True)
    return peak
