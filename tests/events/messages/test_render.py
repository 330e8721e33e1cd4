"""Every kind of message is rendered at delivery, as plain text and HTML, for any input."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import Settings

from events.messages import delivery, render
from events.messages.delivery import Delivered
from events.messages.outbox import Kind, about, owed
from events.models import Announcement, Attendee, Event, Host, Notification, Registration
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_user,
    make_workshop,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ABOUT_ACCOUNTS = (
    *(Kind.CONFIRM_ADDRESS, Kind.ADDRESS_CHANGE, Kind.PASSWORD_RESET),
    Kind.SECOND_FACTOR,
)
INVITATIONS = (Kind.REGISTRATION_OPEN, Kind.NEW_EVENT)
TYPED = "Tom & <b>Jerry's</b> 100 %(x)s {{ site }} {% load log %}\r\nBcc: victim@example.org"
ONE_LINE = "Tom & <b>Jerry's</b> 100 %(x)s {{ site }} {% load log %} Bcc: victim@example.org"


@pytest.fixture
def attendee() -> Attendee:
    user = make_user(username="ada", email="ada@example.org")
    return make_attendee(user=user, neos_id="U-ada", email_confirmed_at=NOON)


@pytest.fixture
def registration(attendee: Attendee) -> Registration:
    """A place that costs something, at an event with a draw."""
    event = make_event(
        title=TYPED, time_zone="Asia/Tokyo", draw_at=NOON + timedelta(days=1), price=1250
    )
    event.hosts.add(Host.objects.create(name="Lanterns & friends", slug="lanterns"))
    return hold(attendee, event)


def hold(attendee: Attendee, event: Event, **fields: Any) -> Registration:
    return Registration.objects.create(
        attendee=attendee,
        event=event,
        status="awaiting_payment",
        amount=1250,
        taken_at=NOON,
        created_at=NOON,
        hold_until=NOON + timedelta(hours=1),
        **fields,
    )


def facts_of_all(registration: Registration) -> dict[Kind, list[dict[str, Any]]]:
    """Facts of every kind of message; first those of each text, last none at all."""
    workshop = make_workshop(registration.event, title="Other & more")
    other = hold(registration.attendee, registration.event, workshop=workshop)
    reasons = [{"code": "time-clash", "held": other.pk}, {"code": "neos-stale", "held": None}]
    facts: dict[Kind, list[dict[str, Any]]] = {kind: [{}] for kind in Kind}
    facts[Kind.WAITLISTED].insert(0, {"draw": True})
    facts[Kind.PLACE_GIVEN].insert(0, {"drawn": True})
    facts[Kind.PASSED_OVER].insert(0, {"refusals": reasons})
    facts[Kind.TIME_CHANGED].insert(0, {"before": NOON.isoformat()})
    facts[Kind.TIME_CLASH].insert(0, {"other": str(other.code)})
    facts[Kind.MONEY_GOES_BACK].insert(0, {"problem": "late"})
    facts[Kind.REFUNDED].insert(0, {"amount": 1250, "currency": "EUR"})
    return facts


def all_words(registration: Registration) -> list[tuple[Kind, render.Words]]:
    return [
        (kind, render.words(message(registration, kind, facts)))
        for kind, each in facts_of_all(registration).items()
        for facts in each
    ]


def message(registration: Registration, kind: Kind, facts: dict[str, Any]) -> Notification:
    if kind in ABOUT_ACCOUNTS:
        return owed(registration.attendee, kind, "address:1", facts)
    if kind in INVITATIONS:
        notification = owed(registration.attendee, kind, "event:1", facts)
        notification.event = registration.event
        return notification
    notification = about(registration, kind, facts=facts)
    if kind is Kind.ANNOUNCEMENT:
        texts = {"en": {"subject": "About {event}", "body": "About {event}, for {name}"}}
        notification.announcement = Announcement(event=registration.event, texts=texts)
    return notification


def plain(html: str) -> str:
    """The words of an HTML page, as they are read."""
    body = html[html.index("<body") :]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


# --- Every kind ----------------------------------------------------------------------------------


def test_words_of_every_kind_are_complete(registration: Registration) -> None:
    found = all_words(registration)
    assert len(found) == len(Kind) + 7
    for kind, made in found:
        for text in (made.subject, made.text, made.html):
            assert text.strip() != "", kind
            said = spare(text.partition("</style>")[2] or text)
            assert [w for w in ("“”", "None", "  .", " ,", "{%", "{{") if w in said] == []


def spare(text: str) -> str:
    """Without the title, which looks like template code on purpose."""
    return unescape(text).replace(ONE_LINE, "title")


def test_words_are_the_same_in_text_and_html(registration: Registration) -> None:
    for kind, made in all_words(registration):
        read = plain(made.html)
        for line in made.text.splitlines():
            said, _colon, address = line.partition(": http")
            assert said.strip(" –") in read, kind
            if address:
                assert f'href="http{address}"' in unescape(made.html), kind
        assert made.subject in read, kind


def test_words_are_escaped_in_html_and_only_there(registration: Registration) -> None:
    for kind, made in all_words(registration):
        if kind in ABOUT_ACCOUNTS:
            continue
        assert (ONE_LINE in made.text, ONE_LINE in made.subject) == (True, True), kind
        assert ("<b>" in made.html, "Tom &amp; &lt;b&gt;Jerry" in made.html) == (False, True), kind


def test_subjects_are_one_line(registration: Registration) -> None:
    subjects = [made.subject for _kind, made in all_words(registration)]
    assert [subject for subject in subjects if subject != " ".join(subject.split())] == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_subjects_leave_room_for_a_title_of_forty_characters(
    registration: Registration, language: str
) -> None:
    """Most lists of mails cut off more than 78 characters. Of a clash there are two titles."""
    registration.event.title = "x" * 40
    registration.attendee.language = language
    subjects = {kind: made.subject for kind, made in all_words(registration)}
    del subjects[Kind.TIME_CLASH]
    assert [kind for kind, subject in subjects.items() if len(subject) > 78] == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_html_says_its_language_and_direction(
    registration: Registration, settings: Settings, language: str
) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]
    registration.attendee.language = language
    made = render.words(about(registration, Kind.CANCELLED))
    direction = {"en": "ltr", "ar": "rtl"}[language]
    assert f'<html lang="{language}" dir="{direction}">' in made.html


# --- One kind ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        (Kind.CANCELLED, {}, "The organizers have cancelled your place at “"),
        (Kind.GIVEN_UP, {}, "You gave up your place at “"),
        (Kind.GIVEN_UP, {"sums": [[1250, "EUR"], [500, "JPY"]]}, "€12.50 + ¥500 goes back to you"),
        (Kind.GIVEN_UP, {"kept": True}, "You get no money back"),
        (Kind.WAITLISTED, {"draw": True}, "are drawn on Sun 2 June 2030, 21:00 (Asia/Tokyo)."),
        (Kind.WAITLISTED, {}, "are taken, so you are on the waitlist."),
        (Kind.PLACE_GIVEN, {"drawn": True}, "The draw was held, and you have a place at"),
        (Kind.PLACE_GIVEN, {}, "You moved up from the waitlist:"),
        (
            Kind.TIME_CHANGED,
            {"before": NOON.isoformat()},
            "Before, it was to start Sat 1 June 2030, 21:00 (Asia/Tokyo).",
        ),
        (Kind.PAYMENT_DUE, {}, "Pay €12.50 by then"),
        (Kind.MONEY_GOES_BACK, {"problem": "twice"}, "”.\n\nThe place was paid for already."),
        (Kind.MONEY_GOES_BACK, {"problem": "unheard of"}, "”.\n\nThe organizers give it back"),
        (
            Kind.MONEY_GOES_BACK,
            {"problem": "amount", "amount": 1000, "currency": "EUR"},
            "€10.00 came for “",
        ),
        (Kind.MONEY_GOES_BACK, {"problem": "amount"}, "It is not the amount that was agreed."),
        (Kind.REFUNDED, {"amount": 500, "currency": "JPY"}, "¥500 for “"),
        (Kind.REFUNDED, {}, "Your money for “"),
        (Kind.PASSED_OVER, {"refusals": [{"code": "gone", "held": None}]}, "the waitlist.\n"),
        (
            Kind.PASSED_OVER,
            {"refusals": [{"code": "time-clash", "held": None}]},
            "– It is at the same time as another workshop of yours.\n"
            "  See your places: http://localhost:8000/registrations/\n",
        ),
        (Kind.TIME_CLASH, {"other": "00000000-0000-4000-8000-000000000000"}, "another workshop"),
    ],
)
def test_text_says_what_the_facts_say(
    registration: Registration, kind: Kind, facts: dict[str, Any], sentence: str
) -> None:
    assert sentence in render.words(about(registration, kind, facts=facts)).text


@pytest.mark.parametrize("other", ["", "garbage", None, 5])
def test_other_workshop_that_nobody_knows_leaves_its_name_out(
    registration: Registration, other: object
) -> None:
    facts = {"other": other}
    assert "overlap" in render.words(about(registration, Kind.TIME_CLASH, facts=facts)).text


def test_title_and_times_are_those_of_delivery(
    attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    event = make_event(title="Jam")
    delivery_of(hold(attendee, event), Kind.REGISTERED)
    Event.objects.update(title="Jam session", starts_at=NOON + timedelta(days=1))
    assert delivery.deliver_due() == Delivered(sent=1)
    assert mailoutbox[0].subject == "You are in: Jam session"
    assert "It starts Sun 2 June 2030, 12:00 (UTC)." in str(mailoutbox[0].body)


def delivery_of(registration: Registration, kind: Kind) -> None:
    Notification.objects.bulk_create([about(registration, kind)])


def test_language_is_the_persons_of_that_moment(
    attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    """Not the language of the delivery."""
    delivery_of(hold(attendee, make_event(starts_at=NOON + timedelta(days=200))), Kind.REGISTERED)
    Attendee.objects.update(language="ja")
    with translation.override("fr"):
        delivery.deliver_due()
    assert "開始は2030年12月18日(水) 12:00 (UTC)です。" in str(mailoutbox[0].body)


def test_mail_has_text_and_html_and_a_lasting_message_id(
    attendee: Attendee, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    registration = hold(attendee, make_event())
    delivery_of(registration, Kind.CANCELLED)
    notification = Notification.objects.get()
    delivery.deliver_due()
    (mail,) = mailoutbox
    assert isinstance(mail, EmailMultiAlternatives)
    assert [kind for _html, kind in mail.alternatives] == ["text/html"]
    assert mail.extra_headers == {"Message-ID": delivery._message_id(notification)}
    assert mail.from_email == settings.DEFAULT_FROM_EMAIL


def test_broken_template_is_a_dead_letter_and_stops_nobody_else(
    attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    registration = hold(attendee, make_event())
    delivery_of(registration, Kind.TIME_CHANGED)
    Notification.objects.update(facts={"before": "yesterday"})
    delivery_of(registration, Kind.CANCELLED)
    assert delivery.deliver_due() == Delivered(sent=1, dead=1)
    (broken,) = Notification.objects.filter(state="dead")
    assert (broken.kind, broken.last_error.partition(":")[0]) == ("time-changed", "ValueError")


# --- For the staff -------------------------------------------------------------------------------


def test_subject_line_costs_no_query_and_holds_no_secret(registration: Registration) -> None:
    facts = facts_of_all(registration)
    with CaptureQueriesContext(connection) as captured:
        lines = {
            kind: render.subject_line(message(registration, kind, each[0]))
            for kind, each in facts.items()
        }
    assert len(captured) == 0
    assert lines[Kind.TIME_CLASH] == f"At the same time now: {ONE_LINE}"
    assert lines[Kind.PASSWORD_RESET] == "Choose a new password"
    assert lines[Kind.CONFIRM_ADDRESS] == "Confirm your e-mail address"
