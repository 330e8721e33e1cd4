"""A rush on four server processes, and one around the instants of opening and closing."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events.audit import audit
from events.models import Event, Registration
from tests.crowd import SECONDS, Person, make_person, register_address, rush
from tests.factories import make_event, statuses
from tests.servers import Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

PLACES, PEOPLE = 3, 40
LOCKED = "database is locked"
OPEN_FOR = timedelta(seconds=1)


def test_rush_on_four_processes_shows_nobody_an_error() -> None:
    event = make_event(neos_required=True, capacity=PLACES)
    people = [make_person() for _ in range(PEOPLE)]

    with running_site(workers=4) as site:
        answers = rush([(person, register_address(site, event)) for person in people])
        output = site.output

    assert (answers, output.count(LOCKED)) == ({302: PEOPLE}, 0)
    expected = {"confirmed": PLACES, "waitlisted": PEOPLE - PLACES}
    assert Counter(statuses(event)) == expected
    assert audit(event, timezone.now()) == []


# --- Opening and closing -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Press:
    """The moments at which somebody pressed and was answered, and the status."""

    sent_at: datetime
    answered_at: datetime
    status: int


def press_over_time(
    site: Site, event: Event, people: Sequence[Person], *, span: timedelta
) -> list[Press]:
    """One after the other, evenly spread, each on a connection of their own."""
    start = threading.Barrier(len(people))
    pause = span.total_seconds() / len(people)

    def press(number: int) -> Press:
        start.wait(SECONDS)
        time.sleep(number * pause)
        sent_at = timezone.now()
        status = people[number].press(register_address(site, event))
        return Press(sent_at, timezone.now(), status)

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(press, range(len(people))))


def against_the_clock(presses: Sequence[Press], event: Event) -> list[Press]:
    """Those let in who were answered before the opening, or pressed after the close."""
    opens_at, closes_at = event.opens_at, event.closes_at
    assert opens_at is not None
    assert closes_at is not None
    let_in = [press for press in presses if press.status == 302]
    return [p for p in let_in if p.answered_at < opens_at or p.sent_at >= closes_at]


def test_nobody_is_let_in_before_the_opening_or_after_the_close() -> None:
    event = make_event(neos_required=True)
    people = [make_person() for _ in range(PEOPLE)]

    with running_site(workers=2) as site:
        event.opens_at = timezone.now() + OPEN_FOR
        event.closes_at = event.opens_at + OPEN_FOR
        event.save()
        presses = press_over_time(site, event, people, span=3 * OPEN_FOR)

    came_at = list(Registration.objects.filter(event=event).values_list("created_at", flat=True))
    assert Counter(press.status for press in presses) == {
        302: len(came_at),
        409: PEOPLE - len(came_at),
    }
    assert len(came_at) in range(1, PEOPLE)
    assert [at for at in came_at if not event.opens_at <= at < event.closes_at] == []
    assert against_the_clock(presses, event) == []


def test_form_that_was_loaded_in_time_is_refused_after_the_close() -> None:
    event = make_event(neos_required=True, opens_at=timezone.now() + timedelta(days=1))
    people = [make_person() for _ in range(3)]

    with running_site() as site:
        address = register_address(site, event)
        pages = [people[0].press(address)]
        for times in (
            {"opens_at": timezone.now()},
            {"closes_at": timezone.now() + timedelta(microseconds=1)},
        ):
            Event.objects.filter(pk=event.pk).update(**times)
            pages.append(people[len(pages)].press(address))

    assert pages == [409, 302, 409]
    assert statuses(event) == ["confirmed"]
