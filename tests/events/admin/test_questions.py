"""Pages and boxes that ask an organizer first: they say what will happen, and hold to it."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from events import places
from events.models import Block, Event
from events.payments.providers import manual
from tests.factories import make_attendee
from tests.lines import kinds

from .conftest import SignedIn
from .pages import (
    BLOCKS,
    EVENTS,
    REGISTRATIONS,
    USERS,
    act,
    agreement,
    cancel_event,
    confirm,
    effects,
    errors,
    fields,
    page_of,
    press_save,
    read,
    said,
    save,
    version,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

GROUPS = "/admin/auth/group/"


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


def refusal(response: HttpResponse) -> str:
    assert response.status_code == 200
    return " ".join(errors(response))


def test_page_that_asks_is_asked_again_if_a_row_changed_r2(browser: Client, jam: Event) -> None:
    held = jam.registrations.filter(workshop=None).get()
    asked = act(browser, "cancel", held)
    places.cancel(registration=held, in_full=False)

    again = act(browser, "cancel", held, confirmed="1", version=version(asked))

    assert "cancelled" in read(again).first("div", id="content").first("li").text
    assert said(again) == ["Something here changed while you had the page open. Please look again."]


def test_page_that_asks_keeps_what_was_typed_r2(browser: Client, held: list[Model]) -> None:
    first = held[0]
    act(browser, "mark_paid", first)
    again = act(browser, "mark_paid", first, confirmed="1", version="x", note="In cash")
    assert read(again).first("input", name="note").attributes["value"] == "In cash"
    assert kinds(first.attendee) == ["payment-due"]  # type: ignore[attr-defined]
    assert confirm(browser, "mark_paid", first, note="In cash").status_code == 302


def test_yes_without_the_page_does_nothing_r2(browser: Client, jam: Event) -> None:
    held = jam.registrations.filter(workshop=None).get()
    assert act(browser, "cancel", held, confirmed="1").status_code == 200
    held.refresh_from_db()
    assert held.status == "confirmed"


@pytest.mark.parametrize("forged", [{}, {"version": "x"}])
def test_row_that_changed_meanwhile_is_not_deleted_r2(
    root: Client, jam: Event, forged: dict[str, str]
) -> None:
    row = Block.objects.create(neos_id="U-rude", event=jam)
    address = f"{BLOCKS}{row.pk}/delete/"
    asked = {"version": version(root.get(address))}
    Block.objects.update(reason="Shouts")

    for sent in (asked, forged):
        answer = root.post(address, {"post": "yes"} | sent)
        assert "This has changed while you had the page open." in answer.content.decode()
    assert Block.objects.count() == 1
    assert root.post(address, {"post": "yes", "version": version(root.get(address))})["Location"]
    assert Block.objects.count() == 0


def test_selected_rows_that_changed_meanwhile_are_not_deleted_r2(root: Client, jam: Event) -> None:
    row = Block.objects.create(neos_id="U-rude", event=jam)
    asked = act(root, "delete_selected", row)
    Block.objects.update(reason="Shouts")
    act(root, "delete_selected", row, post="yes", version=version(asked))
    assert Block.objects.count() == 1
    asked = act(root, "delete_selected", row)
    act(root, "delete_selected", row, post="yes", version=version(asked))
    assert Block.objects.count() == 0


# --- What people are in ------------------------------------------------------------------------


def test_event_with_people_does_not_become_a_draft_r1(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), status="draft", summary="Kept")
    assert "1 person has a place or waits for one, so the event cannot" in refusal(response)
    assert read(response).first("input", name="summary").attributes["value"] == "Kept"
    jam.refresh_from_db()
    assert jam.status == "published"


def test_draft_with_people_in_it_is_edited_published_and_cancelled_r1(
    browser: Client, jam: Event
) -> None:
    for wanted in ("draft", "published", "draft", "cancelled"):
        if wanted == "draft":
            Event.objects.filter(pk=jam.pk).update(status="draft")
        assert save(browser, page_of(jam), status=wanted, title=wanted).status_code == 302
    assert list(Event.objects.values_list("status", flat=True)) == ["cancelled"]


def test_event_with_people_is_not_deleted_and_none_is_named_r1(root: Client, jam: Event) -> None:
    address = f"{EVENTS}{jam.pk}/delete/"
    for answer in (root.get(address), root.post(address, {"post": "yes"})):
        assert "2 registrations were made for it" in read(answer).text
        assert "Guest" not in read(answer).text
    bulk = act(root, "delete_selected", jam, post="yes")
    assert "2 registrations were made for it" in read(bulk).text
    assert Event.objects.count() == 1


def test_cancelling_says_what_it_costs_and_asks_l4(
    browser: Client, jam: Event, superuser: User
) -> None:
    pay_for(jam, superuser)
    response = press_save(browser, page_of(jam), status="cancelled", summary="Kept")

    assert effects(response) == [
        "3 people cannot be reached, because there is no confirmed address.",
        "2 payments go back in full (€10.00), and then the event stays cancelled.",
        "2 of them were noted by hand (€10.00): send the money back yourself, and note it in the "
        "list of payments.",
    ]
    assert read(response).first("input", name="summary").attributes["value"] == "Kept"
    assert Event.objects.get().status == "published"
    assert cancel_event(browser, page_of(jam)).status_code == 302
    assert Event.objects.get().status == "cancelled"


def pay_for(event: Event, by: User) -> None:
    Event.objects.filter(pk=event.pk).update(price=500)
    for _ in range(2):
        held = places.register(user=make_attendee().user, bookable=event)
        manual.mark_paid(registration=held, by=by)


def test_agreement_to_another_sum_does_not_count_l4(
    browser: Client, jam: Event, superuser: User
) -> None:
    pay_for(jam, superuser)
    asked = press_save(browser, page_of(jam), status="cancelled")
    pay_for(jam, superuser)
    answer = browser.post(page_of(jam), fields(asked) | agreement(asked))
    assert "4 payments go back in full (€20.00)" in " ".join(effects(answer))
    assert Event.objects.get().status == "published"


# --- Gone --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [EVENTS, BLOCKS, USERS, GROUPS, REGISTRATIONS])
def test_row_that_was_deleted_is_a_message_m13(root: Client, jam: Event, path: str) -> None:
    for tail in ("change/", "delete/", "history/"):
        for answer in (root.get(f"{path}987654/{tail}"), root.post(f"{path}987654/{tail}")):
            assert answer.status_code in {302, 403, 405}
