"""Filling passes: who moved up or why nobody, written down and told."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from events import places
from events.messages import delivery
from events.models import Attendee, Block, Event, FillingPass, Registration
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import full_event, kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def passes(event: Event) -> list[tuple[str, int, dict[str, int]]]:
    q = FillingPass.objects.filter(event=event).order_by("pk")
    return [(line.outcome, line.moved, line.passed_over) for line in q]


def test_pass_names_who_moved_up() -> None:
    event, (first, second, _third) = full_event()
    places.cancel(registration=first, in_full=False)
    line = FillingPass.objects.get(event=event)
    assert (line.at, line.free, line.waiting, line.moved) == (NOON, 1, 2, 1)
    assert list(line.registrations.all()) == [second]


def test_pass_counts_why_people_were_passed_over() -> None:
    event, (first, second, third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee_id).update(neos_locked=True)
    Block.objects.create(neos_id=second.attendee.neos_id, event=event)
    places.cancel(registration=first, in_full=False)
    assert passes(event) == [("moved", 1, {"neos-locked": 1, "blocked": 1})]
    third.refresh_from_db()
    assert third.overtook == 1


def test_pass_that_moves_nobody_says_why() -> None:
    event, (first, second, third) = full_event(neos_required=True)
    waiting = [second.attendee_id, third.attendee_id]
    Attendee.objects.filter(pk__in=waiting).update(neos_email_verified=False)
    places.cancel(registration=first, in_full=False)
    assert passes(event) == [("nobody_eligible", 0, {"neos-unverified": 2})]


def test_pass_after_the_close_says_so_and_only_once(clock: Clock) -> None:
    times = {"starts_at": NOON + HOUR, "ends_at": NOON + 9 * HOUR, "closes_at": NOON + HOUR}
    event = make_event(capacity=2, **times)
    taken = [register(make_attendee(), event) for _ in range(3)][:2]
    clock.shift(HOUR)
    for registration in taken:
        places.cancel(registration=registration, in_full=False)
        clock.shift(HOUR)
    assert passes(event) == [("closed", 0, {})]
    assert FillingPass.objects.get().at == NOON + 2 * HOUR


def test_pass_is_not_made_where_nobody_waits_or_nothing_is_free() -> None:
    event, _registrations = full_event()
    places.settle(event=event)
    alone = register(make_attendee(), make_event(capacity=1))
    places.cancel(registration=alone, in_full=False)
    assert FillingPass.objects.count() == 0


def test_passed_over_person_is_told_once_for_the_same_reason() -> None:
    event, (first, second, third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee_id).update(neos_locked=True)
    places.cancel(registration=first, in_full=False)
    places.cancel(registration=third, in_full=False)
    places.settle(event=event)
    assert kinds(second.attendee) == ["waitlisted", "passed-over"]


def test_passed_over_person_is_told_again_for_another_reason() -> None:
    event, (first, second, _third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee_id).update(neos_locked=True)
    places.cancel(registration=first, in_full=False)
    Attendee.objects.filter(pk=second.attendee_id).update(neos_email_verified=False)
    Event.objects.filter(pk=event.pk).update(capacity=5)
    places.settle(event=event)
    assert kinds(second.attendee) == ["waitlisted", "passed-over", "passed-over"]


def test_passed_over_message_says_what_is_in_the_way_and_what_to_do(
    mailoutbox: list[EmailMessage],
) -> None:
    user = make_user(email="ada@example.org")
    waiting = make_attendee(user=user, email_confirmed_at=NOON)
    event = make_event(capacity=1, neos_required=True, slug="jam")
    first = register(make_attendee(), event)
    register(waiting, event)
    Attendee.objects.filter(pk=waiting.pk).update(neos_locked=True)
    with translation.override("de"):
        places.cancel(registration=first, in_full=False)
    delivery.deliver_due()
    mail = mailoutbox[-1]
    assert mail.subject.startswith("You were skipped for a free place: ")
    assert "Neos has locked your Neos account." in str(mail.body)
    assert "Verify with Neos again: http://localhost:8000/account/?next=%2Fevents%2Fjam%2F" in str(
        mail.body
    )


def test_person_who_may_come_again_moves_up_as_soon_as_we_know() -> None:
    event, (first, second, third) = full_event(neos_required=True)
    waiting = [second.attendee_id, third.attendee_id]
    Attendee.objects.filter(pk__in=waiting).update(neos_locked=True)
    places.cancel(registration=first, in_full=False)
    Attendee.objects.filter(pk=third.attendee_id).update(neos_locked=False)
    assert places.settle_waited_for(attendee=third.attendee) == 1
    assert (status(second), status(third)) == ("waitlisted", "confirmed")
    assert event.registrations.get(pk=third.pk).overtook == 1


def test_newcomer_past_people_who_may_not_hears_of_a_place_only() -> None:
    event, (first, second, third) = full_event(neos_required=True)
    waiting = [second.attendee_id, third.attendee_id]
    Attendee.objects.filter(pk__in=waiting).update(neos_locked=True)
    places.cancel(registration=first, in_full=False)
    newcomer = register(make_attendee(), event)
    assert (newcomer.status, kinds(newcomer.attendee)) == ("confirmed", ["registered"])
    assert newcomer.overtook == 2


def test_filling_looks_at_a_long_line_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    """A hundred people who may not come are told already; behind them stands one who may."""
    event = make_event(capacity=0, neos_required=True)
    line = [register(make_attendee(), event) for _ in range(101)]
    stale = [registration.attendee_id for registration in line[:100]]
    Attendee.objects.filter(pk__in=stale).update(neos_locked=True)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    places.settle(event=event)
    places.cancel(registration=line[100], in_full=False)
    with django_assert_max_num_queries(30):
        newcomer = register(make_attendee(), event)
    assert (newcomer.status, newcomer.overtook) == ("confirmed", 100)


@pytest.mark.parametrize("capacity", [2, 40], ids=["waitlist", "place"])
def test_registration_costs_the_same_queries_whatever_the_size_of_the_event(
    capacity: int,
) -> None:
    counts = []
    for people in (2, 30):
        event = make_event(capacity=capacity, neos_required=True)
        make_workshop(event, capacity=1)
        for _ in range(people):
            register(make_attendee(), event)
        attendee = make_attendee()
        with CaptureQueriesContext(connection) as queries:
            register(attendee, event)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_order_of_the_line_survives_a_clock_that_jumps_back(clock: Clock) -> None:
    event, (first, second, third) = full_event()
    clock.shift(-2 * HOUR)
    late = register(make_attendee(), event)
    assert list(Registration.objects.waiting().filter(event=event)) == [second, third, late]
    places.cancel(registration=first, in_full=False)
    assert status(second) == "confirmed"


def test_event_is_due_for_a_free_place_at_a_workshop_s9() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=0)
    attendee = make_attendee()
    for bookable in (event, workshop):
        register(attendee, bookable)
    assert places.due_events(NOON) == []
    type(workshop).objects.update(capacity=1)
    assert places.due_events(NOON) == [event]
