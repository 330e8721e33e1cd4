"""`manage.py purge_personal_data`: counts, asks, forgets."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError

from events.models import Attendee, Registration
from tests.factories import make_attendee, make_event
from tests.lines import register

from .running import run

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]
Clock = time_machine.Traveller
NUMBERS = {
    "accounts": 1,
    "messages": 0,
    "history": 0,
    "answers": 0,
    "invitations": 0,
    "follows": 0,
    "password_requests": 0,
}


@pytest.fixture
def ada(clock: Clock) -> Attendee:
    """Return somebody whose only event was long ago."""
    attendee = make_attendee(neos_id="U-ada")
    register(attendee, make_event())
    clock.shift(timedelta(days=100))
    return attendee


def is_erased(attendee: Attendee) -> bool:
    attendee.refresh_from_db()
    return attendee.erased_at is not None


def purge(days: int, *options: str) -> dict[str, object]:
    printed: dict[str, object] = run(
        "purge_personal_data", "--older-than", str(days), "--json", *options
    ).json
    return printed


def test_dry_run_counts_and_forgets_nothing(ada: Attendee) -> None:
    assert purge(60, "--dry-run") == {
        "dry_run": True,
        "before": "2030-07-11T12:00:00Z",
        "forgotten": NUMBERS,
        "kept_for_money": 0,
    }
    assert not is_erased(ada)


def test_purge_forgets_and_counts_stay(ada: Attendee) -> None:
    assert purge(60, "--yes")["forgotten"] == NUMBERS
    assert is_erased(ada)
    assert Registration.objects.get().status == "confirmed"
    assert purge(60, "--yes")["forgotten"] == NUMBERS | {"accounts": 0}


def test_what_is_younger_stays(ada: Attendee) -> None:
    assert purge(95, "--yes")["forgotten"] == NUMBERS | {"accounts": 0}
    assert not is_erased(ada)


def test_nobody_there_is_a_no(ada: Attendee) -> None:
    with pytest.raises(CommandError, match=r"^Nobody is there to ask\."):
        run("purge_personal_data", "--older-than", "60")
    assert not is_erased(ada)


@pytest.mark.parametrize("days", ["29", "36501", "-60", "60.0", "1e3"])
def test_days_have_limits(ada: Attendee, days: str) -> None:
    with pytest.raises(CommandError, match=r"must be a whole number from 30 to 36500\.$"):
        run("purge_personal_data", f"--older-than={days}", "--yes")
    assert not is_erased(ada)
