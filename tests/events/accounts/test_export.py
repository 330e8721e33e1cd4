"""The file of one's own data: all of it, and nobody else's."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import (
    Attendee,
    Event,
    PageVersion,
    Payment,
    Registration,
)
from tests import platform
from tests.events.accounts.exported import ada, download, write_history
from tests.eventsite.processes import ROOT
from tests.factories import (
    NOON,
    make_announcement,
    make_attendee,
    make_event,
    make_host,
    make_local_attendee,
    make_organizer,
)

__all__ = ["ada"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both]

WALK = {"title": "Walk ada", "address": "http://localhost:8000/events/walk-ada/"}
CLUB = {"title": "Club ada", "address": "http://localhost:8000/hosts/club-ada/"}


def expected_of(place: Registration) -> dict[str, Any]:
    head = {
        "format": "eventsite-account",
        "version": 1,
        "site": "http://localhost:8000",
        "made_at": "2030-06-01T12:00:00Z",
    }
    code = str(place.code)
    number = f"{Payment.objects.get(registration=place).pk:06}"
    about_place = expected_place(code) | expected_money(code, number) | expected_words(code)
    return head | expected_person() | about_place


def expected_person() -> dict[str, Any]:
    return {
        "account": {
            "user_name": "ada", "display_name": "Ada “雨” ☂", "email": "ada@example.org",
            "email_confirmed_at": "2030-05-24T12:00:00Z", "new_email": "new@example.org",
            "time_zone": "Asia/Tokyo", "language": "ja", "has_password": True,
            "is_organizer": False, "joined_at": "2030-05-23T12:00:00Z",
            "last_sign_in_at": "2030-06-01T12:00:00Z",
            "picture": "http://localhost:8000/pictures/ab/",
        },
        "second_factor": {"set_up_at": None, "last_used_at": None, "recovery_codes": 0},
        "neos": {
            "platform": platform.KEY, "id": "U-ada", "name": "Ada", "picture_id": "icon",
            "registered_at": "2030-02-22T12:00:00Z", "email_verified": True, "locked": False,
            "banned_until": "2030-05-29T12:00:00Z", "badges": ["mmc participant"],
            "last_checked_at": "2030-06-01T12:00:00Z", "former_ids": ["U-old"],
        },
        "patreon": {
            "known": True, "supporter": True, "monthly_cents": 600, "total_cents": 9000,
            "counts_until": "2030-06-21T12:00:00Z",
        },
    }  # fmt: skip


def expected_place(code: str) -> dict[str, Any]:
    return {
        "places": [{
            "code": code, "event": WALK, "workshop": "Fog ada", "status": "cancelled",
            "amount": 500, "currency": "EUR", "perk": "Patron",
            "registered_at": "2030-05-27T12:00:00Z", "waitlisted_at": "2030-05-27T12:00:00Z",
            "draw_number": 7, "put_first_at": "2030-05-28T12:00:00Z",
            "overruled": ["closed", "full"],
            "taken_at": "2030-05-29T12:00:00Z", "held_until": "2030-05-30T12:00:00Z",
            "refund_until": "2030-06-02T12:00:00Z", "confirmed_at": "2030-05-30T12:00:00Z",
            "checked_in_at": "2030-05-31T12:00:00Z",
            "left_at": "2030-05-31T12:00:00Z", "ended_at": "2030-06-01T12:00:00Z",
            "name_is_shown": True, "outside_capacity": True, "early_minutes": 30,
            "skipped_for": ["full", "blocked"],
            "answers": [{
                "question": "Why ada?", "answer": "Because ada",
                "answered_at": "2030-05-27T12:00:00Z",
            }],
        }],
    }  # fmt: skip


def expected_money(code: str, number: str) -> dict[str, Any]:
    return {
        "payments": [{
            "number": number, "place": code,
            "provider": "stripe", "amount": 500, "currency": "EUR", "status": "refunded",
            "reason_to_give_back": "cancelled", "asked_at": "2030-05-31T12:00:00Z",
            "paid_at": "2030-05-31T12:00:00Z",
            "refunds": [{
                "amount": 300, "currency": "EUR", "status": "done",
                "begun_at": "2030-05-31T12:00:00Z", "changed_at": "2030-06-01T12:00:00Z",
            }],
            "disputes": [{
                "amount": 200, "currency": "EUR", "status": "won",
                "begun_at": "2030-05-31T12:00:00Z", "changed_at": "2030-06-01T12:00:00Z",
            }],
        }],
    }  # fmt: skip


def expected_words(code: str) -> dict[str, Any]:
    return {
        "messages": [{
            "kind": "registered", "place": code, "event": WALK, "state": "sent",
            "written_at": "2030-05-31T12:00:00Z", "sent_at": "2030-06-01T12:00:00Z",
        }],
        "invitations": [
            {"event": WALK, "workshop": "Fog ada", "used_at": "2030-06-01T12:00:00Z"}
        ],
        "agreements": [{
            "page": {
                "title": "Terms ada", "address": "http://localhost:8000/pages/terms-ada/1/",
            },
            "version": 1, "digest": PageVersion.objects.get(title="Terms ada").digest,
            "language": "ja", "agreed_at": "2030-05-31T12:00:00Z", "place": code,
        }],
        "roles": [{
            "event": WALK, "workshop": "Fog ada", "kind": "speaker", "name_is_shown": True,
            "outside_capacity": True, "early_minutes": 30, "given_at": "2030-05-31T12:00:00Z",
        }],
        "follows": [
            {"host": None, "event": WALK, "since": "2030-05-31T12:00:00Z"},
            {"host": CLUB, "event": None, "since": "2030-06-01T12:00:00Z"},
        ],
        "unwanted_mails": [{"kind": "thanks"}],
        "blocks": [{
            "neos_id": "U-ada", "whole_site": False, "event": WALK,
            "since": "2030-05-26T12:00:00Z",
        }],
        "announcements": [],
        "columns": [],
        "organizes": [],
    }  # fmt: skip


def test_file_has_all_rows_of_the_person_and_nothing_else(client: Client, ada: Attendee) -> None:
    place = write_history(ada, "ada")
    stranger = make_attendee(display_name="Stranger")
    write_history(stranger, "strange")
    client.force_login(ada.user)
    assert download(client) == expected_of(place)


def test_file_has_no_secret_and_no_word_of_others(client: Client, ada: Attendee) -> None:
    write_history(ada, "ada")
    write_history(make_attendee(display_name="Stranger"), "strange")
    client.force_login(ada.user)
    text = json.dumps(download(client))
    ada.user.refresh_from_db()
    hidden = [
        *("token-of-ada", ada.user.password, "key-ada", "ref-ada", "intent-ada", "back-ada"),
        *("re-ada", "dp-ada", "note of ada", "reason ada", "organizer-ada", "/secret-ada/"),
        *("strange", "Stranger", client.session.session_key or "no session"),
    ]
    assert [word for word in hidden if f"{word}" in text] == []


def test_every_name_in_the_file_is_documented(client: Client, ada: Attendee) -> None:
    ada.user.organized_events.add(make_event())
    ada.user.export_columns.create(kind="payments", columns=["name"])
    write_history(ada, "ada")
    client.force_login(ada.user)
    documented = (ROOT / "docs/export.md").read_text("utf-8")
    names = names_in(download(client))
    assert [name for name in names if f"`{name}`" not in documented] == []


def names_in(value: object) -> set[str]:
    if isinstance(value, list):
        return {name for each in value for name in names_in(each)}
    if isinstance(value, dict):
        return {*value, *(name for each in value.values() for name in names_in(each))}
    return set()


def test_somebody_new_has_a_file_with_empty_lists(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    file = download(client)
    lists = (
        *("places", "payments", "messages", "follows", "unwanted_mails", "blocks", "columns"),
        "organizes",
    )
    assert {name: file[name] for name in lists} == {name: [] for name in lists}
    assert (file["neos"]["id"], file["account"]["picture"]) == (None, None)


def test_organizer_finds_what_they_organize_but_nobody_who_comes(client: Client) -> None:
    organizer = make_organizer()
    event = make_event(title="Jam", slug="jam", status="draft", organizers=[organizer])
    host = make_host(event, name="Club", slug="club")
    host.members.add(organizer)
    make_host(name="Not theirs")
    organizer.export_columns.create(kind="payments", columns=["name", "amount"])
    make_organizer().export_columns.create(kind="payments", columns=["note"])
    Registration.objects.create(
        attendee=make_attendee(display_name="Guest"), event=event, status="confirmed",
        created_at=NOON, taken_at=NOON, confirmed_at=NOON,
    )  # fmt: skip
    client.force_login(organizer)
    file = download(client)
    assert file["columns"] == [{"kind": "payments", "columns": ["name", "amount"]}]
    assert file["organizes"] == [
        {"kind": "event", "title": "Jam", "address": "http://localhost:8000/events/jam/"},
        {"kind": "host", "title": "Club", "address": "http://localhost:8000/hosts/club/"},
    ]
    assert (file["account"]["is_organizer"], "Guest" in json.dumps(file)) == (True, False)


def test_organizer_finds_what_they_wrote_to_people(client: Client) -> None:
    organizer = make_organizer()
    event = make_event(title="Jam", slug="jam", organizers=[organizer])
    make_announcement(event, author=organizer, sent_at=NOON)
    make_announcement(event, author=make_organizer())
    client.force_login(organizer)
    assert download(client)["announcements"] == [
        {
            "event": {"title": "Jam", "address": "http://localhost:8000/events/jam/"},
            "to": "everybody",
            "texts": {"en": {"subject": "News", "body": "Hello {name}"}},
            "written_at": "2030-06-01T12:00:00Z",
            "sent_at": "2030-06-01T12:00:00Z",
        }
    ]


def test_event_that_is_a_draft_now_is_not_told(client: Client, ada: Attendee) -> None:
    write_history(ada, "ada")
    Event.objects.update(status="draft", title="New secret")
    client.force_login(ada.user)
    file = download(client)
    assert [row["event"] for row in (*file["places"], *file["messages"])] == [None, None]
    assert (len(file["follows"]), file["blocks"]) == (1, [])
    assert "New secret" not in json.dumps(file)


def test_events_have_their_main_titles_in_every_language(client: Client, ada: Attendee) -> None:
    write_history(ada, "ada")
    Event.objects.update(title="祭り", written_in="ja", translations={"en": {"title": "Festival"}})
    client.force_login(ada.user)
    file = download(client)
    assert {row["event"]["title"] for row in file["places"]} == {"祭り"}


def test_long_history_costs_as_many_queries_as_a_short_one(
    client: Client, ada: Attendee, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(ada.user)
    costs = []
    for number in range(2):
        for each in range(1 + 5 * number):
            write_history(ada, f"{number}-{each}")
        with django_assert_max_num_queries(23) as captured:
            download(client)
        costs.append(len(captured))
    assert costs[0] == costs[1]
