"""A question is deleted, or answered in two tabs, while somebody is answering it.

Threads, because two transactions have to be open at once. The first waits half a second for the
second, which gets no further while the lock of the event holds it back.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from events import places
from events.models import Answer, Event, Question
from events.places import event_edits
from tests.factories import make_attendee, make_event, make_question
from tests.place_modules import answers, lock

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], Any]
SECONDS = 0.5
without_lock = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite locks the whole file"
)


@pytest.fixture
def jam() -> Event:
    event = make_event()
    make_question(event, is_required=True)
    return event


def race(
    monkeypatch: pytest.MonkeyPatch, first: Callable[[], Any], other: Callable[[], Any]
) -> str:
    """Let the other one in once the first has read the questions; return what the first got."""
    has_read, is_done = threading.Event(), threading.Event()
    problems = answers.problems

    def problems_slowly(*args: Any) -> Any:
        found = problems(*args)
        if threading.current_thread() is not threading.main_thread() and not has_read.is_set():
            has_read.set()
            is_done.wait(SECONDS)
        return found

    def run(act: Act, told: list[str]) -> None:
        try:
            act()
            told.append("done")
        except DatabaseError as error:
            told.append(type(error).__name__)
        finally:
            connections.close_all()

    def run_second() -> None:
        has_read.wait(20)
        run(other, [])
        is_done.set()

    monkeypatch.setattr(answers, "problems", problems_slowly)
    told: list[str] = []
    threads = [threading.Thread(target=run, args=[first, told])]
    threads.append(threading.Thread(target=run_second))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told[0]


def deleted_while_signing_up(monkeypatch: pytest.MonkeyPatch, event: Event) -> str:
    question, user = Question.objects.get(), make_attendee().user

    def sign_up() -> None:
        places.register(user=user, bookable=event, answers={question.pk: ["x"]})

    def delete() -> None:
        with transaction.atomic():
            event_edits.begin(event.pk)
            question.delete()

    return race(monkeypatch, sign_up, delete)


def changed_in_two_tabs(monkeypatch: pytest.MonkeyPatch, event: Event) -> str:
    question, person = Question.objects.get(), make_attendee()
    held = places.register(user=person.user, bookable=event, answers={question.pk: ["x"]})

    def change(text: str) -> Callable[[], None]:
        def changing() -> None:
            places.change_answers(registration=held, typed={question.pk: [text]})

        return changing

    return race(monkeypatch, change("one"), change("other"))


def test_question_deleted_while_somebody_signs_up_costs_them_nothing(
    monkeypatch: pytest.MonkeyPatch, jam: Event
) -> None:
    assert deleted_while_signing_up(monkeypatch, jam) == "done"
    assert list(jam.registrations.values_list("status", flat=True)) == ["confirmed"]
    assert Answer.objects.count() == 0


@without_lock
def test_without_the_lock_the_sign_up_is_lost(monkeypatch: pytest.MonkeyPatch, jam: Event) -> None:
    monkeypatch.setattr(lock, "lock", lambda pk: Event.objects.get(pk=pk))
    assert deleted_while_signing_up(monkeypatch, jam) == "IntegrityError"
    assert jam.registrations.count() == 0


def test_answers_of_two_tabs_are_those_of_the_last(
    monkeypatch: pytest.MonkeyPatch, jam: Event
) -> None:
    assert changed_in_two_tabs(monkeypatch, jam) == "done"
    assert list(Answer.objects.values_list("text", flat=True)) == ["other"]


@without_lock
def test_without_the_lock_the_last_tab_is_lost(monkeypatch: pytest.MonkeyPatch, jam: Event) -> None:
    monkeypatch.setattr(lock, "lock", lambda pk: Event.objects.get(pk=pk))
    monkeypatch.setattr(answers, "lock_person", lambda _user: None)
    changed_in_two_tabs(monkeypatch, jam)
    assert list(Answer.objects.values_list("text", flat=True)) != ["other"]
