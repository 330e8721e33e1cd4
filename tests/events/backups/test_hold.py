"""Mail that was sent after a back-up is not sent again when that is restored, unless staff want it.

Each situation has a first life: the back-up is made, then housekeeping sends mail. Restored with
`--mail send`, the same mail goes once more: that is the control.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from events import follows, housekeeping, places
from events.backups import Mail
from events.models import Attendee, Event, Follow, Host, Notification, Registration
from tests.events.messages.reminder_stage import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Clock,
    person,
    run_at,
    subjects,
)
from tests.factories import NOON, make_announcement, make_event
from tests.lines import register

from .copying import back_up, mismatches, put_back
from .scene import furnish

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]

HELD = "Held: it was due before the back-up was restored, and may have been sent already."
#: Makes the rows of a situation, and returns when housekeeping runs after the back-up.
Scene = Callable[[], list[datetime]]


def jam(**fields: object) -> Event:
    return make_event(title="Jam", slug="jam", starts_at=START, **fields)


def reminder() -> list[datetime]:
    register(person(), jam())
    return [START - DAY]


def session() -> list[datetime]:
    """The session's mail takes the place of the reminder: held, it must not let that come again."""
    event = jam(session_url="https://example.org/jam")
    register(person(), event)
    return [START - HOUR, START - 15 * MINUTE]


def thanks() -> list[datetime]:
    register(person(), jam())
    return [START + 2 * HOUR]


def end_of_a_hold() -> list[datetime]:
    register(person(), jam(price=1250))
    Registration.objects.update(hold_until=NOON + 3 * DAY)
    return [NOON + 2 * DAY]


def opening() -> list[datetime]:
    follows.follow(person(), event=jam(opens_at=NOON + HOUR))
    return [NOON + HOUR]


def new_events() -> list[datetime]:
    """A round announces a limited number of events; nobody follows the first ones."""
    hosts = [Host.objects.create(name=name, slug=name) for name in ("unknown", "lanterns")]
    for number in range(follows.BATCH + 1):
        make_event(title=f"Jam {number}").hosts.add(hosts[number == follows.BATCH])
    follows.follow(person(), host=hosts[1])
    return [NOON, NOON + MINUTE]


def announcement() -> list[datetime]:
    """It was marked as sent, and nobody was told yet."""
    event = jam()
    register(person(), event)
    make_announcement(event, sent_at=NOON)
    return [NOON]


def reasons() -> list[datetime]:
    """Somebody was passed over, and the pass left the telling to housekeeping."""
    event = jam(neos_required=True, capacity=1)
    register(person("bo"), event)
    register(person(), event)
    Attendee.objects.filter(user__username="ada").update(neos_locked=True)
    Event.objects.update(capacity=2)
    waiting = Registration.objects.filter(status="waitlisted")
    waiting.update(passed_over_for="neos-locked+", is_owed_reasons=True)
    return [NOON]


SCENES = (reminder, session, thanks, end_of_a_hold, opening, new_events, announcement, reasons)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_what_was_sent_after_the_back_up_is_held(
    scene: Scene, tmp_path: Path, clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    moments = scene()
    Notification.objects.update(state="sent", sent_at=timezone.now())  # all else was told
    file = back_up(tmp_path / "file.zip")
    for moment in moments:
        run_at(clock, moment)
    (*_earlier, sent) = subjects(mailoutbox)

    assert put_back(file, mail=Mail.HOLD) >= 1
    housekeeping.run()
    assert (subjects(mailoutbox), mismatches()) == ([], [])
    dead = Notification.objects.filter(state="dead", last_error=HELD)
    assert dead.filter(attendee__user__username="ada").exists()

    put_back(file, mail=Mail.SEND)
    for _round in moments:
        housekeeping.run()
    assert subjects(mailoutbox) == [sent]


def test_nothing_is_held_where_nothing_is_due(tmp_path: Path) -> None:
    register(person(), jam())
    Notification.objects.update(state="sent", sent_at=timezone.now())
    file = back_up(tmp_path / "file.zip")

    assert put_back(file, mail=Mail.HOLD) == 0
    assert [one.state for one in Notification.objects.all()] == ["sent"]


def test_what_becomes_due_after_a_restore_is_sent(
    tmp_path: Path, clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    reminder()
    put_back(back_up(tmp_path / "file.zip"), mail=Mail.HOLD)
    run_at(clock, START - DAY)

    assert subjects(mailoutbox) == ["Reminder: Jam"]


def test_place_that_somebody_gets_after_a_restore_is_told_again(
    tmp_path: Path, clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    """Another person may get it than before, so nobody is left to guess."""
    event = jam(price=1250, capacity=1)
    for name in ("bo", "ada"):
        register(person(name), event)
    Notification.objects.update(state="sent", sent_at=timezone.now())
    file = back_up(tmp_path / "file.zip")
    run_at(clock, NOON + HOUR)
    told = sorted(subjects(mailoutbox))
    put_back(file, mail=Mail.HOLD)
    housekeeping.run()

    assert (len(told), sorted(subjects(mailoutbox))) == (2, told)


def test_announcement_that_was_held_goes_to_who_joins_after_a_restore(
    tmp_path: Path, clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    event = jam()
    register(person(), event)
    later = {"includes_later": True, "later_until": NOON + DAY}
    make_announcement(event, sent_at=NOON, **later)
    put_back(back_up(tmp_path / "file.zip"), mail=Mail.HOLD)
    clock.shift(HOUR)
    places.register(user=person("bo").user, bookable=Event.objects.get())
    housekeeping.run()

    to = [(mail.to, mail.subject) for mail in mailoutbox if "News" in mail.subject]
    assert [address for address, _subject in to] == [["bo@example.org"]]


def test_odd_rows_do_not_stop_a_restore_that_holds(tmp_path: Path) -> None:
    """The site has something in every table, also what no form takes."""
    furnish()
    waiting = Notification.objects.update(state="queued")
    file = back_up(tmp_path / "file.zip")

    assert (waiting > 5, put_back(file, mail=Mail.HOLD)) == (True, waiting)
    assert Notification.objects.filter(state="dead", last_error=HELD).count() == waiting


def test_follow_whose_mail_was_held_is_kept_until_staff_send_it(tmp_path: Path) -> None:
    opening()
    Event.objects.update(opens_at=NOON)
    put_back(back_up(tmp_path / "file.zip"), mail=Mail.HOLD)

    assert Follow.objects.count() == 1
