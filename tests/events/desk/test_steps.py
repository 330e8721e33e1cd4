"""The next steps of each phase; pages that the site does not have are left out."""

from datetime import timedelta

import pytest
from django.urls import NoReverseMatch

from events.desk import addresses
from events.desk.steps import steps
from events.models import Event
from tests.factories import NOON, make_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


@pytest.fixture
def every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site have every page of the desk."""
    monkeypatch.setattr(addresses, "reverse", lambda name, **_: f"/{name}/")


def labels(event: Event) -> list[str]:
    return [step.label for step in steps(event, NOON)]


@pytest.mark.usefixtures("every_page")
@pytest.mark.parametrize(
    ("status", "starts_in", "expected"),
    [
        ("draft", 48 * HOUR, ["See how it looks", "Share the draft", "Publish"]),
        ("published", 48 * HOUR, ["View on site", "Send a message"]),
        ("published", HOUR, ["Send a message", "Check-in"]),
        ("published", -HOUR, ["Check-in", "Send a message"]),
        ("published", -9 * HOUR, ["Attendance", "No-shows", "Send a message", "Copy the event"]),
        ("cancelled", HOUR, ["See the money", "Send a message"]),
    ],
)
def test_phase_has_its_steps(status: str, starts_in: timedelta, expected: list[str]) -> None:
    assert labels(make_event(status=status, starts_at=NOON + starts_in)) == expected


def test_step_without_a_page_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def reverse(name: str, args: list[int]) -> str:
        raise NoReverseMatch(name, args)

    monkeypatch.setattr(addresses, "reverse", reverse)
    event = make_event(status="draft")
    assert addresses.page(event, "check_in") == ""
    assert [step.label for step in steps(event, NOON)] == ["See how it looks"]


def test_steps_after_the_end_list_who_came_and_who_did_not() -> None:
    event = make_event(starts_at=NOON - 9 * HOUR)
    came, missed, *_others = steps(event, NOON)
    start = f"/admin/events/registration/?event__id__exact={event.pk}&status__exact=confirmed"
    assert (came.address, missed.address) == (f"{start}&came=yes", f"{start}&came=no")
