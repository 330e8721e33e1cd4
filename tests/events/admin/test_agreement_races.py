"""Answers to the question of a form that come late: after an error, another tab, a newcomer."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connections
from django.db.models.signals import pre_save
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from events import places
from events.admin.event_saves import MAX_NOTE
from events.models import Event, Notification, Registration
from tests.factories import make_attendee, make_event, make_organizer, make_user

from .pages import (
    EVENTS,
    agreement,
    effects,
    errors,
    fields,
    page_of,
    press_save,
    read,
    save,
    words,
)

MOVED = {"ends_at_1": "15:00"}

#: A sign-up without a lock in its way is done in a tenth of this.
SECONDS = 2.0


def make_jam(mika: User, title: str = "Jam") -> Event:
    """Two hours from noon, with one guest."""
    day = timezone.now() + timedelta(days=7)
    noon = day.replace(hour=12, minute=0, second=0, microsecond=0)
    event = make_event(title=title, organizers=[mika], starts_at=noon)
    sign_up(event, make_guest())
    return event


def make_guest() -> User:
    user = make_user()
    make_attendee(user=user, email_confirmed_at=timezone.now())
    return user


def sign_up(event: Event, user: User) -> Registration:
    return places.register(user=user, bookable=event)


def answer(browser: Client, asked: HttpResponse, event: Event, **more: Any) -> HttpResponse:
    return browser.post(page_of(event), fields(asked) | agreement(asked) | more)


def told() -> list[str]:
    kinds = Notification.objects.exclude(kind="registered").order_by("pk")
    return list(kinds.values_list("kind", flat=True))


def test_form_that_asks_does_not_say_that_it_was_saved(
    db: None, clock: Any, browser: Client, mika: User
) -> None:
    jam = make_jam(mika)
    asked = press_save(browser, page_of(jam), **MOVED)
    assert (len(effects(asked)), words(asked), errors(asked)) == (2, [], [])


def test_form_that_asks_has_its_button_at_the_question(
    db: None, clock: Any, browser: Client, mika: User
) -> None:
    """The other buttons stand below a long form."""
    asked = press_save(browser, page_of(make_jam(mika)), **MOVED)
    question = read(asked).first("section", class_="question")
    sent = [(each.attributes["type"], each.attributes["name"]) for each in question.all("input")]
    assert sent == [("checkbox", "edit_confirmed"), ("submit", "_save")]
    assert "autofocus" in question.first("h2").attributes


def test_agreement_for_one_event_is_none_for_its_twin(
    db: None, clock: Any, browser: Client, mika: User
) -> None:
    one, twin = make_jam(mika), make_jam(mika)
    asked = press_save(browser, page_of(one), **MOVED)
    again = press_save(browser, page_of(twin), **MOVED | agreement(asked))
    assert len(effects(again)) == 2
    assert agreement(again) != agreement(asked)
    assert told() == []


def test_second_of_two_tabs_is_refused_and_tells_nobody_twice(
    db: None, clock: Any, browser: Client, mika: User
) -> None:
    jam = make_jam(mika)
    first = press_save(browser, page_of(jam), **MOVED)
    second = press_save(browser, page_of(jam), ends_at_1="16:00")
    assert answer(browser, first, jam).status_code == 302
    late = answer(browser, second, jam)
    assert errors(late)[0].startswith("Somebody changed this field") is True
    jam.refresh_from_db()
    assert (jam.ends_at.hour, told()) == (15, ["time-changed"])


def test_note_stays_in_a_form_that_is_refused(
    db: None, clock: Any, browser: Client, mika: User
) -> None:
    jam = make_jam(mika)
    asked = press_save(browser, page_of(jam), **MOVED)
    refused = answer(browser, asked, jam, edit_note="The harbour\r\nis closed.", currency="ZZZ")
    assert (refused.status_code, effects(refused)) == (200, [])
    again = browser.post(page_of(jam), fields(refused) | {"currency": "EUR"})
    note = read(again).first("textarea", id="edit-note")
    assert note.raw.strip() == "The harbour\nis closed."


def test_note_of_many_lines_is_kept_up_to_its_limit(
    db: None, clock: Any, browser: Client, mika: User
) -> None:
    """A browser counts a line break as one character, and sends it as two."""
    jam = make_jam(mika)
    asked = press_save(browser, page_of(jam), **MOVED)
    lines = "a\n" * (MAX_NOTE // 2 - 1) + "zz"
    answer(browser, asked, jam, edit_note=lines.replace("\n", "\r\n"))
    facts = Notification.objects.get(kind="time-changed").facts
    assert facts["note"] == lines


def test_change_that_is_taken_back_is_saved_without_agreement(
    db: None, clock: Any, browser: Client, mika: User
) -> None:
    jam = make_jam(mika)
    asked = press_save(browser, page_of(jam), **MOVED)
    undone = fields(asked) | {"ends_at_1": "14:00:00", "summary": "Loud"}
    assert browser.post(page_of(jam), undone).status_code == 302
    jam.refresh_from_db()
    assert (jam.summary, told()) == ("Loud", [])


def test_no_action_of_the_list_changes_what_people_notice(
    db: None, browser: Client, mika: User
) -> None:
    """Else it would have to ask as the form does."""
    make_jam(mika)
    page = read(browser.get(EVENTS))
    assert list(page.all("select", name="action")) == []
    assert admin.site._registry[Event].list_editable == ()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_newcomer_waits_for_the_save_and_gets_the_new_price() -> None:
    """Nobody is told of a time or keeps a price that the organizer was not asked about."""
    mika = make_organizer()
    browser = Client()
    browser.force_login(mika, "django.contrib.auth.backends.ModelBackend")
    jam, newcomer = make_jam(mika), make_guest()
    asked = press_save(browser, page_of(jam), price="5.00", **MOVED)
    made: list[Registration] = []

    def sign_up_now() -> None:
        made.append(sign_up(Event.objects.get(pk=jam.pk), newcomer))
        connections.close_all()

    thread = threading.Thread(target=sign_up_now)

    def overtake(**_kwargs: object) -> None:
        pre_save.disconnect(overtake, Event)
        thread.start()
        thread.join(SECONDS)
        assert made == []

    pre_save.connect(overtake, Event)
    saved = answer(browser, asked, jam)
    thread.join()
    assert saved.status_code == 302
    assert [each.amount for each in made] == [500]
    moved = Notification.objects.filter(kind="time-changed")
    assert [each.attendee.user_id == newcomer.pk for each in moved] == [False]
    assert save(browser, page_of(jam), summary="Loud").status_code == 302
