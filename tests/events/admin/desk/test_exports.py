"""The page of lists: what is ticked is downloaded, remembered, and nothing else."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events import places
from events.desk.tables import TABLES
from events.models import Attendee, Event, ExportColumns, Registration
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import body, make_money
from tests.events.admin.pages import read, said
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import register
from tests.sheets import Sheet, sheet_of

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KINDS = ["registrations", "attendees", "payments"]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", slug="jam", organizers=[mika], starts_at=NOON)


def lists_of(event: Event) -> str:
    return reverse("admin:events_event_exports", args=[event.pk])


def ask(
    browser: Client, event: Event, kind: str, *columns: str, form: str = "csv", **more: Any
) -> HttpResponse:
    every = [column.name for column in TABLES[kind].columns]
    sent = {"list": kind, "form": form, "columns": columns or every}
    return browser.post(lists_of(event), sent | more)


def table(browser: Client, event: Event, kind: str, *columns: str) -> list[dict[str, str]]:
    text = body(ask(browser, event, kind, *columns)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheet(browser: Client, event: Event, kind: str, *columns: str) -> Sheet:
    return sheet_of(ask(browser, event, kind, *columns, form="xlsx"))


def ticked(browser: Client, event: Event) -> dict[str, list[str]]:
    """Return by list which boxes are ticked on the page."""
    forms = read(browser.get(lists_of(event))).all("form", class_="export")
    return {
        form.first("input", name="list").attributes["value"]: [
            box.attributes["value"]
            for box in form.all("input", name="columns")
            if "checked" in box.attributes
        ]
        for form in forms
    }


# --- What stands in the files --------------------------------------------------------------------


def test_registrations_have_all_that_happened_to_a_place(
    browser: Client, mika: User, jam: Event, clock: time_machine.Traveller
) -> None:
    ada = make_attendee(neos_id="U-ada", neos_username="xX_ada", display_name="Ada\nB")
    place = register(ada, jam)
    places.check_in(registration=place, by=mika)
    Registration.objects.update(amount=1250, perk_label="Patron")
    expected = {
        "registration": str(place.code),
        "name": "Ada B",
        "neos_id": "U-ada",
        "neos_name": "xX_ada",
        "for": "Jam",
        "status": "confirmed",
        "amount": "12.50",
        "currency": "EUR",
        "perk": "Patron",
        "registered": "2030-06-01T12:00:00Z",
        "waitlisted": "",
        "draw_number": "",
        "promoted": "",
        "taken": "2030-06-01T12:00:00Z",
        "held_until": "",
        "confirmed": "2030-06-01T12:00:00Z",
        "refund_until": "",
        "checked_in": "2030-06-01T12:00:00Z",
        "checked_in_by": "mika",
        "left": "",
        "ended": "",
    }
    assert table(browser, jam, "registrations") == [expected]
    found = sheet(browser, jam, "registrations")
    assert (found.title, found.rows[0]) == ("registrations", [*expected])
    written = {name: value for name, value in found.records[0].items() if value}
    whole = {name: value for name, value in expected.items() if value}
    assert written == whole | {"amount": "12.5"}


def test_registrations_have_every_row_oldest_first(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    mixing = make_workshop(jam, title="Mixing")
    ada = make_attendee(neos_username="Ada")
    first = register(ada, jam)
    clock.shift(timedelta(seconds=1))
    register(ada, mixing)
    Registration.objects.filter(pk=first.pk).update(status="cancelled", ended_at=NOON)
    register(make_attendee(), make_event())
    rows = table(browser, jam, "registrations", "for", "status")
    assert rows == [
        {"for": "Jam", "status": "cancelled"},
        {"for": "Mixing", "status": "confirmed"},
    ]


def test_attendees_are_one_row_each_with_their_workshops(browser: Client, jam: Event) -> None:
    ada = make_attendee(neos_id="U-ada", neos_username="Ada", time_zone="Asia/Tokyo")
    place = register(ada, jam)
    for title, capacity, hour in [("Mixing", 5, 1), ("Fog", 0, 2)]:
        starts_at = NOON + timedelta(hours=hour)
        register(ada, make_workshop(jam, title=title, capacity=capacity, starts_at=starts_at))
    gone = register(make_attendee(neos_username="Gone"), jam)
    places.cancel(registration=gone, in_full=False)
    stale = make_attendee(neos_username="Stale", neos_locked=True)
    register(stale, jam)
    Attendee.objects.filter(pk=ada.pk).update(email_confirmed_at=NOON)
    User.objects.filter(pk=ada.user_id).update(email="ada@example.org")

    rows = table(browser, jam, "attendees")

    assert rows[0] == {
        "name": "Ada",
        "neos_id": "U-ada",
        "neos_name": "Ada",
        "status": "confirmed",
        "workshops": "Mixing; Fog (waitlisted)",
        "perk": "",
        "checked_in": "",
        "verified": "yes",
        "gets_mail": "yes",
        "time_zone": "Asia/Tokyo",
        "registered": "2030-06-01T12:00:00Z",
        "registration": str(place.code),
    }
    assert [(row["name"], row["verified"], row["gets_mail"]) for row in rows[1:]] == [
        ("Stale", "no", "no")
    ]


def test_payments_are_those_of_the_money_page(browser: Client, jam: Event) -> None:
    make_money(jam, amount=1234567, currency="KWD", reference="TX-1")
    rows = table(browser, jam, "payments")
    text = body(browser.get(reverse("admin:events_event_money_csv", args=[jam.pk])))
    assert rows == list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    (record,) = sheet(browser, jam, "payments").records
    assert (record["amount"], record["currency"]) == ("1234.567", "KWD")


@pytest.mark.parametrize("kind", KINDS)
def test_lists_tell_no_address_and_no_pledge(browser: Client, jam: Event, kind: str) -> None:
    user = make_user(username="guest", email="needle@example.org")
    guest = make_attendee(
        user=user, patreon_cents=987654, patreon_total_cents=9876543, email_confirmed_at=NOON
    )
    make_money(jam, attendee=guest)
    text = body(ask(browser, jam, kind))
    cells = {cell for row in sheet(browser, jam, kind).rows for cell in row}
    found = [word for word in ("U-person", "needle", "@", "9876") if word in text]
    assert found == ["U-person"]
    assert [cell for cell in cells if "needle" in cell or "@" in cell or "9876" in cell] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["=1+1", "\uff1d1+1", "@SUM(A1)", "\r\n=1+1", "+49 1", "-1+1"])
def test_lists_hold_no_formula(browser: Client, jam: Event, kind: str, name: str) -> None:
    make_money(jam, attendee=make_attendee(display_name=name, neos_username=name), note=name)
    (row,) = table(browser, jam, kind)
    assert row["name"] == f"'{' '.join(name.split())}"
    found = sheet(browser, jam, kind)
    assert (found.records[0]["name"], found.kinds & {"formula"}) == (" ".join(name.split()), set())


# --- The file ------------------------------------------------------------------------------------


def test_file_is_streamed_under_a_name_with_event_and_day(browser: Client, jam: Event) -> None:
    Event.objects.update(time_zone="Asia/Tokyo", slug="jam/../x")
    for form, content_type in [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ]:
        response = ask(browser, jam, "attendees", form=form)
        assert (response.streaming, response["Content-Type"]) == (True, content_type)
        name = f"attendees-jam-x-2030-06-01.{form}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "private" in response["Cache-Control"]
        assert b"".join(response.streaming_content) != b""  # type: ignore[attr-defined]
    text = body(ask(browser, jam, "attendees"))
    assert (text[0], text.count("\ufeff")) == ("\ufeff", 1)


def test_day_in_the_name_is_that_of_the_event(
    signed_in: SignedIn, mika: User, jam: Event, clock: time_machine.Traveller
) -> None:
    Event.objects.update(time_zone="Asia/Tokyo")
    clock.shift(timedelta(hours=4))
    named = ask(signed_in(mika), jam, "attendees")["Content-Disposition"]
    assert "2030-06-02" in named


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", KINDS)
def test_file_costs_the_same_with_more_rows(
    browser: Client,
    jam: Event,
    kind: str,
    form: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ask(browser, jam, kind)
    expected = {"registrations": 12, "attendees": 11, "payments": 12}
    for wanted in [1, 30]:
        while Registration.objects.count() < wanted:
            make_money(jam)
        with django_assert_num_queries(expected[kind]):
            response = ask(browser, jam, kind, form=form)
            content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert content[:2] == (b"PK" if form == "xlsx" else b"\xef\xbb")


# --- Columns -------------------------------------------------------------------------------------


def test_all_are_ticked_until_somebody_chooses(browser: Client, jam: Event) -> None:
    every = {kind: [column.name for column in table.columns] for kind, table in TABLES.items()}
    assert ticked(browser, jam) == every


def test_choice_is_remembered_for_one_organizer_and_one_list(
    browser: Client, signed_in: SignedIn, robin: User, jam: Event
) -> None:
    every = ticked(browser, jam)
    sheet(browser, jam, "payments", "amount", "name")
    ask(browser, jam, "payments", "name", "note", "nonsense")
    other = make_event(organizers=[robin, *jam.organizers.all()])

    assert ticked(browser, other) == every | {"payments": ["name", "note"]}
    assert ticked(signed_in(robin), other) == every
    assert ExportColumns.objects.count() == 1


def test_columns_stand_in_the_order_of_the_list(browser: Client, jam: Event) -> None:
    text = body(ask(browser, jam, "payments", "note", "payment", "name"))
    assert text == "\ufeffpayment,name,note\r\n"


def test_nothing_ticked_is_said_and_changes_nothing(browser: Client, jam: Event) -> None:
    for columns in [[], ["nonsense"]]:
        response = browser.post(
            lists_of(jam), {"list": "payments", "form": "csv", "columns": columns}
        )
        assert response["Location"] == lists_of(jam)
        assert said(response)[-1] == "Nothing was ticked. Tick at least one column."
    assert ExportColumns.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"list": "secrets"}, {"list": ""}, {"form": "exe"}])
def test_list_or_form_that_there_is_not_is_not_found(
    browser: Client, jam: Event, wrong: dict[str, str]
) -> None:
    assert ask(browser, jam, "payments", **{"form": "csv"} | wrong).status_code == 404


# --- Who may -------------------------------------------------------------------------------------


def test_lists_of_others_are_not_there(
    signed_in: SignedIn, browser: Client, superuser: User, jam: Event, ball: Event
) -> None:
    for kind in KINDS:
        assert ask(browser, ball, kind).status_code == 404
        assert "U-veil" not in body(ask(browser, jam, kind))
    assert browser.get(lists_of(ball)).status_code == 404
    assert "U-veil" in body(ask(signed_in(superuser), ball, "attendees"))


def test_lists_are_closed_to_strangers(client: Client, signed_in: SignedIn, jam: Event) -> None:
    guest = make_attendee(neos_id="U-guest")
    make_money(jam, attendee=guest)
    for stranger in [client, signed_in(guest.user)]:
        for response in [stranger.get(lists_of(jam)), ask(stranger, jam, "payments")]:
            assert response["Location"].startswith("/admin/login/?next=")
    staff = signed_in(make_user(is_staff=True))
    assert {staff.get(lists_of(jam)).status_code, ask(staff, jam, "payments").status_code} == {403}


def test_staff_see_only_lists_that_they_may_read(signed_in: SignedIn, jam: Event) -> None:
    looker = make_user(is_staff=True)
    codes = ["view_event", "view_registration"]
    looker.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    jam.organizers.add(looker)
    browser = signed_in(looker)

    assert [*ticked(browser, jam)] == ["registrations"]
    assert ask(browser, jam, "registrations").status_code == 200
    assert {ask(browser, jam, kind).status_code for kind in ("attendees", "payments")} == {403}
