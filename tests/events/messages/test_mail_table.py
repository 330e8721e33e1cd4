"""What happens, and who gets which mail of it: once, on whose clock, with which way back.

The rows are written from what people were promised. The reader lives in Tokyo, the event in New
York; a stranger with a place elsewhere gets none of it.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from events import housekeeping
from events.models import Attendee, Payment, Registration
from tests.events.messages import mail_situations as happen
from tests.events.messages.mail_stage import Stage, stage
from tests.lines import register

__all__ = ["stage"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

START = "Sat 8 June 2030, 21:00 (Asia/Tokyo), that is Sat 8 June 2030, 08:00 (America/New_York)"
END = "Sat 8 June 2030, 23:00 (Asia/Tokyo), that is Sat 8 June 2030, 10:00 (America/New_York)"
SITE = "http://localhost:8000"
PLACE, PAY, RECEIPT = "registrations/{code}/", "registrations/{code}/pay/", "{code}/receipt/"
EVENT = "events/jam/"

TABLE: list[tuple[Callable[[Stage], None], dict[str, list[str]], str]] = [
    (
        happen.signs_up,
        {"You are in: Jam": [f"It starts {START}.", f"It ends {END}.", "is on the page of your"]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        happen.signs_up_while_the_session_is_open,
        {"You are in: Jam": ["The session is open: you can come in now."]},
        "Enter the session: neos-session:///S-jam",
    ),
    (
        happen.comes_too_late_for_a_place,
        {"On the waitlist: Jam": ["You are number 1.", f"by yourself until {END}"]},
        f"See your spot: {SITE}/{PLACE}",
    ),
    (
        happen.moves_up,
        {"A place became free, you are in: Jam": [START]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        happen.moves_up_and_has_to_pay,
        {
            "You moved up, please pay: Jam": [
                "Pay €12.50 by then",
                "until Sun 2 June 2030, 21:00 (Asia/Tokyo), that is Sun 2 June 2030, 08:00 (",
            ]
        },
        f"Pay now: {SITE}/{PAY}",
    ),
    (
        happen.takes_a_place_that_costs,
        {"Please pay to keep your place: Jam": ["until Sat 1 June 2030, 21:30 (Asia/Tokyo)"]},
        f"Pay now: {SITE}/{PAY}",
    ),
    (
        happen.has_a_day_left_to_pay,
        {
            "One day left to pay: Jam": [
                "Pay €12.50",
                "Tue 4 June 2030, 21:00 (Asia/",
            ]
        },
        f"Pay now: {SITE}/{PAY}",
    ),
    (
        happen.does_not_pay,
        {"Not paid in time: Jam": ["Sat 1 June 2030, 21:30 (Asia/Tokyo)"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.pays,
        {"You are in: Jam": [START], "Receipt: Jam": ["€12.50", "1 June 2030", "{number}"]},
        f"{SITE}/registrations/{RECEIPT}",
    ),
    (
        happen.gives_up_a_paid_place_with_a_workshop,
        {"You gave up your place: Jam": ["too: “Lights”.", "€12.50 goes back to you"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.gives_up_a_paid_place_too_late,
        {"You gave up your place: Jam": ["You get no money back"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.leaves_the_waitlist,
        {"You left the waitlist: Jam": []},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.is_cancelled_by_an_organizer,
        {"Organizers cancelled your place: Jam": ["€12.50 goes back to you"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.is_taken_off_the_waitlist,
        {"Organizers took you off the waitlist: Jam": []},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.gets_money_back,
        {"Your refund is on its way: Jam": ["€12.50 for “Jam”"]},
        f"See the receipt: {SITE}/registrations/{RECEIPT}",
    ),
    (
        happen.is_given_two_roles,
        {
            "Your role at: Jam": [
                f"It starts {START}.",
                "there:\n\n– speaker\n– session host at the workshop “Lights”\n\n",
                "enter the session from Sat 8 June 2030, 20:00 (Asia/Tokyo), that is Sat 8 June",
                "you can have it even if all are taken",
                "only if you agree",
            ]
        },
        f"See your role: {SITE}/{EVENT}#your-role",
    ),
    (
        happen.is_moved,
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
        happen.is_called_off,
        {"Cancelled by the organizers: Jam": [f"It was to start {START}."]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.is_called_off_after_paying,
        {"Cancelled by the organizers: Jam": ["€12.50 goes back to you"]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.is_skipped,
        {"You were skipped for a free place: Jam": ["The reasons:", "is not verified"]},
        f"See your spot: {SITE}/{PLACE}",
    ),
    (
        happen.starts_in_a_day,
        {"Reminder: Jam": ["“Jam” starts in 24 hours.", START, "– Lights: Sat 8 June 2030, 21:00"]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        happen.starts_in_an_hour,
        {"It starts soon: Jam": ["“Jam” starts in 60 minutes.", START]},
        f"See your place: {SITE}/{PLACE}",
    ),
    (
        happen.opens_its_session,
        {"The session is open: Jam": [START]},
        "Enter the session: neos-session:///S-jam",
    ),
    (
        happen.changes_its_session,
        {"Another link into the session: Jam": ["do not use the old one", "by the new link", END]},
        "Open the world: neosrec:///U-ada/R-other",
    ),
    (happen.opens_for_registration, {"Open now: Jam": [START]}, f"Take a place: {SITE}/{EVENT}"),
    (
        happen.is_a_new_event_of_a_host,
        {"New event: Jam": [START, "you follow Lanterns.\nStop following: "]},
        f"See the event: {SITE}/{EVENT}",
    ),
    (
        happen.is_over,
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
    settings.PAYMENT_BY_HAND = happens is happen.has_a_day_left_to_pay
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
    [(happen.signs_up, 1), (happen.moves_up, 1), (happen.is_moved, 1), (happen.is_called_off, 1),
     (happen.leaves_the_waitlist, 0), (happen.starts_in_a_day, 0)],
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
