"""The file of one's own data: all of it, nobody else's, and only for who is there."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import (
    Attendee,
    Block,
    Dispute,
    Event,
    Follow,
    FormerNeosId,
    MutedTopic,
    Notification,
    Payment,
    Picture,
    PlaceInvitation,
    Refund,
    Registration,
)
from tests.eventsite.processes import ROOT
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_local_attendee,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both]

FILE = "/account/data/file/"
SECRET = {"current_password": "secret"}
DAY = timedelta(days=1)


def download(client: Client, **typed: str) -> dict[str, Any]:
    response = client.post(FILE, SECRET | typed)
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="account-2030-06-01.json"'
    loaded: dict[str, Any] = json.loads(b"".join(response.streaming_content))
    return loaded


# --- All of it -----------------------------------------------------------------------------------


@pytest.fixture
def ada() -> Attendee:
    user = make_user(username="ada", email="ada@example.org")
    User.objects.filter(pk=user.pk).update(date_joined=NOON - 9 * DAY)
    picture = Picture.objects.create(digest="ab", content=b"x", content_type="image/webp")
    attendee = make_attendee(
        user=User.objects.get(pk=user.pk), display_name="Ada “雨” ☂", neos_id="U-ada",
        neos_username="Ada", neos_icon="icon", picture=picture, picture_of="icon",
        neos_registered_at=NOON - 99 * DAY, neos_banned_until=NOON - 3 * DAY,
        neos_tags=["mmc participant"], time_zone="Asia/Tokyo", language="ja",
        email_confirmed_at=NOON - 8 * DAY, pending_email="new@example.org",
        patreon_supporter=True, patreon_cents=600, patreon_total_cents=9000,
        patreon_until=NOON + 20 * DAY, calendar_token="token-of-ada",
    )  # fmt: skip
    FormerNeosId.objects.create(attendee=attendee, neos_id="U-old")
    return attendee


def write_history(attendee: Attendee, tag: str) -> Registration:
    """Write rows of every kind as they are, by no code of the site."""
    event = make_event(title=f"Walk {tag}", slug=f"walk-{tag}", price=500)
    part = make_workshop(event, title=f"Fog {tag}", slug="fog")
    organizer = make_organizer(username=f"organizer-{tag}")
    place = Registration.objects.create(
        attendee=attendee, event=event, workshop=part, status="cancelled", amount=500,
        currency="EUR", perk_label="Patron", created_at=NOON - 5 * DAY,
        waitlisted_at=NOON - 5 * DAY, draw_rank=7, promoted_at=NOON - 4 * DAY,
        promoted_by=organizer, taken_at=NOON - 3 * DAY, hold_until=NOON - 2 * DAY,
        refund_until=NOON + DAY, refund_days=1, confirmed_at=NOON - 2 * DAY,
        checked_in_at=NOON - DAY, ended_at=NOON, is_shown=True, passed_over_for="full+blocked+",
        given_because=f"word of {tag}", overruled="closed+full+",
    )  # fmt: skip
    PlaceInvitation.objects.create(
        event=event, workshop=part, digest=f"digest-{tag}", reason=f"why {tag}",
        created_by=organizer, created_at=NOON - DAY, expires_at=NOON + DAY, used_at=NOON,
        used_by=attendee,
    )  # fmt: skip
    paid = Payment.objects.create(
        registration=place, provider="stripe", key=f"key-{tag}", reference=f"ref-{tag}",
        intent=f"intent-{tag}", amount=500, currency="EUR", status="refunded",
        problem="cancelled", recorded_by=organizer, note=f"note of {tag}", created_at=NOON - DAY,
        paid_at=NOON - DAY,
    )  # fmt: skip
    Refund.objects.create(
        payment=paid, key=f"back-{tag}", amount=300, currency="EUR", status="done",
        reference=f"re-{tag}", note="why", created_at=NOON - DAY, finished_at=NOON,
    )  # fmt: skip
    Dispute.objects.create(
        payment=paid, reference=f"dp-{tag}", amount=200, currency="EUR", status="won",
        told_at=NOON, created_at=NOON - DAY,
    )  # fmt: skip
    Notification.objects.create(
        attendee=attendee, kind="registered", subject=f"registration:{place.code}",
        registration=place, event=event, facts={"back": f"/secret-{tag}/"}, state="sent",
        created_at=NOON - DAY, sent_at=NOON,
    )  # fmt: skip
    MutedTopic.objects.get_or_create(attendee=attendee, topic="thanks")
    Follow.objects.create(attendee=attendee, event=event, created_at=NOON - DAY)
    host = make_host(name=f"Club {tag}", slug=f"club-{tag}")
    Follow.objects.create(attendee=attendee, host=host, created_at=NOON)
    block = Block.objects.create(
        neos_id=attendee.neos_id, event=event, reason=f"reason {tag}", created_by=organizer
    )
    Block.objects.filter(pk=block.pk).update(created_at=NOON - 6 * DAY)
    return place


def expected_of(place: Registration) -> dict[str, Any]:
    walk = {"title": "Walk ada", "address": "http://localhost:8000/events/walk-ada/"}
    club = {"title": "Club ada", "address": "http://localhost:8000/hosts/club-ada/"}
    code = str(place.code)
    return {
        "format": "eventsite-account",
        "version": 1,
        "site": "http://localhost:8000",
        "made_at": "2030-06-01T12:00:00Z",
        "account": {
            "user_name": "ada", "display_name": "Ada “雨” ☂", "email": "ada@example.org",
            "email_confirmed_at": "2030-05-24T12:00:00Z", "new_email": "new@example.org",
            "time_zone": "Asia/Tokyo", "language": "ja", "has_password": True,
            "is_organizer": False, "joined_at": "2030-05-23T12:00:00Z",
            "last_sign_in_at": "2030-06-01T12:00:00Z",
            "picture": "http://localhost:8000/pictures/ab/",
        },
        "neos": {
            "id": "U-ada", "name": "Ada", "picture_id": "icon",
            "registered_at": "2030-02-22T12:00:00Z", "email_verified": True, "locked": False,
            "banned_until": "2030-05-29T12:00:00Z", "badges": ["mmc participant"],
            "last_checked_at": "2030-06-01T12:00:00Z", "former_ids": ["U-old"],
        },
        "patreon": {
            "known": True, "supporter": True, "monthly_cents": 600, "total_cents": 9000,
            "counts_until": "2030-06-21T12:00:00Z",
        },
        "places": [{
            "code": code, "event": walk, "workshop": "Fog ada", "status": "cancelled",
            "amount": 500, "currency": "EUR", "perk": "Patron",
            "registered_at": "2030-05-27T12:00:00Z", "waitlisted_at": "2030-05-27T12:00:00Z",
            "draw_number": 7, "put_first_at": "2030-05-28T12:00:00Z",
            "overruled": ["closed", "full"],
            "taken_at": "2030-05-29T12:00:00Z", "held_until": "2030-05-30T12:00:00Z",
            "refund_until": "2030-06-02T12:00:00Z", "confirmed_at": "2030-05-30T12:00:00Z",
            "checked_in_at": "2030-05-31T12:00:00Z", "ended_at": "2030-06-01T12:00:00Z",
            "name_is_shown": True, "skipped_for": ["full", "blocked"],
        }],
        "payments": [{
            "number": f"{Payment.objects.get(registration=place).pk:06}", "place": code,
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
        "messages": [{
            "kind": "registered", "place": code, "event": walk, "state": "sent",
            "written_at": "2030-05-31T12:00:00Z", "sent_at": "2030-06-01T12:00:00Z",
        }],
        "invitations": [
            {"event": walk, "workshop": "Fog ada", "used_at": "2030-06-01T12:00:00Z"}
        ],
        "follows": [
            {"host": None, "event": walk, "since": "2030-05-31T12:00:00Z"},
            {"host": club, "event": None, "since": "2030-06-01T12:00:00Z"},
        ],
        "unwanted_mails": [{"kind": "thanks"}],
        "blocks": [{
            "neos_id": "U-ada", "whole_site": False, "event": walk,
            "since": "2030-05-26T12:00:00Z",
        }],
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


#: Fields that are not in the file, and why; the others are, under the names of docs/export.md.
LEFT_OUT: dict[type[Model], dict[str, str]] = {
    User: {
        **dict.fromkeys(["id", "first_name", "last_name"], "never shown, or never filled"),
        "password": "a secret",
        **dict.fromkeys(["is_active", "is_superuser"], "true, and about rights"),
    },
    Attendee: {
        **dict.fromkeys(["id", "user", "picture_of", "picture_tried_at"], "of no meaning outside"),
        "calendar_token": "a secret",
        **dict.fromkeys(["erased_at", "left_by_choice"], "nobody erased signs in"),
    },
    Registration: {
        **dict.fromkeys(["id", "attendee", "turn", "filling_pass", "overtook"], "about the line"),
        "promoted_by": "somebody else's name",
        "is_owed_reasons": "a message is being written",
        "refund_days": "`refund_until` follows from it",
        "given_because": "others' words",
    },
    Payment: {
        **dict.fromkeys(["key", "reference", "intent"], "a provider's"),
        **dict.fromkeys(["recorded_by", "decided_by"], "others' names"),
        **dict.fromkeys(["note", "decision"], "others' words"),
        "error": "of the provider, for organizers",
    },
    Refund: {
        **dict.fromkeys(["id", "payment", "key", "reference", "spent_keys"], "a provider's"),
        **dict.fromkeys(["requested_by", "note"], "others' names and words"),
        **dict.fromkeys(["error", "by_provider", "tries", "try_at"], "how it was tried"),
    },
    Dispute: {**dict.fromkeys(["id", "payment", "reference"], "a provider's")},
    Notification: {
        **dict.fromkeys(["id", "attendee", "subject", "facts"], "the key, and what a link needs"),
        **dict.fromkeys(["tries", "next_try_at", "last_error"], "how it was tried"),
    },
    PlaceInvitation: {
        **dict.fromkeys(["id", "used_by", "revoked_at"], "of no meaning outside"),
        "digest": "of a secret",
        **dict.fromkeys(["reason", "created_by"], "others' names and words"),
        **dict.fromkeys(["created_at", "expires_at"], "about the link, whoever used it"),
    },
    Follow: {**dict.fromkeys(["id", "attendee"], "of no meaning outside")},
    MutedTopic: {**dict.fromkeys(["id", "attendee"], "of no meaning outside")},
    FormerNeosId: {**dict.fromkeys(["id", "attendee"], "of no meaning outside")},
    Block: {
        "id": "of no meaning outside",
        **dict.fromkeys(["reason", "created_by"], "others' names and words"),
    },
}  # fmt: skip
TOLD: dict[type[Model], set[str]] = {
    User: {"username", "email", "is_staff", "last_login", "date_joined"},
    Attendee: {
        *("display_name", "time_zone", "language", "email_confirmed_at", "pending_email"),
        *("neos_id", "neos_username", "neos_icon", "picture", "neos_registered_at"),
        *("neos_email_verified", "neos_locked", "neos_banned_until", "neos_tags", "verified_at"),
        *("patreon_known", "patreon_supporter", "patreon_cents", "patreon_total_cents"),
        "patreon_until",
    },
    Registration: {
        *("code", "event", "workshop", "status", "amount", "currency", "perk_label", "is_shown"),
        *("refund_until", "hold_until", "created_at", "waitlisted_at", "draw_rank", "promoted_at"),
        "overruled",
        *("taken_at", "passed_over_for", "confirmed_at", "ended_at", "checked_in_at"),
    },
    Payment: {
        *("id", "registration", "provider", "amount", "currency", "status", "problem"),
        *("created_at", "paid_at"),
    },
    Refund: {"amount", "currency", "status", "created_at", "finished_at"},
    Dispute: {"amount", "currency", "status", "created_at", "told_at"},
    Notification: {"kind", "registration", "event", "state", "created_at", "sent_at"},
    PlaceInvitation: {"event", "workshop", "used_at"},
    Follow: {"event", "host", "created_at"},
    MutedTopic: {"topic"},
    FormerNeosId: {"neos_id"},
    Block: {"neos_id", "event", "created_at"},
}


@pytest.mark.parametrize("model", TOLD, ids=lambda model: model.__name__)
def test_every_column_about_a_person_is_told_or_left_out_for_a_reason(model: type[Model]) -> None:
    columns = {field.name for field in model._meta.concrete_fields}
    assert columns == TOLD[model] | set(LEFT_OUT[model])


def test_every_table_about_a_person_is_told() -> None:
    """Those that belong to an attendee, or to what they have; what organizers did is not theirs."""
    about = {
        relation.related_model
        for model in (Attendee, Registration, Payment)
        for relation in model._meta.related_objects
    }
    assert about - set(TOLD) == set()


def test_every_name_in_the_file_is_documented(client: Client, ada: Attendee) -> None:
    ada.user.organized_events.add(make_event())
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
    lists = ("places", "payments", "messages", "follows", "unwanted_mails", "blocks", "organizes")
    assert {name: file[name] for name in lists} == {name: [] for name in lists}
    assert (file["neos"]["id"], file["account"]["picture"]) == (None, None)


def test_organizer_finds_what_they_organize_but_nobody_who_comes(client: Client) -> None:
    organizer = make_organizer()
    event = make_event(title="Jam", slug="jam", status="draft", organizers=[organizer])
    host = make_host(event, name="Club", slug="club")
    host.members.add(organizer)
    make_host(name="Not theirs")
    Registration.objects.create(
        attendee=make_attendee(display_name="Guest"), event=event, status="confirmed",
        created_at=NOON, taken_at=NOON, confirmed_at=NOON,
    )  # fmt: skip
    client.force_login(organizer)
    file = download(client)
    assert file["organizes"] == [
        {"kind": "event", "title": "Jam", "address": "http://localhost:8000/events/jam/"},
        {"kind": "host", "title": "Club", "address": "http://localhost:8000/hosts/club/"},
    ]
    assert (file["account"]["is_organizer"], "Guest" in json.dumps(file)) == (True, False)


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
        with django_assert_max_num_queries(20) as captured:
            download(client)
        costs.append(len(captured))
    assert costs[0] == costs[1]


# --- Only for who is there -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Please type your password"), ("wrong", "This is not your password.")],
)
def test_file_asks_for_the_password(client: Client, typed: str, sentence: str) -> None:
    client.force_login(make_local_attendee().user)
    response = client.post(FILE, {"current_password": typed})
    assert (response.status_code, response.streaming) == (200, False)
    assert sentence in response.content.decode()


def test_file_asks_who_has_no_password_for_a_new_sign_in(
    client: Client, clock: time_machine.Traveller
) -> None:
    attendee = make_attendee(neos_id="U-gearfox")
    client.force_login(attendee.user)
    for answer in (client.get("/account/data/"), client.post(FILE)):
        page = answer.content.decode()
        found = ('name="next" value="/account/data/"' in page, "Save the file" in page)
        assert found == (True, False)
    sign_in(client)
    assert "Save the file" in client.get("/account/data/").content.decode()
    assert download(client)["neos"]["id"] == "U-gearfox"
    clock.shift(timedelta(minutes=11))
    assert client.post(FILE).streaming is False


def test_sign_in_of_somebody_else_gives_no_file(client: Client) -> None:
    attendee = make_attendee()
    sign_in(client, profile(id="U-other"))
    client.force_login(attendee.user)
    assert client.post(FILE).streaming is False


def test_stranger_is_led_to_the_sign_in(client: Client) -> None:
    assert client.post(FILE)["Location"] == f"/accounts/login/?next={FILE}"
    assert client.get("/account/data/")["Location"] == "/accounts/login/?next=/account/data/"


def test_file_needs_the_token_of_the_form() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_local_attendee().user)
    assert browser.post(FILE, SECRET).status_code == 403


def test_file_is_given_a_few_times_an_hour_and_counts_as_no_wrong_password(client: Client) -> None:
    user = make_local_attendee().user
    client.force_login(user)
    answers = [client.post(FILE, SECRET).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert client.post("/account/delete/", {"current_password": "wrong"}).status_code == 200


def test_password_is_guessed_no_more_often_by_asking_for_the_file(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    wrong = {"current_password": "wrong"}
    answers = [client.post("/account/delete/", wrong).status_code for _ in range(6)]
    answers += [client.post(FILE, wrong).status_code for _ in range(5)]
    assert answers == [200] * 10 + [429]
