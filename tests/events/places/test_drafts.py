"""A draft with people in it, as old rows or a change in the database leave it behind."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events import housekeeping, places
from events.access.refusals import DrawNotDue, PlaceRefused
from events.audit import audit
from events.models import Event, Registration
from events.payments import ledger
from events.payments.providers import manual
from events.payments.totals import totals
from events.places import event_edits
from events.places.event_edits import PeopleSignedUp
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import kinds, register, status, statuses_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
DAY = timedelta(days=1)


def put(event: Event, status: str) -> None:
    """As the form does it."""
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        Event.objects.filter(pk=event.pk).update(status=status)
        event_edits.follow_up(before)


def unpublish(event: Event) -> None:
    """Around the form."""
    Event.objects.filter(pk=event.pk).update(status="draft")


def test_event_with_people_in_it_does_not_become_a_draft_r1() -> None:
    event = make_event(capacity=1)
    line = [register(make_attendee(), event) for _ in range(2)]
    with pytest.raises(PeopleSignedUp) as refused:
        put(event, "draft")
    assert (refused.value.people, refused.value.registrations) == (2, 2)
    assert Event.objects.get().status == "published"
    for registration in reversed(line):
        places.cancel(registration=registration, in_full=True)
    put(event, "draft")
    assert Event.objects.get().status == "draft"


def test_nobody_moves_up_in_a_draft_l5() -> None:
    event = make_event(capacity=1)
    ann, bob = (register(make_attendee(), event) for _ in range(2))
    unpublish(event)
    places.cancel(registration=ann, in_full=False)
    assert (status(bob), kinds(bob.attendee)) == ("waitlisted", ["waitlisted"])
    assert event.filling_passes.get().outcome == "draft"
    with pytest.raises(PlaceRefused, match="event-draft"):
        places.promote(registration=bob, by=make_organizer())
    assert audit(event) == []
    put(event, "published")
    assert status(bob) == "confirmed"


def test_nobody_signs_up_for_a_draft_not_even_its_organizer_r1() -> None:
    organizer = make_organizer()
    event = make_event(status="draft", organizers=[organizer])
    for person in (make_attendee().user, organizer):
        with pytest.raises(PlaceRefused, match="event-draft"):
            places.register(user=person, bookable=event)


def test_draft_holds_no_draw_r1(clock: Clock) -> None:
    event = make_event(draw_at=NOON + DAY)
    entry = register(make_attendee(), event)
    unpublish(event)
    clock.shift(2 * DAY)
    with pytest.raises(DrawNotDue):
        places.draw(event=event, now=NOON + 2 * DAY)
    places.settle(event=event)
    assert status(entry) == "waitlisted"


@pytest.mark.parametrize(
    ("off", "sentence"),
    [
        ("draft", "There is nothing to pay while the event is not published."),
        ("cancelled", "There is nothing to pay for a cancelled event."),
    ],
)
def test_nothing_is_payable_while_an_event_is_not_published_r1(
    client: Client, off: str, sentence: str
) -> None:
    attendee = make_attendee()
    held = register(attendee, make_event(price=1500))
    Event.objects.update(status=off)
    client.force_login(attendee.user)
    with pytest.raises(ledger.NothingToPay):
        ledger.ask(registration=held, provider="stripe")
    mine = f"/registrations/{held.code}/"
    assert client.get(f"{mine}pay/")["Location"] == mine
    for address in (mine, "/registrations/", held.event.get_absolute_url()):
        page = client.get(address).content.decode()
        assert (sentence in page, "Kept for you" in page) == (True, off == "draft")
        assert f"{held.code}/pay/" not in page


@pytest.mark.parametrize("off", ["draft", "cancelled"])
def test_hold_has_its_time_again_when_the_event_is_published_l2(clock: Clock, off: str) -> None:
    attendee = make_attendee()
    held = register(attendee, make_event(price=1500))
    Event.objects.update(status=off)
    clock.shift(DAY)
    places.settle(event=held.event)
    assert (status(held), "hold-lapsed" in kinds(attendee)) == ("awaiting_payment", False)

    put(held.event, "published")

    held.refresh_from_db()
    assert held.hold_until == NOON + 2 * DAY
    assert held.is_payable(NOON + DAY) is True
    clock.shift(DAY)
    places.settle(event=held.event)
    assert status(held) == "expired"


@pytest.mark.parametrize("off", ["draft", "cancelled"])
def test_hold_that_stands_still_is_neither_due_nor_work_l2(clock: Clock, off: str) -> None:
    registration = register(make_attendee(), make_event(price=500))
    assert [sums.due for sums in totals(registration.event)] == [500]
    Event.objects.update(status=off)
    assert [sums.due for sums in totals(Event.objects.get())] == [0]
    clock.shift(2 * DAY)
    assert places.due_events(timezone.now()) == []
    Event.objects.update(status="published")
    assert places.due_events(timezone.now()) == [registration.event]


def test_hold_is_never_renewed_beyond_the_start_l2(clock: Clock) -> None:
    event = make_event(price=1500, starts_at=NOON + timedelta(hours=3))
    held = register(make_attendee(), event)
    Event.objects.update(status="cancelled")
    clock.shift(timedelta(hours=2))
    put(event, "published")
    held.refresh_from_db()
    assert held.hold_until == event.starts_at


def test_money_for_a_lapsed_hold_at_a_draft_waits_for_a_person_r1(clock: Clock) -> None:
    held = register(make_attendee(), make_event(price=1500))
    unpublish(held.event)
    clock.shift(DAY)
    payment = manual.mark_paid(registration=held, by=make_organizer())
    assert (payment.status, payment.problem) == ("refund_due", "refused")


def test_page_of_a_draft_is_there_for_people_who_signed_up_r1(client: Client) -> None:
    event = make_event(title="Jam", capacity=1)
    ann, bob = (register(make_attendee(), event) for _ in range(2))
    unpublish(event)
    address = event.get_absolute_url()
    assert client.get(address).status_code == 404
    for person, expected in [(ann, 200), (bob, 200), (None, 404)]:
        client.force_login(person.attendee.user if person else make_user())
        assert client.get(address).status_code == expected
        assert b"Jam" not in client.get("/").content
    client.force_login(ann.attendee.user)
    places.cancel(registration=ann, in_full=False)
    assert client.get(address).status_code == 404


def test_running_draft_lets_people_with_a_place_in_r1(client: Client, clock: Clock) -> None:
    event = make_event(session_url="neos-session:///S-1")
    ann = register(make_attendee(), event)
    unpublish(event)
    clock.move_to(event.starts_at)
    client.force_login(ann.attendee.user)
    assert b"neos-session:///S-1" in client.get(event.get_absolute_url()).content


def test_page_of_a_draft_costs_no_more_queries_r1(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ann = register(make_attendee(), make_event())
    client.force_login(ann.attendee.user)
    client.get(ann.event.get_absolute_url())
    with django_assert_num_queries(10):
        client.get(ann.event.get_absolute_url())
    unpublish(ann.event)
    with django_assert_num_queries(10):
        client.get(ann.event.get_absolute_url())


# --- Mail --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("closes", "is_invited"), [(None, True), (NOON + DAY / 100, False)])
def test_lapsed_hold_invites_only_while_registration_is_open_l2(
    clock: Clock, mailoutbox: list[EmailMessage], closes: None, *, is_invited: bool
) -> None:
    user = make_user(email="ada@example.org")
    register(
        make_attendee(user=user, email_confirmed_at=NOON), make_event(price=1500, closes_at=closes)
    )
    clock.shift(DAY)
    housekeeping.run()
    text = str(mailoutbox[-1].body)
    assert "you no longer have it" in text
    assert ("You are welcome to take a place again." in text) is is_invited


def test_mail_about_a_cancelled_event_never_invites_l2(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    user = make_user(email="ada@example.org")
    held = register(make_attendee(user=user, email_confirmed_at=NOON), make_event(price=1500))
    put(held.event, "cancelled")
    clock.shift(DAY)
    housekeeping.run()
    assert [mail for mail in mailoutbox if "take a place again" in str(mail.body)] == []
    assert kinds(held.attendee) == ["payment-due", "event-cancelled"]


def test_mail_says_that_an_event_was_cancelled_after_it_was_over_l4(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    event = make_event(price=1500, title="Jam")
    people = []
    for name in ("ada", "bo"):
        user = make_user(email=f"{name}@example.org")
        people.append(register(make_attendee(user=user, email_confirmed_at=NOON), event))
    manual.mark_paid(registration=people[0], by=make_organizer())
    Registration.objects.filter(pk=people[1].pk).update(status="confirmed", confirmed_at=NOON)
    clock.move_to(event.ends_at + DAY)
    housekeeping.run()
    mailoutbox.clear()
    put(event, "cancelled")
    housekeeping.run()
    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]
    assert "The organizers have cancelled “Jam” after it was over." in str(mailoutbox[0].body)


def test_restored_event_says_until_when_to_pay_l2(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    user = make_user(email="ada@example.org")
    held = register(make_attendee(user=user, email_confirmed_at=NOON), make_event(price=1500))
    put(held.event, "cancelled")
    put(held.event, "published")
    housekeeping.run()
    assert "Your place is kept for you until Sun 2 June 2030, 12:00 (UTC)" in str(
        mailoutbox[-1].body
    )


def test_workshop_of_a_draft_is_given_to_nobody_r1() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=0)
    attendee = make_attendee()
    register(attendee, event)
    waiting = register(attendee, workshop)
    unpublish(event)
    workshop.capacity = None
    workshop.save()
    places.settle(event=event)
    assert statuses_of(waiting) == ["waitlisted"]
