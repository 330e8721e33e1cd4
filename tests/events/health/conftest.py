"""A site on which nothing is wrong: all periodic work has just been done."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from events.happened import counts
from events.health.watch import watch
from events.housekeeping import ROUND
from events.models import Job

#: What a timer starts once a day.
NIGHTLY = ("backup", "purge")


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Let every test look anew, and leave nothing that it has counted."""
    watch.forget()
    counts.take_all()
    yield
    watch.forget()
    counts.take_all()


@pytest.fixture
def well(db: None) -> None:
    for name in (ROUND, *NIGHTLY):
        Job.objects.create(name=name, ended_at=timezone.now())
