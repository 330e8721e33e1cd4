"""Commands as people run them: started by `manage.py`, with their output in a file.

They need a process of their own, because a test that calls them gives them its own stream, its own
settings and its own transaction. Each takes a second to start, so each is started once.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from events.models import Block, Event, Notice
from tests.factories import make_attendee, make_event, make_workshop
from tests.lines import register
from tests.servers import ROOT, database_url

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

SECONDS = 90
OPENS = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
SANDBOX = {"PAYMENT_PROVIDER": "sandbox", "DEBUG": "1", "NEOS_SANDBOX": "1"}


def start(file: Path, *arguments: str) -> int:
    """Run a command until its end, with what it prints in the file; return its status."""
    connection.close()
    with file.open("wb") as output:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | SANDBOX | {"DATABASE_URL": database_url(), "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            timeout=SECONDS,
            check=False,
        ).returncode


def lines(file: Path) -> list[dict[str, Any]]:
    """Read one JSON object a line: nothing else, like a bar of progress, is in the file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def jam() -> Event:
    """Return an event with a place that somebody has and would be refused now, and a workshop."""
    event = make_event(title="霧の夜", slug="jam")
    register(make_attendee(neos_id="U-ada", neos_username="Åda"), event)
    Block.objects.create(neos_id="U-ada", event=event)
    make_workshop(event, slug="fog")
    Event.objects.update(opens_at=OPENS)
    return event


def test_payments_prints_numbers_and_truths_as_json_into_a_file(tmp_path: Path) -> None:
    Notice.objects.create(
        provider="sandbox", external_id="evt-1", kind="paid", received_at=datetime.now(UTC)
    )
    file = tmp_path / "payments.json"
    assert start(file, "payments", "replay", "--json", "--dry-run") == 0
    assert lines(file) == [
        {"notice": "evt-1", "kind": "paid", "outcome": "due"},
        {"notices": 1, "dry_run": True},
    ]


def test_explain_access_prints_a_block_and_times_into_a_file(tmp_path: Path, jam: Event) -> None:
    file = tmp_path / "access.json"
    assert start(file, "explain_access", jam.slug, "U-ada", "--json") == 0
    held, open_later = json.loads(file.read_text(encoding="utf-8"))["bookables"]
    assert (held["status"], held["amount"]) == ("confirmed", 0)
    assert [refusal["code"] for refusal in held["refusals"]] == ["blocked"]
    instants = [refusal["instant"] for refusal in open_later["refusals"]]
    assert [datetime.fromisoformat(each) for each in instants if each] == [OPENS]


def test_explain_access_fails_for_an_event_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "access.json"
    assert start(file, "explain_access", "nowhere", "U-ada", "--json") == 1
    assert file.read_bytes() == b""


def test_audit_prints_json_into_a_file(tmp_path: Path, jam: Event) -> None:
    file = tmp_path / "audit.json"
    assert start(file, "audit", "--json") == 0
    answer = json.loads(file.read_text(encoding="utf-8"))
    assert answer["mismatches"] == []
