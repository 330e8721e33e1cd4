"""The story of a registration: each thing that can happen, in order, with who did it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events import places
from events.desk.story import Entry, story
from events.models import Attendee, Notification, Payment, Refund, Registration
from events.payments import refunds
from events.payments.providers import manual
from tests.events.admin.desk.test_acts import press
from tests.events.admin.ledgers import at
from tests.events.admin.pages import confirm
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import full_event, register
from tests.states.state import change

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def browser(mika: User) -> Client:
    browser = Client()
    browser.force_login(mika, "django.contrib.auth.backends.ModelBackend")
    return browser


def entries(registration: Registration) -> list[Entry]:
    q = Registration.objects.select_related("attendee", "event", "workshop", "promoted_by")
    return story(q.get(pk=registration.pk), timezone.now())


def told(registration: Registration) -> list[str]:
    """Return what happened besides messages, with who did it."""
    return [
        f"{entry.sentence} {entry.by}".strip()
        for entry in entries(registration)
        if not entry.sentence.startswith("Message")
    ]


def test_story_of_a_free_place_begins_with_it() -> None:
    event = make_event()
    assert [(e.at, e.sentence) for e in entries(register(make_attendee(), event))] == [
        (NOON, "Signed up and got a place."),
        (NOON, "Message “registered”: nobody to write to"),
    ]


def test_story_tells_until_when_a_place_is_held_and_who_noted_the_money(mika: User) -> None:
    event = make_event(price=500, time_zone="Asia/Tokyo")
    held = register(make_attendee(), event)
    assert entries(held)[0].details == (
        "€5.00 to be paid until Sat 1 June 2030, 21:30 (Asia/Tokyo)",
    )
    manual.mark_paid(registration=held, by=mika, note="", reference="")
    assert told(held) == [
        "Signed up and got a place.",
        "€5.00 noted as received. mika",
    ]


def test_story_of_the_waitlist_tells_who_was_passed_over_and_why(
    clock: time_machine.Traveller,
) -> None:
    event, (held, refused, lucky) = full_event()
    change(event, neos_required=True)
    Attendee.objects.filter(pk=refused.attendee_id).update(neos_locked=True)
    clock.shift(HOUR)
    places.cancel(registration=held, in_full=False)

    passed = next(e for e in entries(refused) if e.sentence == "Passed over for a free place.")
    assert passed.at == NOON + HOUR
    assert passed.details[0] == "locked at Neos"
    assert told(lucky) == ["Signed up and went on the waitlist.", "Moved up and got a place."]
    moved = next(e for e in entries(lucky) if e.sentence.startswith("Moved"))
    assert moved.details == ("People before them who could not have the place: 1",)
    assert told(held) == ["Signed up and got a place.", "Given up by the person."]


def test_story_names_who_promoted_cancelled_and_checked_in(
    browser: Client, mika: User, clock: time_machine.Traveller
) -> None:
    _event, (held, _first, second) = full_event(organizers=[mika])
    clock.shift(HOUR)
    confirm(browser, "promote", second)
    clock.shift(HOUR)
    confirm(browser, "cancel", held)
    clock.shift(HOUR)
    browser.post(
        "/admin/events/registration/", {"action": "check_in", "_selected_action": [second.pk]}
    )
    assert told(second) == [
        "Signed up and went on the waitlist.",
        "Put first on the waitlist. mika",
        "Moved up and got a place.",
        *(told(second)[3:]),
    ]
    assert told(held) == ["Signed up and got a place.", "Cancelled by the organizers. mika"]


def asked(browser: Client, address: str, **typed: str) -> None:
    """Do what a page of the desk asks about first."""
    press(browser, browser.post(address, typed), address)


def test_story_of_somebody_who_was_added_and_moved_tells_both_and_why(
    browser: Client, mika: User, clock: time_machine.Traveller
) -> None:
    event = make_event(organizers=[mika], starts_at=NOON + 9 * HOUR)
    lights, shaders = (make_workshop(event, title=title) for title in ("Lights", "Shaders"))
    ada = make_attendee(neos_id="U-ada")
    people = at(event, "people/")
    place = {"place": str(lights.pk), "person": "U-ada"}
    register(ada, event)
    asked(browser, f"{people}add/", **place, because="Speaks")
    added = Registration.objects.get(workshop=lights)
    assert told(added) == ["Given a place by hand. mika"]
    assert entries(added)[0].details == ("Reason: Speaks",)

    clock.shift(HOUR)
    move = f"{people}move/?of={added.pk}"
    asked(browser, move, to=str(shaders.pk), because="Swapped")
    assert told(added) == [
        "Given a place by hand. mika",
        "Moved from “Lights” to “Shaders”. mika",
    ]
    assert [e.details for e in entries(added) if e.by] == [(), ("Reason: Swapped",)]


def test_story_of_a_move_keeps_how_somebody_signed_up(
    browser: Client, mika: User, clock: time_machine.Traveller
) -> None:
    event = make_event(organizers=[mika], starts_at=NOON + 9 * HOUR)
    lights = make_workshop(event, title="Lights", capacity=0)
    shaders = make_workshop(event, title="Shaders")
    ada = make_attendee()
    register(ada, event)
    waiting = register(ada, lights)
    clock.shift(HOUR)
    move = at(event, f"people/move/?of={waiting.pk}")
    asked(browser, move, to=str(shaders.pk), because="Full")
    assert told(waiting) == [
        "Signed up and went on the waitlist.",
        "Moved from “Lights” to “Shaders”. mika",
    ]


def test_story_of_somebody_who_waited_tells_that_the_place_was_given(
    mika: User, clock: time_machine.Traveller
) -> None:
    _event, (_held, waiting, _last) = full_event()
    clock.shift(HOUR)
    act = places.Act(mika, "Speaks", frozenset(places.Overruled))
    places.let_in(attendee=waiting.attendee, bookable=waiting.event, act=act)
    assert told(waiting) == [
        "Signed up and went on the waitlist.",
        "Given a place by hand. mika",
    ]


def test_story_of_an_invitation_tells_whose_link_was_taken(mika: User) -> None:
    event = make_event(organizers=[mika])
    typed = {"because": "Speaks", "until": NOON + HOUR}
    invitation, _token = places.invite(bookable=event, by=mika, **typed)
    taken = places.take_invited(invitation=invitation, attendee=make_attendee())
    assert told(taken) == ["Took the place with an invitation link. mika"]


def test_story_tells_when_somebody_went_out(clock: time_machine.Traveller) -> None:
    held = register(make_attendee(), make_event(starts_at=NOON + HOUR))
    clock.shift(HOUR)
    places.check_in(registration=held)
    clock.shift(HOUR)
    places.go_out(registration=held)
    assert told(held) == ["Signed up and got a place.", "Came.", "Went out of the session."]


def test_story_of_a_draw_names_the_number() -> None:
    event = make_event(capacity=1, draw_at=NOON + HOUR)
    entry = register(make_attendee(), event)
    change(event, draw_at=NOON - HOUR)
    places.draw(event=event, now=timezone.now())
    assert told(entry) == [
        "Signed up and took part in the draw.",
        "Drawn as number 1.",
        "Moved up and got a place.",
    ]


def test_story_of_a_hold_that_ran_out(clock: time_machine.Traveller) -> None:
    event = make_event(price=500)
    held = register(make_attendee(), event)
    Registration.objects.update(hold_until=NOON + HOUR)
    clock.shift(2 * HOUR)
    places.settle(event=event)
    assert told(held) == [
        "Signed up and got a place.",
        "Not paid in time: the place was given up.",
    ]


def test_story_tells_what_was_given_back_and_what_failed(mika: User) -> None:
    event = make_event(price=500)
    held = register(make_attendee(), event)
    paid = Payment.objects.create(
        registration=held,
        provider="stripe",
        amount=500,
        currency="EUR",
        status="paid",
        created_at=NOON,
        paid_at=NOON + HOUR,
    )
    for number, status in enumerate(["failed", "done"]):
        times = {"created_at": NOON + 2 * HOUR, "finished_at": NOON + 3 * HOUR}
        Refund.objects.create(
            payment=paid, key=f"k{number}", amount=500, currency="EUR", status=status, **times
        )
    assert told(held) == [
        "Signed up and got a place.",
        "Began to pay €5.00.",
        "€5.00 received.",
        "Giving back €5.00 began.",
        "Giving back €5.00 began.",
        "€5.00 could not be given back.",
        "€5.00 given back.",
    ]


def test_message_that_was_interrupted_is_called_not_delivered() -> None:
    held = register(make_attendee(), make_event())
    sending = {"state": Notification.State.SENDING, "next_try_at": NOON - HOUR}
    Notification.objects.update(**sending)
    assert entries(held)[-1].sentence == "Message “registered”: not delivered"


def test_story_costs_the_same_for_much_as_for_little(
    mika: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    event = make_event(price=500)
    held = register(make_attendee(), event)
    one = Registration.objects.select_related("attendee", "event", "promoted_by").get(pk=held.pk)
    ContentType.objects.get_for_models(Registration, Payment)  # the process looks them up once
    for number in (1, 3):
        while one.payments.count() < number:
            money = {"provider": "manual", "amount": 500, "currency": "EUR", "created_at": NOON}
            problem = {"status": "refund_due", "problem": "twice", "recorded_by": mika}
            payment = Payment.objects.create(registration=one, **money, **problem)
            refunds.record_given_back(payment=payment, by=mika, note="", reference="")
        with django_assert_num_queries(7):
            story(one, NOON)
