"""`manage.py events`: lists, shows, cancels."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError

from events.management import event_cancel
from events.models import Event, Notification, Payment, Registration
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import register

from .running import run

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]
Clock = time_machine.Traveller
DAY = timedelta(days=1)


def slugs(*arguments: str) -> list[str]:
    return [row["slug"] for row in run("events", "list", "--json", *arguments).json]


# --- copy ----------------------------------------------------------------------------------------


def test_copy_makes_a_draft_on_the_clock_of_the_zone() -> None:
    """Clocks change between the two: 20:00 stays 20:00."""
    start = datetime(2030, 10, 26, 18, tzinfo=UTC)
    jam = make_event(slug="jam", time_zone="Europe/Berlin", starts_at=start)
    make_workshop(jam, slug="fog")
    register(make_attendee(), jam)
    mika = make_organizer(username="mika")
    said = run("events", "copy", "jam", "--start", "2030-11-02 20:00", "--by", "mika", "--json")
    copy = Event.objects.exclude(pk=jam.pk).get()
    assert said.json == {
        "dry_run": False, "event": "jam", "copy": copy.slug, "workshops": 1,
        "starts_at": "2030-11-02T19:00:00Z", "ends_at": "2030-11-02T21:00:00Z",
        "opens_at": None, "closes_at": None, "draw_at": None,
    }  # fmt: skip
    assert (copy.status, copy.registrations.count(), [*copy.organizers.all()]) == (
        "draft", 0, [mika],
    )  # fmt: skip
    assert LogEntry.objects.get().change_message == "Copied on the command line."
    assert Notification.objects.exclude(event=jam).exclude(registration__event=jam).count() == 0


def test_copy_that_is_tried_makes_nothing() -> None:
    make_event(slug="jam")
    said = run("events", "copy", "jam", "--start", "2030-07-02T20:00", "--dry-run")
    assert "would be a draft like jam." in said.out
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "start",
    ["", "tomorrow", "2030-02-30 20:00", "2030-07-02", "9999-12-31T23:59", "0230-06-22 19:00"],
)
def test_copy_to_a_time_that_is_none_is_refused(start: str) -> None:
    make_event(slug="jam", time_zone="America/New_York")
    with pytest.raises(CommandError, match=r"no time like|choose a year"):
        run("events", "copy", "jam", f"--start={start}")
    assert Event.objects.count() == 1


# --- list ----------------------------------------------------------------------------------------


def test_list_is_narrowed_by_time_status_and_host() -> None:
    make_event(slug="over", starts_at=NOON - DAY)
    make_event(slug="next", starts_at=NOON + DAY)
    hosted = make_event(slug="draft", starts_at=NOON + 2 * DAY, status="draft")
    make_host(hosted, slug="club")
    assert slugs() == ["over", "next", "draft"]
    assert slugs("--upcoming") == ["next", "draft"]
    assert slugs("--past") == ["over"]
    assert slugs("--status", "draft") == ["draft"]
    assert slugs("--host", "club") == ["draft"]


def test_list_has_real_types() -> None:
    event = make_event(slug="jam", title="Jam", capacity=1, time_zone="Europe/Berlin")
    register(make_attendee(), event)
    register(make_attendee(), event)
    assert run("events", "list", "--json").json == [
        {
            "slug": "jam",
            "title": "Jam",
            "status": "published",
            "listed": True,
            "starts_at": "2030-06-08T12:00:00Z",
            "ends_at": "2030-06-08T14:00:00Z",
            "time_zone": "Europe/Berlin",
            "capacity": 1,
            "taken": 1,
            "waiting": 1,
        }
    ]


def test_list_shows_no_sign_that_moves_the_cursor() -> None:
    make_event(slug="jam", title="Jam\x1b[2J", time_zone="Asia/Tokyo")
    start = "Sat 8 June 2030, 21:00 (Asia/Tokyo)"
    assert run("events", "list").out.splitlines() == [
        f"jam  published  {start}  0 of no limit  0 waiting  Jam\ufffd[2J",
        "1 event",
    ]


@pytest.mark.parametrize(
    "arguments",
    [("--host", "none"), ("--status", "secret"), ("--past", "--upcoming"), ("--host", "\udcff")],
)
def test_list_refuses_what_makes_no_sense(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run("events", "list", *arguments)


# --- show ----------------------------------------------------------------------------------------


def paid(event: Event) -> Payment:
    """Somebody who gets mail has paid by hand."""
    ada = make_attendee(user=make_user(), email_confirmed_at=NOON)
    return manual.mark_paid(registration=register(ada, event), by=make_organizer())


def test_show_prints_both_clocks_places_and_money() -> None:
    event = make_event(
        slug="jam", title="Jam", price=500, capacity=2, time_zone="Asia/Tokyo", organizers=[]
    )
    make_workshop(event, title="Fog")
    paid(event)
    assert run("events", "show", "jam").out.splitlines() == [
        "Jam",
        "address     jam",
        "status      published",
        "starts      Sat 8 June 2030, 21:00 (Asia/Tokyo) = Sat 8 June 2030, 12:00 (UTC)",
        "ends        Sat 8 June 2030, 23:00 (Asia/Tokyo) = Sat 8 June 2030, 14:00 (UTC)",
        "hosts       –",
        "organizers  –",
        "",
        "event     Jam  1 of 2         0 waiting  0 checked in",
        "workshop  Fog  0 of no limit  0 waiting  0 checked in",
        "money  paid €5.00, held €5.00",
    ]


def test_show_has_money_in_minor_units() -> None:
    event = make_event(slug="jam", price=500, organizers=[make_organizer(username="mika")])
    paid(event)
    shown = run("events", "show", "jam", "--json").json
    assert (shown["starts_at"], shown["organizers"]) == ("2030-06-08T12:00:00Z", ["mika"])
    assert [(one["taken"], one["price"], one["is_workshop"]) for one in shown["places"]] == [
        (1, 500, False)
    ]
    assert [(one["currency"], one["paid"], one["held"]) for one in shown["money"]] == [
        ("EUR", 500, 500)
    ]


def test_show_counts_who_did_not_come_once_the_event_is_over(clock: Clock) -> None:
    event = make_event(slug="jam", title="Jam")
    here, _away = register(make_attendee(), event), register(make_attendee(), event)
    Registration.objects.filter(pk=here.pk).update(checked_in_at=NOON)

    def shown() -> tuple[str, int, int | None]:
        (place,) = run("events", "show", "jam", "--json").json["places"]
        line = run("events", "show", "jam").out.splitlines()[-1]
        return line.rpartition("  ")[2], place["checked_in"], place["did_not_come"]

    assert shown() == ("1 checked in", 1, None)
    clock.move_to(event.ends_at)
    assert shown() == ("1 checked in, 1 did not come", 1, 1)
    Registration.objects.update(checked_in_at=None)
    assert shown() == ("0 checked in", 0, None)


@pytest.mark.parametrize("slug", ["none", "", "\0", "\udcff", "x" * 5_000])
def test_show_of_an_unknown_event_is_refused(slug: str) -> None:
    with pytest.raises(CommandError, match=r"^There is no event "):
        run("events", "show", slug)


# --- cancel --------------------------------------------------------------------------------------


def make_sold() -> Event:
    event = make_event(slug="jam", price=500)
    paid(event)
    return event


def state() -> tuple[str, int, str]:
    """Status of the event, number of mails about it, and status of the payment."""
    event, payment = Event.objects.get(), Payment.objects.get()
    told = Notification.objects.filter(kind="event-cancelled").count()
    return event.status, told, payment.status


def test_cancel_tells_people_owes_money_back_and_is_in_the_history() -> None:
    make_sold()
    mika = make_organizer(username="mika")
    done = run("events", "cancel", "jam", "--yes", "--json", "--note", "Ill.", "--by", "mika").json
    assert state() == ("cancelled", 1, "refund_due")
    assert Notification.objects.get(kind="event-cancelled").facts["note"] == "Ill."
    assert (done["dry_run"], done["people"], done["payments_going_back"]) == (False, 1, 1)
    assert done["to_refund"] == [{"amount": 500, "currency": "EUR"}]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.change_message) == (mika, "Cancelled on the command line.")


def test_cancel_says_first_what_it_would_do_and_does_not() -> None:
    make_sold()
    done = run("events", "cancel", "jam", "--dry-run").out
    assert state() == ("published", 0, "paid")
    assert "- 1 person gets a message that the event is cancelled.\n" in done
    assert "- 1 payment goes back in full (€5.00), and then the event stays cancelled.\n" in done
    assert done.endswith("jam would be cancelled for 1 person with a place or on the waitlist.\n")


def test_cancel_asks_and_nobody_there_is_a_no() -> None:
    make_sold()
    with pytest.raises(CommandError, match=r"^Nobody is there to ask\."):
        run("events", "cancel", "jam")
    assert state() == ("published", 0, "paid")


def test_cancel_that_would_affect_others_meanwhile_is_undone() -> None:
    event = make_sold()
    planned = event_cancel.cancel(event, "", None, is_tried=True)
    for _ in range(3):
        register(make_attendee(), event)
    with pytest.raises(event_cancel.Otherwise):
        event_cancel.cancel(event, "", None, agreed_to=planned.agreed_to)
    assert state() == ("published", 0, "paid")


def test_cancel_twice_is_refused() -> None:
    make_sold()
    run("events", "cancel", "jam", "--yes")
    with pytest.raises(CommandError, match=r"^jam is cancelled already\.$"):
        run("events", "cancel", "jam", "--yes")


def test_cancel_refuses_a_long_note_and_a_stranger() -> None:
    make_sold()
    make_user(username="ada")
    with pytest.raises(CommandError, match=r"^The note has 1001 characters; 1000 are allowed\.$"):
        run("events", "cancel", "jam", "--yes", "--note", "x" * 1_001)
    with pytest.raises(CommandError, match=r"^No member of staff has the user name 'ada'\.$"):
        run("events", "cancel", "jam", "--yes", "--by", "ada")
    assert state() == ("published", 0, "paid")
