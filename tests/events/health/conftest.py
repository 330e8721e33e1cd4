"""A site on which nothing is wrong: a round of housekeeping has just ended."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from events.happened import counts
from events.health.watch import watch
from events.housekeeping import ROUND
from events.models import Job


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
    Job.objects.create(name=ROUND, ended_at=timezone.now())
