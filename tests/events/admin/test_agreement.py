"""A change that people notice is saved once, after the organizer agreed to just what it does."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import places
from events.messages import delivery
from events.models import Event, Notification, Payment, Registration, Workshop
from tests.factories import make_attendee, make_event, make_user

from .conftest import SignedIn
from .ledgers import make_money
from .pages import ADD, agreement, effects, errors, fields, page_of, press_save, read, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MOVED = {"ends_at_1": "15:00"}
TOLD = "%d people get a message with the old and the new time."


@pytest.fixture
def jam(mika: User) -> Event:
    """Two hours from noon, with Ada and Bo."""
    event = make_event(title="Jam", slug="jam", organizers=[mika])
    for name in ("Ada", "Bo"):
        sign_up(event, name)
    return event


def sign_up(event: Event, name: str) -> Registration:
    user = make_user(username=name, email=f"{name}@example.org")
    make_attendee(user=user, neos_username=name, email_confirmed_at=timezone.now())
    return places.register(user=user, bookable=event)


def stored() -> list[list[Any]]:
    """Return all that a save may write."""
    models = (Event, Workshop, Registration, Notification, LogEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind="time-changed").order_by("attendee")
    return list(rows.values_list("attendee__neos_username", "kind"))


def test_nothing_is_written_before_the_organizer_agrees(browser: Client, jam: Event) -> None:
    before = stored()
    response = press_save(browser, page_of(jam), **MOVED)
    assert (response.status_code, effects(response)[-1]) == (200, TOLD % 2)
    assert stored() == before


def test_change_is_done_once_after_the_organizer_agreed(browser: Client, jam: Event) -> None:
    asked = press_save(browser, page_of(jam), **MOVED)
    form = fields(asked) | agreement(asked)
    first, second = browser.post(page_of(jam), form), browser.post(page_of(jam), form)
    jam.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 200)
    assert (jam.ends_at.hour, jam.sequence) == (15, 1)
    assert told() == [("Ada", "time-changed"), ("Bo", "time-changed")]
    assert LogEntry.objects.count() == 1


def test_agreement_ends_when_twice_as_many_people_are_concerned(
    browser: Client, jam: Event
) -> None:
    """They have signed up while the organizer was reading."""
    asked = press_save(browser, page_of(jam), **MOVED)
    sign_up(jam, "Cy")
    sign_up(jam, "Di")
    again = browser.post(page_of(jam), fields(asked) | agreement(asked))
    assert (effects(again)[-1], told()) == (TOLD % 4, [])
    assert browser.post(page_of(jam), fields(again) | agreement(again)).status_code == 302
    assert len(told()) == 4


def test_agreement_holds_for_a_few_more_people(browser: Client, jam: Event) -> None:
    """Else nothing could be saved while people sign up every second."""
    asked = press_save(browser, page_of(jam), **MOVED)
    sign_up(jam, "Cy")
    assert browser.post(page_of(jam), fields(asked) | agreement(asked)).status_code == 302
    assert [name for name, _kind in told()] == ["Ada", "Bo", "Cy"]


def test_agreement_ends_when_something_else_follows(browser: Client, jam: Event) -> None:
    """Money goes back that was not there when the organizer was asked."""
    asked = press_save(browser, page_of(jam), status="cancelled")
    make_money(jam, provider="sandbox", amount=500)
    again = browser.post(page_of(jam), fields(asked) | agreement(asked))
    assert effects(again)[-1] == (
        "1 payment goes back in full (€5.00), and then the event stays cancelled."
    )
    assert Event.objects.get().status == "published"


def test_agreement_to_another_change_does_not_count(browser: Client, jam: Event) -> None:
    asked = press_save(browser, page_of(jam), **MOVED)
    other = fields(asked) | agreement(asked) | {"ends_at_1": "16:00"}
    assert len(effects(browser.post(page_of(jam), other))) == 2
    cancelled = other | {"status": "cancelled"}
    assert len(effects(browser.post(page_of(jam), cancelled))) == 1
    assert told() == []


@pytest.mark.parametrize("forged", ["", "on", "1", "\0", "x" * 9_000])
def test_forged_agreement_does_not_count(browser: Client, jam: Event, forged: str) -> None:
    asked = press_save(browser, page_of(jam), **MOVED)
    again = browser.post(page_of(jam), fields(asked) | {"edit_confirmed": forged})
    assert (effects(again)[-1], told()) == (TOLD % 2, [])


def test_second_of_two_organizers_is_told_what_the_first_changed(
    browser: Client, signed_in: SignedIn, robin: User, jam: Event
) -> None:
    jam.organizers.add(robin)
    asked = press_save(browser, page_of(jam), **MOVED)
    save(signed_in(robin), page_of(jam), summary="Bring a mask")
    again = browser.post(page_of(jam), fields(asked) | agreement(asked))
    jam.refresh_from_db()
    assert (jam.summary, jam.ends_at.hour, told()) == ("Bring a mask", 14, [])
    assert errors(again)[0].startswith("Somebody changed this field") is True
    assert fields(again)["ends_at_1"] == ["15:00"]


def test_asking_costs_the_same_for_many_people(browser: Client, jam: Event) -> None:
    counted = []
    for _ in range(2):
        form = fields(browser.get(page_of(jam))) | MOVED
        with CaptureQueriesContext(connection) as captured:
            assert browser.post(page_of(jam), form).status_code == 200
        counted.append(len(captured))
        for n in range(30 * len(counted), 30 * len(counted) + 30):
            sign_up(jam, f"P{n}")
    assert counted[0] == counted[1]


def test_agreement_ends_when_much_more_money_goes_back(browser: Client, jam: Event) -> None:
    make_money(jam, provider="sandbox", amount=500)
    asked = press_save(browser, page_of(jam), status="cancelled")
    Payment.objects.update(amount=50_000)
    again = browser.post(page_of(jam), fields(asked) | agreement(asked))
    assert effects(again)[-1].startswith("1 payment goes back in full (€500.00)") is True


# --- The note -------------------------------------------------------------------------------------


def note(browser: Client, event: Event, words: str, **changes: Any) -> None:
    asked = press_save(browser, page_of(event), **changes)
    form = fields(asked) | agreement(asked) | {"edit_note": words}
    assert browser.post(page_of(event), form).status_code == 302
    Notification.objects.exclude(kind__in=["time-changed", "event-cancelled"]).delete()
    delivery.deliver_due()


@pytest.mark.parametrize("changes", [MOVED, {"status": "cancelled"}])
def test_note_stands_in_the_text_and_the_html_of_the_mail(
    browser: Client, jam: Event, changes: dict[str, str]
) -> None:
    note(browser, jam, "The <harbour> is closed.\r\nSorry!", **changes)
    assert len(mail.outbox) == 2
    message: Any = mail.outbox[0]
    html = message.alternatives[0][0]
    assert "The <harbour> is closed.\nSorry!" in message.body
    assert "The &lt;harbour&gt; is closed.<br>Sorry!" in html


def test_mail_without_a_note_quotes_nobody(browser: Client, jam: Event) -> None:
    note(browser, jam, " \r\n", **MOVED)
    message: Any = mail.outbox[0]
    assert "<blockquote" not in message.alternatives[0][0]


def test_note_is_cut_to_its_limit_and_cleaned(browser: Client, jam: Event) -> None:
    note(browser, jam, "a\0" + "b" * 5_000, **MOVED)
    facts = Notification.objects.filter(kind="time-changed").values_list("facts", flat=True)
    assert {each["note"] for each in facts} == {"a" + "b" * 999}


def test_note_is_kept_when_the_form_asks_again(browser: Client, jam: Event) -> None:
    asked = press_save(browser, page_of(jam), **MOVED)
    again = browser.post(page_of(jam), fields(asked) | {"edit_note": "Sorry!"})
    assert read(again).first("textarea", id="edit-note").text == "Sorry!"


def test_nobody_is_offered_a_note_where_no_mail_carries_it(browser: Client, jam: Event) -> None:
    asked = press_save(browser, page_of(jam), price="5.00")
    assert len(effects(asked)) == 2
    assert list(read(asked).all("textarea", id="edit-note")) == []


def test_new_event_is_saved_after_the_organizer_agreed(browser: Client, jam: Event) -> None:
    """The event that was undone had a number, which somebody else's event has got since then."""
    late = {"title": "Late", "starts_at_0": "2020-01-01", "starts_at_1": "10:00", "length": "1:00"}
    asked = press_save(browser, ADD, status="published", **late)
    assert effects(asked) != []
    make_event(title="Between")
    again = browser.post(ADD, fields(asked) | agreement(asked))
    assert (again.status_code, Event.objects.filter(title="Late").count()) == (302, 1)
