"""A file that is read again changes the entry that is there: it adds none, and undoes nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from events import calendars, places
from events.models import Attendee, Event, Registration
from events.places import event_edits
from tests.factories import make_attendee, make_event, make_workshop
from tests.lines import register

from .reading import Entry, Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def edit(event: Event, **fields: object) -> None:
    """As the admin does: read, write, follow up, in one transaction."""
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        event.refresh_from_db()
        for name, value in fields.items():
            setattr(event, name, value)
        event.save()
        event_edits.follow_up(before)
    event.refresh_from_db()


def move(event: Event) -> None:
    edit(event, starts_at=event.starts_at + HOUR, ends_at=event.ends_at + HOUR)


def own_file(attendee: Attendee) -> bytes:
    """The file of the newest registration, as a mail has it or the page of the place."""
    registration = attendee.registrations.order_by("-pk")[0]
    return calendars.event_file(registration.event, registration)


def test_each_change_is_newer_than_all_before_in_one_entry(clock: Clock) -> None:
    """Moved, renamed, off and on again, given up and taken again: always the same entry."""
    event, ada = make_event(title="Jam", slug="before"), make_attendee()
    register(ada, event)
    program = Program()
    program.take(own_file(ada))
    seen: list[Entry] = [*program.entries.values()]
    acts = {
        "moved": lambda: move(event),
        "renamed": lambda: edit(event, title="Jam 2", slug="after"),
        "off": lambda: edit(event, status="cancelled"),
        "on": lambda: edit(event, status="published"),
        "given up": lambda: places.cancel(
            registration=Registration.objects.get(status="confirmed"), in_full=False
        ),
        "taken again": lambda: register(ada, event),
    }
    told = {}
    for name, act in acts.items():
        clock.shift(HOUR)
        act()
        assert len(program.take(own_file(ada))) == 1
        (entry,) = program.entries.values()
        told[name] = (entry.sequence, entry.status, entry.summary)
        seen.append(entry)
    assert told == {
        "moved": (1, "CONFIRMED", "Jam"),
        "renamed": (1, "CONFIRMED", "Jam 2"),
        "off": (2, "CANCELLED", "Cancelled: Jam 2"),
        "on": (3, "CONFIRMED", "Jam 2"),
        "given up": (3, "CANCELLED", "No place any more: Jam 2"),
        "taken again": (3, "CONFIRMED", "Jam 2"),
    }
    order = [(entry.sequence, entry.stamp) for entry in seen]
    assert order == sorted(set(order))
    assert seen[1].starts_at == seen[0].starts_at + HOUR


def test_older_file_undoes_nothing(clock: Clock) -> None:
    event, ada = make_event(), make_attendee()
    register(ada, event)
    old = own_file(ada)
    clock.shift(HOUR)
    move(event)
    program = Program()
    program.take(own_file(ada))
    assert (program.take(old), program.take(own_file(ada))) == ([], [])


def test_public_file_and_own_file_are_one_entry(clock: Clock) -> None:
    event, ada = make_event(title="Jam"), make_attendee()
    program = Program()
    program.take(calendars.event_file(event))
    clock.shift(HOUR)
    register(ada, event)
    assert program.take(calendars.feed(ada)) == [*program.entries]
    assert program.take(own_file(ada)) == []
    assert [entry.transparency for entry in program.entries.values()] == ["OPAQUE"]


def test_moved_workshop_is_newer_and_stays_itself(clock: Clock) -> None:
    event, ada = make_event(), make_attendee()
    workshop = make_workshop(event)
    register(ada, event)
    register(ada, workshop)
    program = Program()
    program.take(calendars.feed(ada))
    before = dict(program.entries)
    clock.shift(HOUR)
    with transaction.atomic():
        edited = event_edits.begin(event.pk)
        workshop.starts_at += HOUR / 2
        workshop.ends_at += HOUR / 2
        workshop.save()
        Event.objects.get(pk=event.pk).save()
        event_edits.follow_up(edited)
    program.take(calendars.feed(ada))
    uid = f"workshop-{workshop.pk}@"
    (after,) = (entry for entry in program.entries.values() if entry.uid.startswith(uid))
    assert len(program.entries) == 2
    assert after.starts_at == before[after.uid].starts_at + HOUR / 2
    assert (before[after.uid].sequence, after.sequence) == (0, 1)


def test_waiting_and_then_being_in_is_newer(clock: Clock) -> None:
    event = make_event(title="Jam", capacity=1)
    first, second = make_attendee(), make_attendee()
    held, _waiting = register(first, event), register(second, event)
    program = Program()
    program.take(own_file(second))
    clock.shift(HOUR)
    places.cancel(registration=held, in_full=False)
    assert len(program.take(own_file(second))) == 1
    assert [(e.status, e.summary) for e in program.entries.values()] == [("CONFIRMED", "Jam")]


def test_lapse_and_opening_are_newer_when_they_come(clock: Clock) -> None:
    """Nobody writes a row when the time to pay is over, or when the session opens."""
    ada = make_attendee()
    register(ada, make_event(price=500))
    program = Program()
    program.take(own_file(ada))
    clock.shift(HOUR)
    assert len(program.take(own_file(ada))) == 1
    assert [entry.status for entry in program.entries.values()] == ["CANCELLED"]
    bela, soon = make_attendee(), Event.objects.get()
    link = "neos-session:///S-1"
    register(bela, make_event(starts_at=soon.changed_at + 2 * HOUR, session_url=link))
    program.take(own_file(bela))
    clock.shift(HOUR)
    assert len(program.take(own_file(bela))) == 1
