"""Find work that comes round by itself and has not: housekeeping, back-ups, daily work.

A site that never did the daily work is told after some days: a new one has not come to its first
night. Nobody needs a back-up with `DEBUG` on, and some make them by other means.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder

from events.models import Job

# Housekeeping comes by every few seconds; a server that is away delays one round. A timer starts
# the rest at four in the morning, so that a night that was missed is noticed the next afternoon.
ROUND, NIGHT = timedelta(minutes=10), timedelta(hours=36)
PATIENCE = {Job.HOUSEKEEPING: ROUND, Job.BACKUP: NIGHT, Job.PURGE: NIGHT}
#: How long the first time may take. The first round is expected at once.
FIRST = {Job.BACKUP: timedelta(days=3), Job.PURGE: timedelta(days=3)}
#: The migration that made the table of what was done: nothing can stand there from before.
FIRST_NOTED = ("events", "0041_figures_and_jobs")

Applied = Mapping[tuple[str, str], MigrationRecorder.Migration]


def late_jobs(now: datetime, applied: Applied) -> Iterator[str]:
    """Yield the names of what is late, in one statement. `applied`: when tables were made."""
    ended = dict(Job.objects.values_list("name", "ended_at"))
    first = applied[FIRST_NOTED].applied
    for name in _expected():
        if name in ended:
            is_late = ended[name] + PATIENCE[name] <= now
        else:
            is_late = name not in FIRST or first + FIRST[name] <= now
        if is_late:
            yield name


def _expected() -> Iterator[str]:
    yield Job.HOUSEKEEPING
    if settings.DEBUG:
        return
    if not settings.BACKUPS_ELSEWHERE:
        yield Job.BACKUP
    yield Job.PURGE
