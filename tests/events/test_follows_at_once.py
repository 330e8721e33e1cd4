"""Following and telling while somebody else deletes, erases or unpublishes what it is about.

Each of these waits for a lock of another connection, so they are of PostgreSQL; SQLite locks the
whole file. The controls go without the guard, and end in what it is there against.
"""

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from events import follows
from events.messages import topics
from events.models import Attendee, Event, Follow, Host, MailTopic
from events.models.attendee import AttendeeQuerySet
from tests.factories import NOON, make_event, make_host, make_local_attendee
from tests.lines import kinds
from tests.unreliable import wait_for_waiting

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connections['default'].vendor == 'sqlite'", reason="SQLite locks the whole file"
    ),
]


def while_changing(change: Callable[[], object], act: Callable[[], object]) -> object:
    """Change something, let `act` wait for that on another connection, and commit."""
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(act())
        except (ObjectDoesNotExist, IntegrityError) as error:
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        change()
        thread.start()
        wait_for_waiting(1)
    thread.join()
    return answers[0]


# --- Following -----------------------------------------------------------------------------------


def follow_while_the_host_is_deleted() -> object:
    ada, host = make_local_attendee(), make_host()
    stale = Host.objects.get(pk=host.pk)
    return while_changing(host.delete, lambda: follows.follow(ada, host=stale))


def follow_while_the_event_is_deleted() -> object:
    ada, event = make_local_attendee(), make_event()
    stale = Event.objects.get(pk=event.pk)
    return while_changing(event.delete, lambda: follows.follow(ada, event=stale))


def follow_while_the_person_is_erased() -> object:
    """As `closing.erase` does it: lock the person, forget what they follow, note when."""
    ada, host = make_local_attendee(), make_host()

    def erase() -> None:
        locked = Attendee.objects.select_for_update().get(pk=ada.pk)
        locked.follows.all().delete()
        locked.erased_at = NOON
        locked.save()

    return while_changing(erase, lambda: follows.follow(ada, host=host))


RACES = [
    (follow_while_the_host_is_deleted, "DoesNotExist", "IntegrityError", 0),
    (follow_while_the_event_is_deleted, "DoesNotExist", "IntegrityError", 0),
    (follow_while_the_person_is_erased, False, True, 1),
]
each_race = pytest.mark.parametrize(("race", "answer", "unguarded", "kept"), RACES)


@each_race
def test_nobody_follows_what_is_gone_meanwhile_6_7(
    race: Callable[[], object], answer: object, unguarded: object, kept: int
) -> None:
    assert (race(), Follow.objects.count()) == (answer, 0)


@each_race
def test_without_the_locks_they_follow_what_is_gone_6_7(
    monkeypatch: pytest.MonkeyPatch,
    race: Callable[[], object],
    answer: object,
    unguarded: object,
    kept: int,
) -> None:
    """The control."""
    monkeypatch.setattr(follows, "_lock_followed", lambda _host, _event: None)
    monkeypatch.setattr(AttendeeQuerySet, "lock_present", lambda _all, _pk: True)
    assert (race(), Follow.objects.count()) == (unguarded, kept)


# --- Choosing mail -------------------------------------------------------------------------------


def two_topics_are_muted_at_once() -> set[str]:
    """Press the buttons of two mails while the row of the person is locked by somebody else."""
    ada = make_local_attendee()

    def mute(topic: MailTopic) -> Callable[[], None]:
        return lambda: topics.mute(ada.pk, topic)

    def lock_and_mute() -> None:
        Attendee.objects.lock_present(ada.pk)
        mute(MailTopic.THANKS)()

    while_changing(lock_and_mute, mute(MailTopic.REMINDERS))
    return topics.muted_by(ada.pk)


def test_two_kinds_of_mail_that_are_stopped_at_once_both_stop() -> None:
    assert two_topics_are_muted_at_once() == {"thanks", "reminders"}


def test_without_saying_only_what_changes_one_of_them_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: read what is chosen, and write all of it again."""

    def choose_all_again(attendee_pk: int, topic: MailTopic) -> None:
        topics.choose(attendee_pk, {*MailTopic} - {topic, *topics.muted_by(attendee_pk)})

    monkeypatch.setattr(topics, "mute", choose_all_again)
    assert two_topics_are_muted_at_once() == {"reminders"}


# --- Announcing ----------------------------------------------------------------------------------


def announce_while_it_becomes_a_draft() -> tuple[list[str], bool]:
    """Return what the follower was told, and whether the event counts as announced."""
    ada, event, other = make_local_attendee(), make_event(), make_event()
    host = make_host(event, other)
    follows.follow(ada, host=host)

    def unpublish() -> None:
        Event.objects.filter(pk=event.pk).update(status="draft")

    while_changing(unpublish, lambda: follows.tell(timezone.now()))
    event.refresh_from_db()
    return kinds(ada), event.announced_at is not None


def test_event_that_becomes_a_draft_meanwhile_is_not_announced_9() -> None:
    assert announce_while_it_becomes_a_draft() == (["new-event"], False)


def test_without_reading_it_again_a_draft_is_announced_9(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what was public before is taken to be so still."""
    monkeypatch.setattr(follows, "_still_to_announce", lambda pks, _now: pks)
    assert announce_while_it_becomes_a_draft() == (["new-event"] * 2, True)
