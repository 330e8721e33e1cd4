"""The link into a session changes: who could see the old one is told once, and nobody else."""

from datetime import datetime

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from events import housekeeping, places
from events.messages import delivery, reminders, topics
from events.models import Attendee, Event, MailTopic, Notification, Registration
from events.places import event_edits
from tests.events.messages.reminder_stage import (
    DAY,
    HOUR,
    MINUTE,
    SESSION,
    START,
    Clock,
    ada,
    edit,
    event,
    person,
    run_at,
    subjects,
)
from tests.factories import make_role, make_workshop
from tests.lines import register

__all__ = ["ada", "event"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

OLD, NEW = "neos-session:///S-old", "neos-session:///S-new"
CHANGED = "Another link into the session: Jam"
GONE = "The link was taken back: Jam"
OPEN = START - 15 * MINUTE


def at(clock: Clock, event: Event, instant: datetime, **values: object) -> None:
    """Change the event at an instant, and let housekeeping come by."""
    clock.move_to(instant)
    edit(event, **values)
    housekeeping.run()


@pytest.fixture
def jam(event: Event) -> Event:
    Event.objects.update(session_url=OLD)
    event.refresh_from_db()
    return event


@pytest.mark.usefixtures("ada")
def test_people_inside_are_told_once_for_each_change(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    at(clock, jam, START, session_url=NEW)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["ada@example.org"], CHANGED)
    assert (NEW in str(mail.body), OLD in str(mail.body)) == (True, False)
    mailoutbox.clear()
    housekeeping.run()
    at(clock, jam, START + MINUTE, title="Jam")
    assert subjects(mailoutbox) == []
    at(clock, jam, START + 2 * MINUTE, session_url=OLD)
    assert subjects(mailoutbox) == [CHANGED]


@pytest.mark.usefixtures("ada")
def test_mail_says_of_a_running_event_that_it_started(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    for instant, verb in ((START - MINUTE, "starts"), (START, "started")):
        at(clock, jam, instant, session_url=f"{NEW}-{verb}")
        said = [line for line in str(mailoutbox[-1].body).splitlines() if "It start" in line]
        assert [line.split()[1] for line in said] == [verb]


@pytest.mark.usefixtures("ada")
def test_nobody_is_told_of_another_link_before_the_first_was_shown(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    at(clock, jam, OPEN - MINUTE, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)
    run_at(clock, OPEN)
    (mail,) = mailoutbox
    assert (mail.subject, NEW in str(mail.body)) == (SESSION, True)


@pytest.mark.usefixtures("ada")
def test_first_link_that_is_written_late_is_no_change(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    clock.move_to(START)
    edit(event, session_url=NEW, changed_at=START)
    housekeeping.run()
    assert subjects(mailoutbox) == [SESSION]


def test_only_people_who_are_in_are_told(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    bo, stranger = person("bo"), person("cy")
    register(ada, make_workshop(jam, title="Lights"))
    left = register(bo, jam)
    Event.objects.update(capacity=1)
    register(person("wim"), jam)
    run_at(clock, OPEN)
    places.cancel(registration=left, in_full=False)
    housekeeping.run()
    mailoutbox.clear()
    at(clock, jam, START, session_url=NEW)
    assert [(mail.to[0], mail.subject) for mail in mailoutbox] == [("ada@example.org", CHANGED)]
    assert not stranger.notifications.exists()


def test_role_that_came_in_earlier_is_told(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    speaker = person("bo")
    make_role(jam, speaker, early_minutes=30)
    register(speaker, jam)
    run_at(clock, OPEN - HOUR)
    mailoutbox.clear()
    at(clock, jam, OPEN - 31 * MINUTE, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)
    at(clock, jam, OPEN - 30 * MINUTE, session_url=OLD)
    assert [(mail.to[0], mail.subject) for mail in mailoutbox] == [("bo@example.org", CHANGED)]
    assert not ada.notifications.filter(kind="session-changed").exists()


@pytest.mark.usefixtures("ada")
def test_link_that_is_taken_back_and_given_again_is_told_both_times(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    at(clock, jam, START, session_url="")
    (mail,) = mailoutbox
    assert (mail.subject, "once there is another one" in str(mail.body)) == (GONE, True)
    mailoutbox.clear()
    at(clock, jam, START + MINUTE, session_url=NEW, changed_at=START + MINUTE)
    assert subjects(mailoutbox) == [CHANGED]


@pytest.mark.usefixtures("ada")
def test_moved_event_tells_who_has_the_old_link_in_a_mail_when_the_new_one_comes(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    later = START + 2 * DAY
    at(clock, jam, START - MINUTE, starts_at=later, ends_at=later + HOUR)
    mailoutbox.clear()
    at(clock, jam, START, session_url=NEW)
    (mail,) = mailoutbox
    assert (mail.subject, NEW in str(mail.body)) == (CHANGED, False)
    assert "The new link is on the page of your place from" in str(mail.body)
    mailoutbox.clear()
    run_at(clock, later - 15 * MINUTE)
    assert SESSION in subjects(mailoutbox)


@pytest.mark.usefixtures("ada")
def test_mail_that_was_not_sent_yet_gives_way_to_a_later_change(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    for minutes, link in enumerate([NEW, OLD]):
        clock.move_to(START + minutes * MINUTE)
        edit(jam, session_url=link)
    assert Notification.objects.filter(kind="session-changed", state="queued").count() == 2
    delivery.deliver_due()
    (mail,) = mailoutbox
    assert (OLD in str(mail.body), NEW in str(mail.body)) == (True, False)
    assert Notification.objects.filter(kind="session-changed").count() == 1


@pytest.mark.parametrize("is_gone", [True, False])
def test_mail_is_withdrawn_from_who_gave_the_place_up(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage], *, is_gone: bool
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    edit(jam, session_url=NEW)
    if is_gone:
        places.cancel(registration=Registration.objects.get(attendee=ada), in_full=False)
    delivery.deliver_due()
    assert (CHANGED in subjects(mailoutbox)) is not is_gone


@pytest.mark.usefixtures("ada")
def test_open_session_is_not_mailed_beside_the_change_of_its_link(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    clock.move_to(OPEN)
    mailoutbox.clear()
    reminders.tell(timezone.now())
    edit(jam, session_url=NEW)
    housekeeping.run()
    assert subjects(mailoutbox) == [CHANGED]


def test_who_wants_no_mail_about_sessions_gets_none(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    topics.mute(ada.pk, MailTopic.SESSIONS)
    at(clock, jam, START, session_url=NEW)
    assert subjects(mailoutbox) == []
    assert not ada.notifications.filter(kind="session-changed").exists()


@pytest.mark.usefixtures("ada")
def test_link_of_what_is_over_or_cancelled_is_changed_in_silence(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    at(clock, jam, START, status="cancelled")
    mailoutbox.clear()
    at(clock, jam, START + MINUTE, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)
    at(clock, jam, START + 2 * MINUTE, status="published", session_url=OLD)
    assert CHANGED not in subjects(mailoutbox)  # that is the one they know
    at(clock, jam, jam.ends_at, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)


# --- A link that an edit has hidden --------------------------------------------------------------


@pytest.mark.parametrize("is_at_once", [True, False])
@pytest.mark.usefixtures("ada")
def test_link_that_was_changed_while_cancelled_is_told_once_it_takes_place(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage], *, is_at_once: bool
) -> None:
    run_at(clock, OPEN)
    at(clock, jam, START, status="cancelled")
    if not is_at_once:
        at(clock, jam, START + MINUTE, session_url=NEW)
    mailoutbox.clear()
    restored = {"status": "published"} | ({"session_url": NEW} if is_at_once else {})
    at(clock, jam, START + 2 * MINUTE, **restored)
    assert sorted(subjects(mailoutbox)) == [CHANGED, "It takes place after all: Jam"]
    at(clock, jam, START + 3 * MINUTE, title="Jam")
    assert subjects(mailoutbox) == []


@pytest.mark.usefixtures("ada")
def test_link_that_stays_the_same_while_cancelled_is_no_change(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    at(clock, jam, START, status="cancelled")
    at(clock, jam, START + MINUTE, status="published")
    assert CHANGED not in subjects(mailoutbox)


@pytest.mark.parametrize("minutes", [-16, -15])
def test_link_of_a_moved_event_is_told_to_who_saw_it_on_a_page(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage], minutes: int
) -> None:
    """Nobody has it in a mail: housekeeping did not come by."""
    clock.move_to(START + minutes * MINUTE)
    edit(jam, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    clock.move_to(START + HOUR)
    bo = person("bo")
    register(bo, jam)
    mailoutbox.clear()
    at(clock, jam, START + 2 * HOUR, session_url=NEW)
    told = [mail.to[0] for mail in mailoutbox if mail.subject == CHANGED]
    assert told == (["ada@example.org"] if minutes == -15 else [])
    assert ada.notifications.filter(kind="session-open").count() == 0


@pytest.mark.usefixtures("ada")
def test_moved_event_forgets_the_old_link_once_it_was_told(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    clock.move_to(START)
    edit(jam, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    jam.refresh_from_db()
    assert (jam.seen_session_url, jam.seen_session_at) == (OLD, START)
    edit(jam, title="Jam")
    edit(jam, session_url=NEW)
    jam.refresh_from_db()
    assert (jam.seen_session_url, jam.seen_session_at) == ("", None)


def test_link_that_only_a_role_saw_is_remembered_too(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    speaker = person("bo")
    make_role(jam, speaker, early_minutes=30)
    register(speaker, jam)
    clock.move_to(OPEN - 30 * MINUTE)
    edit(jam, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    mailoutbox.clear()
    at(clock, jam, START, session_url=NEW)
    assert ("bo@example.org", CHANGED) in [(mail.to[0], mail.subject) for mail in mailoutbox]


def test_link_that_was_seen_up_to_the_end_is_known_afterwards(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    end, later = jam.ends_at, START + 2 * DAY
    clock.move_to(end + HOUR)
    edit(jam, starts_at=later, ends_at=later + HOUR)
    register(person("bo"), jam)
    mailoutbox.clear()
    at(clock, jam, end + 2 * HOUR, session_url=NEW)
    assert [mail.to[0] for mail in mailoutbox if mail.subject == CHANGED] == ["ada@example.org"]
    assert ada.notifications.filter(kind="session-changed").count() == 1


# --- What organizers wrote about a change --------------------------------------------------------


def change_link(event: Event, link: str, note: str) -> None:
    before = event_edits.begin(event.pk)
    Event.objects.filter(pk=event.pk).update(session_url=link)
    event_edits.follow_up(before, note)


@pytest.mark.parametrize(
    ("notes", "read"),
    [
        (["The first world broke.", ""], "The first world broke."),
        (["The first world broke.", "Sorry."], "The first world broke.\n\nSorry."),
        (["Sorry.", "Sorry."], "Sorry."),
        (["", "Sorry."], "Sorry."),
        (["One.", "Two.", "Three."], "One.\n\nTwo.\n\nThree."),
        (["One.", "", "Three."], "One.\n\nThree."),
        (["", ""], None),
    ],
)
@pytest.mark.usefixtures("ada")
def test_note_of_a_change_goes_along_with_a_later_one(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage], notes: list[str], read: str | None
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    for minutes, note in enumerate(notes):
        clock.move_to(START + minutes * MINUTE)
        change_link(jam, f"{NEW}-{minutes}", note)
    newest = Notification.objects.filter(kind="session-changed").latest("pk")
    assert newest.facts.get("note") == read
    delivery.deliver_due()
    (mail,) = mailoutbox
    assert (read or CHANGED) in f"{mail.subject} {mail.body}"


def test_note_that_was_sent_is_not_said_again(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, START)
    change_link(jam, NEW, "The first world broke.")
    delivery.deliver_due()
    bo = person("bo")
    register(bo, jam)
    clock.move_to(START + MINUTE)
    change_link(jam, OLD, "Sorry.")
    newest = Notification.objects.filter(kind="session-changed").order_by("-pk")[:2]
    assert {row.attendee: row.facts for row in newest} == {
        ada: {"note": "Sorry."},
        bo: {"note": "Sorry."},
    }
