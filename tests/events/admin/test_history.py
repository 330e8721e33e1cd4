"""The history page of an object says what was done with it, in sentences."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import places
from events.models import Block, Event, FormerAddress, Registration
from tests.factories import make_announcement, make_event, make_workshop

from .conftest import SignedIn
from .pages import EVENTS, REGISTRATIONS, act, confirm, delete, page_of, read, save

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
    assert history(browser, page_of(jam).removesuffix("change/")) == ["Summary: nothing → Louder"]


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


# --- Values before and after ---------------------------------------------------------------------


def lines(browser: Client, event: Event) -> list[str]:
    """Return the differences of the newest entry, each as a reader sees it."""
    page = read(browser.get(f"{page_of(event).removesuffix('change/')}history/"))
    cells = [list(row.all("td"))[-1] for row in page.first("tbody").all("tr")]
    return [item.text for item in cells[-1].all("li")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "Big jam"}, "Title: Jam → Big jam"),
        ({"capacity": ""}, "Capacity: 5 → no limit"),
        ({"price": "15.00"}, "Price: free → €15.00"),
        ({"patron_cents": "5"}, "Needs a Patreon pledge of: nothing → $5.00"),
        ({"has_waitlist": []}, "Waitlist: yes → no"),
        ({"kind": "workshop"}, "Kind: Meet-up → Workshop"),
        ({"slug": "big-jam"}, "Web address: jam → big-jam"),
        ({"title_ja": "散歩"}, "Title (日本語): nothing → 散歩"),
        (
            {"closes_at_0": "2030-06-08", "closes_at_1": "10:00"},
            "Registration closes: nothing → Sat 8 June 2030, 10:00 (UTC)",
        ),
        (
            {"length": "3:00"},
            "Ends: Sat 8 June 2030, 14:00 (UTC) → Sat 8 June 2030, 15:00 (UTC)",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_history_says_each_value_before_and_after(
    browser: Client, jam: Event, changes: dict[str, str], said: str
) -> None:
    save(browser, page_of(jam), **changes)
    assert lines(browser, jam) == [said]


def test_history_names_the_person_and_the_time_in_the_zone_of_the_event(
    browser: Client, jam: Event
) -> None:
    Event.objects.update(time_zone="Asia/Tokyo")
    save(browser, page_of(jam), title="Big jam")
    page = read(browser.get(f"{page_of(jam).removesuffix('change/')}history/"))
    row = next(page.first("tbody").all("tr"))
    assert row.first("th").text == "Sat 1 June 2030, 21:00 (Asia/Tokyo)"
    assert next(row.all("td")).text == "mika"


def test_history_names_workshops_that_were_added_changed_and_deleted(
    browser: Client, jam: Event
) -> None:
    dance = make_workshop(jam, title="Dance")
    save(browser, page_of(jam), **{"workshops-0-summary": "Loud"})
    save(browser, page_of(jam), **{"workshops-1-DELETE": "on"})
    entries = history(browser, page_of(jam).removesuffix("change/"))
    assert entries == [
        "Workshop “ Mixing ” changed: Summary: nothing → Loud",
        f"Workshop “ {dance.title} ” deleted.",
    ]


def test_untouched_description_is_not_in_the_history(browser: Client, jam: Event) -> None:
    """Browsers send other line endings than are stored, and a save cleans trailing blanks."""
    Event.objects.update(description="One\r\ntwo  \r\n")
    save(browser, page_of(jam), title="Big jam")
    assert lines(browser, jam) == ["Title: Jam → Big jam"]


def test_gate_that_a_price_forces_is_not_in_the_history(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), price="15.00")
    save(browser, page_of(jam), title="Big jam")
    assert lines(browser, jam) == ["Title: Jam → Big jam"]


def test_long_text_is_shown_around_its_first_difference(browser: Client, jam: Event) -> None:
    Event.objects.update(description="a" * 500)
    save(browser, page_of(jam), description="a" * 490 + "END")
    page = read(browser.get(f"{page_of(jam).removesuffix('change/')}history/"))
    details = page.first("details")
    assert details.first("summary").text == "Description: 500 → 493 characters"
    assert details.first("ins").text == "…" + "a" * 40 + "END"


def test_values_of_the_history_are_escaped(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), title="<b>Jam</b>")
    assert lines(browser, jam) == ["Title: Jam → <b>Jam</b>"]


def test_history_is_read_in_the_language_of_the_reader(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), price="15.00")
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ja"
    assert lines(browser, jam) == ["参加費: 無料 → €15.00"]


def test_history_costs_the_same_for_many_entries(browser: Client, jam: Event) -> None:
    address = f"{page_of(jam).removesuffix('change/')}history/"
    counted = []
    for title in ("One", "Two"):
        save(browser, page_of(jam), title=title)
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        counted.append(len(captured))
        entry = LogEntry.objects.last()
        assert entry is not None
        LogEntry.objects.bulk_create(
            LogEntry(
                user=entry.user,
                content_type=entry.content_type,
                object_id=entry.object_id,
                action_flag=CHANGE,
                change_message=entry.change_message,
            )
            for _ in range(30)
        )
    assert counted[0] == counted[1]


# --- Deleting an empty draft ---------------------------------------------------------------------


def may_delete(browser: Client, event: Event) -> bool:
    page = browser.get(page_of(event)).content.decode()
    answer = delete(browser, page_of(event).removesuffix("change/"))
    is_gone = not Event.objects.filter(pk=event.pk).exists()
    assert ("deletelink" in page, answer.status_code) == ((True, 302) if is_gone else (False, 403))
    return is_gone


def test_organizer_deletes_their_own_empty_draft(browser: Client, mika: User) -> None:
    draft = make_event(organizers=[mika], status="draft")
    make_workshop(draft)
    FormerAddress.objects.create(slug="old", event=draft)
    Block.objects.create(neos_id="U-rude", event=draft)
    make_announcement(draft)
    until = timezone.now() + timedelta(days=1)
    places.invite(bookable=draft, by=mika, because="a speaker", until=until)
    assert may_delete(browser, draft) is True


@pytest.mark.parametrize("status", ["published", "cancelled"])
def test_organizer_deletes_no_event_that_people_have_seen(
    browser: Client, mika: User, status: str
) -> None:
    assert may_delete(browser, make_event(organizers=[mika], status=status)) is False


def test_organizer_deletes_no_draft_for_which_somebody_once_signed_up(
    browser: Client, jam: Event
) -> None:
    for registration in Registration.objects.filter(workshop=None):
        places.cancel(registration=registration, in_full=True)
    Event.objects.update(status="draft")
    assert may_delete(browser, jam) is False


def test_draft_of_another_organizer_is_not_there(
    signed_in: SignedIn, robin: User, mika: User
) -> None:
    draft = make_event(organizers=[mika], status="draft")
    other = signed_in(robin).get(f"/admin/events/event/{draft.pk}/delete/")
    assert (other.status_code, Event.objects.count()) == (403, 1)


def test_list_offers_organizers_no_deletion_of_several(browser: Client, jam: Event) -> None:
    assert b"delete_selected" not in browser.get("/admin/events/event/").content


@pytest.mark.parametrize("text", ["[1]", "[null]", '[{"changed": null}]', '[{"changed": [2]}]'])
def test_list_that_tells_no_change_is_shown_as_it_is(
    browser: Client, jam: Event, mika: User, text: str
) -> None:
    LogEntry.objects.log_actions(mika.pk, [jam], CHANGE, text, single_object=True)
    response = browser.get(f"{EVENTS}{jam.pk}/history/")
    assert (response.status_code, text in read(response).raw) == (200, True)
