"""People whom doors turn away have no link either: on no page, in no calendar, in no mail."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import housekeeping
from events.access import entrance
from events.access.door import Guest, answer_at_door
from events.doors import guests
from events.models import Attendee, Block, Event, FormerNeosId, Registration
from tests.events.messages.reminder_stage import (
    HOUR,
    MINUTE,
    SESSION,
    START,
    Clock,
    edit,
    event,
    person,
    run_at,
    subjects,
)
from tests.factories import make_event, make_workshop
from tests.lines import register

__all__ = ["event"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LINK = "neos-session:///S-jam"
CHANGED = "Another link into the session: Jam"
SORRY = "You cannot come into this session."
Change = Callable[[Attendee, Event], object]


def block_here(attendee: Attendee, event: Event) -> None:
    Block.objects.create(neos_id=attendee.neos_id, event=event)


def block_everywhere(attendee: Attendee, _event: Event) -> None:
    Block.objects.create(neos_id=attendee.neos_id)


def block_a_former_id(attendee: Attendee, event: Event) -> None:
    FormerNeosId.objects.create(attendee=attendee, neos_id="U-before")
    Block.objects.create(neos_id="U-before", event=event)


def block_elsewhere(attendee: Attendee, _event: Event) -> None:
    Block.objects.create(neos_id=attendee.neos_id, event=make_event())


def lock(attendee: Attendee, _event: Event) -> None:
    Attendee.objects.filter(pk=attendee.pk).update(neos_locked=True)


def ban(attendee: Attendee, _event: Event) -> None:
    Attendee.objects.filter(pk=attendee.pk).update(neos_banned_until=START + HOUR)


def ban_until_now(attendee: Attendee, _event: Event) -> None:
    Attendee.objects.filter(pk=attendee.pk).update(neos_banned_until=START)


CHANGES: list[tuple[Change, bool, bool]] = [
    (block_here, True, True),
    (block_everywhere, True, True),
    (block_a_former_id, True, True),
    (block_elsewhere, False, False),
    (lock, True, False),
    (ban, True, False),
    (ban_until_now, False, False),
]


@pytest.fixture
def jam(event: Event) -> Event:
    Event.objects.filter(pk=event.pk).update(session_url=LINK, neos_required=True)
    event.refresh_from_db()
    return event


def addresses_of(mine: Registration) -> list[str]:
    own = f"/registrations/{mine.code}/"
    feed = f"/calendar/{mine.attendee.calendar_token}.ics"
    return ["/events/jam/", own, f"{own}calendar.ics", "/registrations/", feed]


def shows(mine: Registration, text: str = LINK) -> list[bool]:
    """Return on which of the addresses the holder finds the text."""
    browser = Client()
    browser.force_login(mine.attendee.user)
    return [text in browser.get(one).getvalue().decode() for one in addresses_of(mine)]


@pytest.mark.parametrize(("happens", "gated", "free"), CHANGES)
def test_link_is_kept_from_whom_the_door_turns_away(
    clock: Clock, jam: Event, happens: Change, *, gated: bool, free: bool
) -> None:
    mine, other = register(person(), jam), register(person("bo"), jam)
    clock.move_to(START)
    assert shows(mine) == [True] * 5
    happens(mine.attendee, jam)
    for is_gated, is_out in ((True, gated), (False, free)):
        Event.objects.filter(pk=jam.pk).update(neos_required=is_gated)
        assert (shows(mine), shows(other)) == ([not is_out] * 5, [True] * 5)
        assert shows(mine, SORRY)[1:4:2] == [is_out, is_out]


@pytest.mark.parametrize("is_gated", [True, False])
@pytest.mark.parametrize(("happens", "_gated", "_free"), CHANGES)
def test_condition_and_link_agree_with_the_door(
    clock: Clock, jam: Event, happens: Change, *, _gated: bool, _free: bool, is_gated: bool
) -> None:
    mine, stranger = register(person(), jam), person("cy")
    register(person("bo"), jam)
    happens(mine.attendee, jam)
    happens(stranger, jam) if happens is not block_a_former_id else None
    Event.objects.filter(pk=jam.pk).update(neos_required=is_gated)
    jam.refresh_from_db()
    clock.move_to(START)
    found = {guest.neos_id: guest for guest, _is_alone in guests.guests_at(jam)}
    is_out = {name: _is_denied(jam, guest) for name, guest in found.items()}
    rows = Registration.objects.filter(event=jam)
    shut = set(
        rows.filter(entrance.shut_out(jam, START)).values_list("attendee__neos_id", flat=True)
    )
    assert shut == {name for name, is_denied in is_out.items() if is_denied}
    alone = {row.attendee.neos_id: entrance.session_address(row, START) for row in rows}
    together = {
        row.attendee.neos_id: entrance.session_address(row, START) for row in rows.with_blocks()
    }
    assert alone == together == {name: "" if out else LINK for name, out in is_out.items()}


def _is_denied(event: Event, guest: Guest) -> bool:
    return not answer_at_door(event, guest, START).is_let_in


def test_nobody_is_told_that_they_cannot_come_before_it_is_open(clock: Clock, jam: Event) -> None:
    mine = register(person(), jam)
    block_here(mine.attendee, jam)
    clock.move_to(START - 16 * MINUTE)
    assert shows(mine, SORRY) == [False] * 5


def test_mails_about_the_start_and_the_link_pass_by_who_is_shut_out(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    ada, bo = person(), person("bo")
    register(ada, jam)
    register(bo, jam)
    register(ada, make_workshop(jam, title="Fog", starts_at=START + HOUR, ends_at=START + 2 * HOUR))
    housekeeping.run()
    block_here(ada, jam)
    mailoutbox.clear()
    for instant in (START - 24 * HOUR, START - HOUR, START - 15 * MINUTE, START):
        run_at(clock, instant)
    edit(jam, session_url="neos-session:///S-new")
    housekeeping.run()
    assert {mail.to[0] for mail in mailoutbox} == {"bo@example.org"}
    assert subjects(mailoutbox)[-2:] == [SESSION, CHANGED]


@pytest.mark.parametrize("is_blocked", [True, False])
def test_mail_that_was_owed_before_the_block_is_not_sent(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage], *, is_blocked: bool
) -> None:
    ada = person()
    register(ada, jam)
    run_at(clock, START)
    mailoutbox.clear()
    edit(jam, session_url="neos-session:///S-new")
    if is_blocked:
        block_here(ada, jam)
    housekeeping.run()
    assert subjects(mailoutbox) == ([] if is_blocked else [CHANGED])
    state = ada.notifications.get(kind="session-changed").state
    assert state == ("nobody" if is_blocked else "sent")


@pytest.mark.parametrize("is_blocked", [True, False])
def test_mail_about_a_place_has_no_link_for_who_is_shut_out(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage], *, is_blocked: bool
) -> None:
    clock.move_to(START)
    ada = person()
    register(ada, jam)
    if is_blocked:
        block_here(ada, jam)
    housekeeping.run()
    (mail,) = mailoutbox
    assert (LINK in str(mail.body)) is not is_blocked


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_no_query_more_for_more_places(
    clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    ada = person()
    events = [make_event(session_url=LINK, starts_at=START, neos_required=True) for _ in range(3)]
    for one in events[:number]:
        register(ada, one)
        block_here(ada, one)
    clock.move_to(START + timedelta(minutes=1))
    rows = Registration.objects.with_blocks().select_related("attendee", "event", "workshop")
    with django_assert_max_num_queries(1):
        assert [entrance.entrance_of(row, START).is_shut for row in rows] == [True] * number
