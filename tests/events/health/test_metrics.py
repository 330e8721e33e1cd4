"""The metrics are what Prometheus reads, name nobody, and cost the same for few and for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries

from events import places
from events.happened import DOOR, HAPPENED, LOCK, PROVIDER, REQUEST, counts, figures
from events.health import metrics
from events.models import Notification
from tests.factories import make_attendee, make_event

pytestmark = pytest.mark.django_db(transaction=True)


def read() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read the text as Prometheus's own library does."""
    families = text_string_to_metric_families(metrics.as_text().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_sums_of_all_processes_are_counters_and_histograms(well: None) -> None:
    counts.count(REQUEST, "events:register 3xx", 0.05)
    counts.count(REQUEST, "events:register 3xx", 2.0)
    counts.count(PROVIDER, "stripe failed", 9.0)
    counts.count(LOCK, "event", 0.5)
    counts.count(LOCK, "event timeout", 10.0)
    counts.count(HAPPENED, "refused")
    counts.count(DOOR, "person not-registered")
    figures.flush()

    found = read()

    route = (("route", "events:register"), ("status", "3xx"))
    buckets = {
        bound: found["eventsite_request_seconds_bucket", (("le", bound), *route)]
        for bound in ("0.1", "1.0", "5.0", "+Inf")
    }
    assert buckets == {"0.1": 1, "1.0": 1, "5.0": 2, "+Inf": 2}
    assert found["eventsite_request_seconds_sum", route] == 2.05
    failed = (("outcome", "failed"), ("provider", "stripe"))
    assert found["eventsite_provider_seconds_count", failed] == 1
    waits = [
        found["eventsite_lock_wait_seconds_count", (("lock", "event"), ("outcome", outcome))]
        for outcome in ("", "timeout")
    ]
    assert waits == [1, 1]
    assert found["eventsite_happened_total", (("kind", "refused"),)] == 1
    door = (("answer", "not-registered"), ("question", "person"))
    assert found["eventsite_door_answers_total", door] == 1


def test_gauges_say_what_waits_now(well: None) -> None:
    event = make_event(capacity=1)
    for _ in range(3):
        places.register(user=make_attendee().user, bookable=event)
    Notification.objects.all().delete()
    for number, state in enumerate(["queued", "queued", "dead"]):
        Notification.objects.create(
            attendee=make_attendee(),
            kind="thanks",
            subject=f"{number}",
            state=state,
            created_at=timezone.now() - timedelta(seconds=90),
        )

    found = read()

    assert found["eventsite_waitlist_people", ()] == 2
    assert found["eventsite_waitlist_longest", ()] == 2
    assert found["eventsite_mail_waiting", ()] == 2
    assert found["eventsite_mail_dead", ()] == 1
    assert 90 <= found["eventsite_mail_oldest_seconds", ()] < 150
    for job in ("housekeeping", "backup", "purge"):
        assert 0 <= found["eventsite_job_age_seconds", (("job", job),)] < 60
    assert found["eventsite_reason", (("reason", "mail-dead"),)] == 1
    assert found["eventsite_reason", (("reason", "mail-late"),)] == 0


def test_cost_is_the_same_for_one_and_for_many(
    well: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Figures, two of the queue and two numbers of it, two of waitlists, the jobs."""
    number = {"sqlite": 8, "postgresql": 12}[connection.vendor]
    for size in (1, 30):
        event = make_event(capacity=1)
        for _ in range(size + 1):
            places.register(user=make_attendee().user, bookable=event)
        figures.flush()
        with django_assert_num_queries(number):
            metrics.as_text()


def test_metrics_name_nobody(well: None) -> None:
    person = make_attendee(neos_username="Wren", neos_id="U-wren")
    event = make_event(title="Secret garden", slug="secret-garden")
    places.register(user=person.user, bookable=event)
    figures.flush()

    text = metrics.as_text().decode()

    assert 'eventsite_happened_total{kind="place-taken"} 1.0' in text
    assert [word for word in ("ren", "arden", "@") if word in text.replace("current", "")] == []
