"""The page for operators lists what there is: kinds, reasons, metrics, and tests that exist."""

import re

import pytest

from events.happened import FIELDS
from events.health import metrics
from events.health.reasons import Reason
from tests.eventsite.processes import ROOT
from tests.eventsite.test_named_tests import missing

TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")


def part(heading: str) -> str:
    return TEXT.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]


def test_every_kind_stands_there_with_its_fields_in_their_order() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| ([a-z, ]+) \|", part("The log"), re.MULTILINE)

    assert rows == [(kind.value, ", ".join(fields)) for kind, fields in FIELDS.items()]


def test_every_reason_stands_there_with_what_it_stops() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (stop|go on) \|", part("Reasons"), re.MULTILINE)

    assert rows == [(r.value, "stop" if r.stops_pages else "go on") for r in Reason]


@pytest.mark.django_db(transaction=True)
def test_every_metric_stands_there(well: None) -> None:
    told = set(re.findall(r"^\| `(eventsite_[a-z_]+)` \|", part("Metrics"), re.MULTILINE))
    text = metrics.as_text().decode()
    made = set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))

    assert told - {"eventsite_database_lock_waiters"} == made - {"eventsite_database_lock_waiters"}


def test_every_promise_names_tests_that_exist() -> None:
    assert missing(part("Promises: Health and alarms")) == []
    assert len(re.findall("`test_", part("Promises: Health and alarms"))) > 10
