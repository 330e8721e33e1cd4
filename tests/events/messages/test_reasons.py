"""Reasons in the mail to somebody who was passed over for a free place."""

from datetime import timedelta

import pytest

from events import places
from events.messages import render
from events.models import Notification, Registration, Workshop
from tests.factories import NOON, make_event, make_local_attendee, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


@pytest.fixture
def held() -> list[Registration]:
    """Places in two workshops, one after the other. A third at the time of both was refused."""
    event, person = make_event(ends_at=NOON + timedelta(days=8)), make_local_attendee()
    start = event.starts_at
    register(person, event)
    parts = [make_workshop(event, title=f"Part {n}", starts_at=start + n * HOUR) for n in (1, 2)]
    wanted = make_workshop(event, starts_at=start + 4 * HOUR, capacity=0)
    held = [register(person, part) for part in parts]
    register(person, wanted)
    moved = {"starts_at": start, "ends_at": start + 4 * HOUR, "capacity": 1}
    Workshop.objects.filter(pk=wanted.pk).update(**moved)
    places.settle(event=event)
    return held


def mail() -> str:
    return render.words(Notification.objects.get(kind="passed-over")).text


@pytest.mark.usefixtures("held")
def test_mail_names_all_that_is_in_the_way() -> None:
    assert "at the same time as “Part 1” and “Part 2”, where you have places." in mail()


def test_mail_leaves_out_what_was_given_up_before_it_is_sent(held: list[Registration]) -> None:
    places.cancel(registration=held[0], in_full=False)
    assert "at the same time as “Part 2”, where you have a place." in mail()
