"""The history page of an object says what was done with it, in sentences."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Registration

from .conftest import SignedIn
from .pages import REGISTRATIONS, act, confirm, page_of, read, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def history(browser: Client, address: str) -> list[str]:
    table = read(browser.get(f"{address}history/")).first("table").first("tbody")
    return [list(row.all("td"))[-1].text for row in table.all("tr")]


def test_history_says_what_actions_did(browser: Client, held: list[Registration]) -> None:
    registration = held[0]
    confirm(browser, "mark_paid", registration)
    confirm(browser, "check_in", registration)
    act(browser, "undo_check_in", registration)
    confirm(browser, "cancel", registration)
    assert history(browser, f"{REGISTRATIONS}{registration.pk}/") == [
        "Marked €5.00 as received.",
        "Checked in.",
        "Check-in taken back. It was noted at Sat 1 June 2030, 12:00 (UTC).",
        "Cancelled.",
    ]


def test_history_says_which_fields_were_changed(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), summary="Louder")
    assert history(browser, page_of(jam).removesuffix("change/")) == ["Changed Summary."]


def test_history_shows_older_entries_as_they_were_written(
    browser: Client, mika: User, held: list[Registration]
) -> None:
    LogEntry.objects.log_actions(mika.pk, held[:1], CHANGE, "Acted by hand.", single_object=True)
    assert history(browser, f"{REGISTRATIONS}{held[0].pk}/") == ["Acted by hand."]


def test_history_of_another_organizers_rows_is_closed(
    signed_in: SignedIn, robin: User, browser: Client, held: list[Registration]
) -> None:
    confirm(browser, "cancel", held[0])
    response = signed_in(robin).get(f"{REGISTRATIONS}{held[0].pk}/history/")
    assert (response.status_code, b"Cancelled." in response.content) == (302, False)
