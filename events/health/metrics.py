"""The metrics of Prometheus: sums that all processes have written, and what waits right now.

Everything is read from the database when it is asked for. So it does not matter which worker on
which machine answers, and no folder has to be shared. Labels are routes, codes and names of kinds:
none says who a thing is about.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from events import happened
from events.models import Figure, Job

from . import queue
from .reasons import Reason, bounded
from .watch import watch

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Name of the figure, name of the metric, what it says, and its two labels.
HISTOGRAMS = (
    (happened.REQUEST, "eventsite_request_seconds", "Requests", ("route", "status")),
    (happened.PROVIDER, "eventsite_provider_seconds", "Calls", ("provider", "outcome")),
    (happened.LOCK, "eventsite_lock_wait_seconds", "Waits for a lock", ("lock", "outcome")),
)
COUNTERS = (
    (happened.HAPPENED, "eventsite_happened", "Things that happened", ("kind",)),
    (happened.DOOR, "eventsite_door_answers", "Answers at doors", ("question", "answer")),
)


def as_text() -> bytes:
    """Return the metrics in Prometheus's text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    text: bytes = generate_latest(registry)
    return text


class _Collector(Collector):
    def describe(self) -> list[Metric]:
        """Read nothing when it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        reasons = watch.reasons()
        yield _reasons(reasons)
        if not any(reason.stops_pages for reason in reasons):
            with bounded():
                yield from list(_read(now))


def _reasons(found: tuple[Reason, ...]) -> Metric:
    gauge = GaugeMetricFamily("eventsite_reason", "1 if this is wrong now", labels=["reason"])
    for reason in Reason:
        gauge.add_metric([reason.value], int(reason in found))
    return gauge


def _read(now: datetime) -> Iterator[Metric]:
    yield from _figures()
    yield from _mail(now)
    yield _gauge("eventsite_waitlist_people", "People who wait", queue.waiting_people(now))
    yield _gauge("eventsite_waitlist_longest", "The longest waitlist", queue.longest_waitlist(now))
    yield _jobs(now)
    if connection.vendor == "postgresql":
        text = "Connections that wait for a lock"
        yield _gauge("eventsite_database_lock_waiters", text, lock_waiters())


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _figures() -> Iterator[Metric]:
    rows: dict[str, list[Figure]] = {}
    for figure in Figure.objects.filter(hour=Figure.ALL_TIME).order_by("name", "label"):
        rows.setdefault(figure.name, []).append(figure)
    for name, metric, text, labels in HISTOGRAMS:
        histogram = HistogramMetricFamily(metric, f"{text}, in seconds", labels=labels)
        for row in rows.get(name, []):
            histogram.add_metric(_labels(row, len(labels)), _buckets(row), sum_value=row.seconds)
        yield histogram
    for name, counted, text, words in COUNTERS:
        counter = CounterMetricFamily(counted, text, labels=words)
        for row in rows.get(name, []):
            counter.add_metric(_labels(row, len(words)), row.number)
        yield counter


def _labels(row: Figure, number: int) -> list[str]:
    """Return the words of the label, as many as the metric has names for."""
    words = row.label.split(" ", number - 1)
    return [*words, *[""] * (number - len(words))]


def _buckets(row: Figure) -> list[tuple[str, float]]:
    return [
        ("0.1", row.within_100_ms),
        ("1.0", row.within_1_s),
        ("5.0", row.within_5_s),
        ("+Inf", row.number),
    ]


def _mail(now: datetime) -> Iterator[Metric]:
    oldest = queue.oldest_due(now)
    age = (now - oldest).total_seconds() if oldest else 0.0
    yield _gauge("eventsite_mail_waiting", "Messages that are due", queue.waiting_mail(now))
    yield _gauge("eventsite_mail_oldest_seconds", "How long the oldest one waits", max(age, 0.0))
    yield _gauge("eventsite_mail_dead", "Messages that were not delivered", queue.dead_mail(now))


def _jobs(now: datetime) -> Metric:
    text = "Seconds since the last round of periodic work ended"
    gauge = GaugeMetricFamily("eventsite_job_age_seconds", text, labels=["job"])
    for job in Job.objects.order_by("name"):
        gauge.add_metric([job.name], max((now - job.ended_at).total_seconds(), 0.0))
    return gauge


def lock_waiters() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        (number,) = cursor.fetchone()
    return int(number)
