"""What happens, and who gets which mail of it: once, on whose clock, with which way back.

The rows are written from what people were promised. The reader lives in Tokyo, the event in New
York; a stranger with a place elsewhere gets none of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.mail import EmailMessage
from pytest_django import Settings

from events import follows, housekeeping, places
from events.models import Attendee, Event, Payment, Registration
from events.payments import refund_rows
from events.payments.providers import manual
from events.places import event_edits
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = "Sat 8 June 2030, 21:00 (Asia/Tokyo), that is Sat 8 June 2030, 08:00 (America/New_York)"
END = "Sat 8 June 2030, 23:00 (Asia/Tokyo), that is Sat 8 June 2030, 10:00 (America/New_York)"
SITE = "http://localhost:8000"


def person(name: str, **fields: object) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(
        user=user, neos_id=f"U-{name}", email_confirmed_at=NOON, time_zone="Asia/Tokyo", **fields
    )


@dataclass
class Stage:
    """One event and its reader; mails before `happened` do not count."""

    clock: Clock
    ada: Attendee
    mailoutbox: list[EmailMessage]
    event: Event

    def set_up(self, **fields: object) -> None:
        Event.objects.filter(pk=self.event.pk).update(**fields)
        self.event.refresh_from_db()

    def in_(self, who: Attendee | None = None) -> Registration:
        registration = register(who or self.ada, self.event)
        self.so_far()
        return registration

    def so_far(self) -> None:
        housekeeping.run()
        self.mailoutbox.clear()

    def go_to(self, instant: timedelta) -> None:
        """Move to so long after the start of the event."""
        self.clock.move_to(self.event.starts_at + instant)

    def edit(self, **values: object) -> None:
        before = event_edits.begin(self.event.pk)
        self.set_up(**values)
        event_edits.follow_up(before)

    def pay(self, registration: Registration) -> Payment:
        manual.mark_paid(registration=registration, by=make_organizer())
        return Payment.objects.get(registration=registration)


@pytest.fixture
def stage(clock: Clock, mailoutbox: list[EmailMessage]) -> Stage:
    event = make_event(title="Jam", slug="jam", time_zone="America/New_York", refund_days=0)
    stranger = person("stranger")
    register(stranger, make_event(title="Elsewhere", starts_at=NOON + 30 * DAY))
    found = Stage(clock, person("ada"), mailoutbox, event)
    found.so_far()
    return found


# --- What happens --------------------------------------------------------------------------------


def signs_up(stage: Stage) -> None:
    register(stage.ada, stage.event)


def signs_up_while_the_session_is_open(stage: Stage) -> None:
    stage.set_up(session_url="neos-session:///S-jam")
    stage.go_to(-5 * MINUTE)
    register(stage.ada, stage.event)


def comes_too_late_for_a_place(stage: Stage) -> None:
    stage.set_up(capacity=0)
    register(stage.ada, stage.event)


def moves_up(stage: Stage) -> None:
    stage.set_up(capacity=1)
    first = stage.in_(make_attendee())
    stage.in_()
    places.cancel(registration=first, in_full=False)


def moves_up_and_has_to_pay(stage: Stage) -> None:
    stage.set_up(price=1250)
    moves_up(stage)


def takes_a_place_that_costs(stage: Stage) -> None:
    stage.set_up(price=1250)
    register(stage.ada, stage.event)


def has_a_day_left_to_pay(stage: Stage) -> None:
    stage.set_up(price=1250, payment_days=3)
    stage.in_()
    stage.clock.shift(2 * DAY)


def does_not_pay(stage: Stage) -> None:
    stage.set_up(price=1250)
    stage.in_()
    stage.clock.shift(HOUR)


def pays(stage: Stage) -> None:
    stage.set_up(price=1250)
    stage.pay(stage.in_())


def gives_up_a_paid_place_with_a_workshop(stage: Stage) -> None:
    stage.set_up(price=1250)
    mine = stage.in_()
    stage.pay(mine)
    register(stage.ada, make_workshop(stage.event, title="Lights"))
    stage.so_far()
    places.cancel(registration=mine, in_full=False)


def gives_up_a_paid_place_too_late(stage: Stage) -> None:
    stage.set_up(price=1250, refund_days=None)
    mine = stage.in_()
    stage.pay(mine)
    stage.so_far()
    places.cancel(registration=mine, in_full=False)


def leaves_the_waitlist(stage: Stage) -> None:
    stage.set_up(capacity=0)
    places.cancel(registration=stage.in_(), in_full=False)


def is_cancelled_by_an_organizer(stage: Stage) -> None:
    stage.set_up(price=1250, refund_days=None)
    mine = stage.in_()
    stage.pay(mine)
    stage.so_far()
    places.cancel(registration=mine, in_full=True)


def is_taken_off_the_waitlist(stage: Stage) -> None:
    stage.set_up(capacity=0)
    places.cancel(registration=stage.in_(), in_full=True)


def gets_money_back(stage: Stage) -> None:
    is_cancelled_by_an_organizer(stage)
    stage.so_far()
    payment = Payment.objects.get()
    refund_rows.record_given_back(payment=payment, by=make_organizer())


def is_moved(stage: Stage) -> None:
    stage.in_()
    later = stage.event.starts_at + DAY
    stage.edit(starts_at=later, ends_at=later + 3 * HOUR)


def is_called_off(stage: Stage) -> None:
    stage.in_()
    stage.edit(status="cancelled")


def is_called_off_after_paying(stage: Stage) -> None:
    pays(stage)
    stage.so_far()
    stage.edit(status="cancelled")


def is_skipped(stage: Stage) -> None:
    stage.set_up(capacity=0, neos_required=True)
    stage.in_()
    Attendee.objects.filter(pk=stage.ada.pk).update(neos_email_verified=False)
    stage.edit(capacity=1)


def starts_in_a_day(stage: Stage) -> None:
    stage.in_()
    register(stage.ada, make_workshop(stage.event, title="Lights"))
    stage.so_far()
    stage.go_to(-DAY)


def starts_in_an_hour(stage: Stage) -> None:
    stage.in_()
    stage.go_to(-DAY)
    stage.so_far()
    stage.go_to(-HOUR)


def opens_its_session(stage: Stage) -> None:
    stage.set_up(session_url="neos-session:///S-jam")
    stage.in_()
    for before in (DAY, HOUR):
        stage.go_to(-before)
        stage.so_far()
    stage.go_to(-15 * MINUTE)


def opens_for_registration(stage: Stage) -> None:
    stage.set_up(opens_at=NOON + DAY)
    follows.follow(stage.ada, event=stage.event)
    stage.clock.shift(DAY)


def is_a_new_event_of_a_host(stage: Stage) -> None:
    host = make_host(stage.event, name="Lanterns")
    follows.follow(stage.ada, host=host)


def is_over(stage: Stage) -> None:
    stage.in_()
    soon = stage.event.starts_at + 10 * DAY
    host = make_host(stage.event, name="Lanterns")
    host.events.add(make_event(title="Tea", slug="tea", starts_at=soon))
    Event.objects.update(announced_at=NOON)
    for before in (DAY, HOUR):
        stage.go_to(-before)
        stage.so_far()
    stage.go_to(2 * HOUR)


PLACE, PAY, RECEIPT = "registrations/{code}/", "registrations/{code}/pay/", "{code}/receipt/"
EVENT = "events/jam/"

TABLE: list[tuple[Callable[[Stage], None], dict[str, list[str]], str]] = [
    (
        signs_up,
        {"You are in: Jam": [f"It starts {START}.", f"It ends {END}.", "is on the page of your"]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        signs_up_while_the_session_is_open,
        {"You are in: Jam": ["The session is open: you can come in now."]},
        "Enter the session: neos-session:///S-jam",
    ),
    (
        comes_too_late_for_a_place,
        {"On the waitlist: Jam": ["You are number 1.", f"by yourself until {END}"]},
        f"See your spot: {SITE}/{PLACE}",
    ),
    (
        moves_up,
        {"A place became free, you are in: Jam": [START]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        moves_up_and_has_to_pay,
        {
            "You moved up, please pay: Jam": [
                "Pay €12.50 by then",
                "until Sun 2 June 2030, 21:00 (Asia/Tokyo), that is Sun 2 June 2030, 08:00 (",
            ]
        },
        f"Pay now: {SITE}/{PAY}",
    ),
    (
        takes_a_place_that_costs,
        {"Please pay to keep your place: Jam": ["until Sat 1 June 2030, 21:30 (Asia/Tokyo)"]},
        f"Pay now: {SITE}/{PAY}",
    ),
    (
        has_a_day_left_to_pay,
        {
            "One day left to pay: Jam": [
                "Pay €12.50",
                "Tue 4 June 2030, 21:00 (Asia/",
            ]
        },
        f"Pay now: {SITE}/{PAY}",
    ),
    (
        does_not_pay,
        {"Not paid in time: Jam": ["Sat 1 June 2030, 21:30 (Asia/Tokyo)"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        pays,
        {"You are in: Jam": [START], "Receipt: Jam": ["€12.50", "1 June 2030", "{number}"]},
        f"{SITE}/registrations/{RECEIPT}",
    ),
    (
        gives_up_a_paid_place_with_a_workshop,
        {"You gave up your place: Jam": ["too: “Lights”.", "€12.50 goes back to you"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        gives_up_a_paid_place_too_late,
        {"You gave up your place: Jam": ["You get no money back"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (leaves_the_waitlist, {"You left the waitlist: Jam": []}, f"See the event: {SITE}/{EVENT}"),
    (
        is_cancelled_by_an_organizer,
        {"Organizers cancelled your place: Jam": ["€12.50 goes back to you"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        is_taken_off_the_waitlist,
        {"Organizers took you off the waitlist: Jam": []},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        gets_money_back,
        {"Your refund is on its way: Jam": ["€12.50 for “Jam”"]},
        f"See the receipt: {SITE}/registrations/{RECEIPT}",
    ),
    (
        is_moved,
        {
            "Another time: Jam": [
                "It now starts Sun 9 June 2030, 21:00 (Asia/Tokyo), that is Sun 9 June 2030, 08:00",
                "It ends Mon 10 June 2030, 00:00 (Asia/Tokyo), that is Sun 9 June 2030, 11:00",
                f"Before, it was to start {START}.",
                f"It was to end {END}.",
            ]
        },
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        is_called_off,
        {"Cancelled by the organizers: Jam": [f"It was to start {START}."]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        is_called_off_after_paying,
        {"Cancelled by the organizers: Jam": ["€12.50 goes back to you"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        is_skipped,
        {"You were skipped for a free place: Jam": ["The reasons:", "is not verified"]},
        f"See your spot: {SITE}/{PLACE}",
    ),
    (
        starts_in_a_day,
        {"Reminder: Jam": ["“Jam” starts in 24 hours.", START, "– Lights: Sat 8 June 2030, 21:00"]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        starts_in_an_hour,
        {"It starts soon: Jam": ["“Jam” starts in 60 minutes.", START]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        opens_its_session,
        {"The session is open: Jam": [START]},
        "Enter the session: neos-session:///S-jam",
    ),
    (opens_for_registration, {"Open now: Jam": [START]}, f"Take a place: {SITE}/{EVENT}"),
    (
        is_a_new_event_of_a_host,
        {"New event: Jam": [START, "you follow Lanterns.\nStop following: "]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        is_over,
        {"Thank you for coming: Jam": ["“Tea” starts Tue 18 June 2030, 21:00 (Asia/Tokyo), that"]},
        f"See the event: {SITE}/{EVENT}",
    ),
]


@pytest.mark.parametrize(
    ("happens", "mails", "way"), TABLE, ids=[happens.__name__ for happens, _m, _w in TABLE]
)
def test_each_mail_goes_once_to_whom_it_is_about_and_leads_back(
    stage: Stage,
    settings: Settings,
    happens: Callable[[Stage], None],
    mails: dict[str, list[str]],
    way: str,
) -> None:
    settings.PAYMENT_BY_HAND = happens is has_a_day_left_to_pay
    happens(stage)
    for _ in range(2):
        housekeeping.run()
    sent = {mail.subject: str(mail.body) for mail in stage.mailoutbox}
    assert (len(stage.mailoutbox), set(sent)) == (len(mails), set(mails))
    assert {to for mail in stage.mailoutbox for to in mail.to} == {"ada@example.org"}

    code = (
        Registration.objects.filter(attendee=stage.ada, workshop=None)
        .values_list("code", flat=True)
        .first()
    )
    payment = Payment.objects.last()
    number = payment.receipt_number if payment else ""
    for subject, says in mails.items():
        assert [s for s in says if s.format(number=number) not in sent[subject]] == []
    first = stage.mailoutbox[-1]
    assert f"{way.format(code=code)}\n" in str(first.body)


def test_every_kind_of_mail_about_events_is_in_the_table() -> None:
    """Rarer ones have tests of their own."""
    subjects = {subject.partition(":")[0] for _h, mails, _w in TABLE for subject in mails}
    assert len(subjects) >= 20


@pytest.mark.parametrize(
    ("happens", "files"),
    [(signs_up, 1), (moves_up, 1), (is_moved, 1), (is_called_off, 1),
     (leaves_the_waitlist, 0), (starts_in_a_day, 0)],
)  # fmt: skip
def test_mail_about_a_time_brings_a_file_for_calendars(
    stage: Stage, happens: Callable[[Stage], None], files: int
) -> None:
    happens(stage)
    housekeeping.run()
    found = [file for mail in stage.mailoutbox for file in mail.attachments]
    assert [(name, kind) for name, _text, kind in found] == [("event.ics", "text/calendar")] * files
    assert ["BEGIN:VEVENT" in str(text) for _name, text, _kind in found] == [True] * files


def test_clock_that_shows_the_same_is_named_once(
    stage: Stage, mailoutbox: list[EmailMessage]
) -> None:
    Attendee.objects.filter(pk=stage.ada.pk).update(time_zone=ZoneInfo("America/Toronto"))
    register(stage.ada, stage.event)
    housekeeping.run()
    assert "It starts Sat 8 June 2030, 08:00 (America/Toronto).\n" in str(mailoutbox[0].body)
