"""One draft is sent by two organizers at the same moment, or is interrupted halfway."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connections

from events.messages import announcements, audiences
from events.messages.announcements import Outcome
from events.models import Announcement, Event, Notification
from tests.factories import make_announcement, make_event, make_local_attendee
from tests.lines import register

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]

People = 3


@pytest.fixture
def event() -> Event:
    event = make_event()
    for _ in range(People):
        register(make_local_attendee(), event)
    return event


def at_once(*acts: Callable[[], Outcome]) -> list[Outcome]:
    """Do them in threads, each with a connection of its own."""

    def run(act: Callable[[], Outcome]) -> Outcome:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def pressing(barrier: Barrier, number: int) -> Callable[[], Outcome]:
    """Read the draft, meet the others, press."""

    def press() -> Outcome:
        draft = Announcement.objects.select_related("event").get(pk=number)
        barrier.wait(20)
        return announcements.send(draft, revision=0)

    return press


def press_at_once(*drafts: Announcement) -> list[str]:
    barrier = Barrier(len(drafts))
    acts = [pressing(barrier, draft.pk) for draft in drafts]
    return sorted(outcome.name for outcome in at_once(*acts))


def rows() -> int:
    return Notification.objects.filter(kind="announcement").count()


def test_draft_that_two_send_at_once_is_sent_once(event: Event) -> None:
    draft = make_announcement(event)
    assert (press_at_once(draft, draft), rows()) == (["DONE", "GONE"], People)


def test_without_the_comparison_both_send_it(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control. The key of each person's row still keeps the second mail away."""

    def claim(draft: Announcement, _revision: int, now: datetime) -> bool:
        return bool(Announcement.objects.filter(pk=draft.pk).update(sent_at=now))

    monkeypatch.setattr(announcements, "_claim", claim)
    draft = make_announcement(event)
    assert (press_at_once(draft, draft), rows()) == (["DONE", "DONE"], People)


def test_two_runs_at_once_tell_everybody_once(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read that nobody was told before either of them writes."""
    draft = make_announcement(event, sent_at=event.starts_at)
    meet_before_writing(monkeypatch)
    finish_twice_at_once(draft)
    assert rows() == People


def test_without_the_key_two_runs_tell_everybody_twice(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each run has a key of its own."""
    draft = make_announcement(event, sent_at=event.starts_at)
    key = property(lambda _one: f"announcement:{threading.get_ident()}")
    monkeypatch.setattr(Announcement, "key", key)
    meet_before_writing(monkeypatch)
    finish_twice_at_once(draft)
    assert rows() == 2 * People


def meet_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    barrier = Barrier(2)
    tell = announcements.crowds.tell_announcement

    def wait_and_tell(*args: object) -> None:
        barrier.wait(20)
        tell(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(announcements.crowds, "tell_announcement", wait_and_tell)


def finish_twice_at_once(draft: Announcement) -> None:
    def finish() -> Outcome:
        found = Announcement.objects.select_related("event").get(pk=draft.pk)
        announcements.finish(found, found.event.starts_at)
        return Outcome.DONE

    at_once(finish, finish)


@pytest.mark.skipif("connections['default'].vendor == 'sqlite'", reason="one writer at a time")
def test_two_drafts_at_once_do_not_both_count_as_the_last_one(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "MOST_AN_HOUR", 1)
    one, other = make_announcement(event), make_announcement(event)
    assert press_at_once(one, other) == ["DONE", "TOO_OFTEN"]
    assert audiences.count(one, event.starts_at).people == People
