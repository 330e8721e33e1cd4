"""`manage.py purge_personal_data`: counts, asks, forgets."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError
from django.utils import timezone
from social_django.models import Partial

from events.models import Attendee, Job, Notification, Registration
from tests.factories import make_attendee, make_event
from tests.lines import register

from .running import run

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]
Clock = time_machine.Traveller
ENDED = {"sessions": 0, "sign_ins": 0, "sent_mail": 0, "agreements": 0}
NUMBERS = {
    **ENDED,
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


def test_purge_is_noted_when_it_has_ended(ada: Attendee) -> None:
    purge(60, "--dry-run")
    before = list(Job.objects.values_list("name", "ended_at"))
    purge(60, "--yes")

    assert (before, list(Job.objects.values_list("name", "ended_at"))) == (
        [],
        [("purge", timezone.now())],
    )


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


def test_without_days_only_what_is_over_goes(ada: Attendee, clock: Clock) -> None:
    """A session ends by itself two weeks after its sign-in, a sign-in that nobody finished, too."""
    now = timezone.now()
    for number, days in enumerate((-1, 0, 1)):
        Session.objects.create(
            session_key=str(number),
            session_data="",
            expire_date=now + timedelta(days=days, hours=1),
        )
        partial = Partial.objects.create(token=str(number), backend="neos", next_step=1)
        Partial.objects.filter(pk=partial.pk).update(timestamp=now + timedelta(days=days - 14))
    Notification.objects.update(state="sent", sent_at=now - timedelta(days=31), facts={"a": 1})
    forgotten = {"sessions": 1, "sign_ins": 1, "sent_mail": 1, "agreements": 0}

    tried = run("purge_personal_data", "--dry-run", "--json").json
    assert tried == {"dry_run": True, "before": None, "forgotten": forgotten, "kept_for_money": 0}
    assert run("purge_personal_data", "--yes", "--json").json["forgotten"] == forgotten
    assert run("purge_personal_data", "--yes", "--json").json["forgotten"] == ENDED
    assert (Session.objects.count(), Partial.objects.count()) == (2, 2)
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
