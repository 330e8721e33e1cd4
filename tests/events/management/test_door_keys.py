"""`manage.py door_keys`: the secret is on standard output alone, once, and nowhere else."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError

from events import series
from events.doors import key_edits, keys
from events.doors.key_edits import KeyTerms
from events.models import DoorKey, Event
from tests.factories import NOON, make_event, make_organizer, make_workshop

from .running import Ran, run, start

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]
DAY = timedelta(days=1)


@pytest.fixture
def jam(clock: time_machine.Traveller) -> Event:
    """In a week, on the clock of Berlin, from 14:00 to 16:00."""
    return make_event(slug="jam", title="Jam", time_zone="Europe/Berlin")


def keys_of(event: Event, do: str, *arguments: str) -> Ran:
    return run("door_keys", do, event.slug, *arguments)


def made(event: Event, **terms: object) -> DoorKey:
    return key_edits.make_key(event, KeyTerms("Hall", **terms), by=None)[0]  # type: ignore[arg-type]


# --- make ----------------------------------------------------------------------------------------


def test_new_key_is_printed_alone_and_once(jam: Event) -> None:
    ran = keys_of(jam, "make", "Main hall")
    row = DoorKey.objects.get()
    assert (len(ran.out), ran.out[-1]) == (33, "\n")
    assert row.digest == keys.digest_of(ran.out.strip())
    assert ran.err == (
        "Main hall is made for Jam, good until Sun 9 June 2030, 16:00 (Europe/Berlin).\n"
        "The key follows. It cannot be read again.\n"
    )
    assert ran.out.strip() not in keys_of(jam, "list", "--json").out


def test_new_key_of_an_event_that_is_over_says_so(
    jam: Event, clock: time_machine.Traveller
) -> None:
    over = "Jam is over, so the key lets nobody in."
    assert over not in keys_of(jam, "make", "Early").err
    clock.move_to(jam.ends_at)
    assert keys_of(jam, "make", "Late").err.splitlines()[0] == over


def test_new_key_has_what_was_asked_for_and_who_made_it(jam: Event) -> None:
    make_workshop(jam, slug="fog", title="Fog")
    mika = make_organizer(username="mika")
    options = ("--workshop", "fog", "--may-check-in", "--until", "2030-06-02T20:00")
    said = keys_of(jam, "make", " Main\u200b  hall ", *options, "--by", "mika", "--json").json
    secret = said.pop("key")
    row = DoorKey.objects.get()
    assert said == {
        "dry_run": False, "number": row.pk, "name": "Main hall", "event": "jam",
        "workshop": "fog", "state": "works", "may_check_in": True,
        "created_at": "2030-06-01T12:00:00Z", "created_by": "mika",
        "expires_at": "2030-06-02T18:00:00Z", "revoked_at": None, "last_used_at": None,
        "address": keys.address_of(secret), "events": ["jam"],
    }  # fmt: skip
    assert (row.digest, row.created_by) == (keys.digest_of(secret), mika)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.change_message) == (mika, "Made a door key: Main hall.")


def test_key_that_never_ends(jam: Event) -> None:
    keys_of(jam, "make", "Hall", "--never-ends")
    assert DoorKey.objects.get().expires_at is None


def test_dry_run_of_make_prints_no_key(jam: Event) -> None:
    make_organizer(username="mika")
    ran = keys_of(jam, "make", "Hall", "--dry-run", "--by", "mika")
    assert (ran.out, ran.err[:27]) == ("", "Hall would be made for Jam,")
    said = keys_of(jam, "make", "Hall", "--dry-run", "--json").json
    assert (said["dry_run"], said["key"], said["address"], said["number"]) == (
        True, None, None, None,
    )  # fmt: skip
    assert (DoorKey.objects.count(), LogEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Hall"], "A key named 'Hall' works here already"),
        ([" "], "must have 1 to 60 characters"),
        (["x" * 61], "must have 1 to 60 characters"),
        (["Stage", "--workshop", "mist"], "jam has no workshop 'mist'"),
        (["Stage", "--until", "2030-06-01T13:59"], "has passed"),
        (["Stage", "--until", "tomorrow"], "is no time like"),
        (["Stage", "--until", "2030-06-02T20:00", "--never-ends"], "not allowed with"),
        (["Stage", "--by", "nobody"], "No member of staff"),
    ],
)
def test_key_that_cannot_be_meant_is_refused(
    jam: Event, arguments: list[str], sentence: str
) -> None:
    made(jam)
    with pytest.raises(CommandError, match=sentence):
        keys_of(jam, "make", *arguments)
    assert DoorKey.objects.count() == 1


# --- list ----------------------------------------------------------------------------------------


def test_list_has_every_key_and_no_secret(jam: Event) -> None:
    assert keys_of(jam, "list").out == "jam has no door key.\n"
    first = made(jam, expires_at=NOON)
    DoorKey.objects.update(last_used_at=NOON - DAY)
    second = made(jam)
    header, *lines = keys_of(jam, "list").out.splitlines()
    assert header.split("  ")[0] == "number"
    assert [line.split()[:2] for line in lines] == [[str(k.pk), "Hall"] for k in (first, second)]
    listed = keys_of(jam, "list", "--json").json
    assert [(one["number"], one["state"], one["last_used_at"]) for one in listed] == [
        (first.pk, "expired", "2030-05-31T12:00:00Z"), (second.pk, "works", None),
    ]  # fmt: skip
    assert first.digest not in json.dumps(listed)


# --- rotate --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "overlap"),
    [("0", 0 * DAY), ("1h", DAY / 24), ("1d", DAY), ("7d", 7 * DAY), (None, DAY)],
)
def test_rotated_key_ends_after_the_overlap(
    jam: Event, typed: str | None, overlap: timedelta
) -> None:
    key = made(jam)
    options = () if typed is None else ("--overlap", typed)
    ran = keys_of(jam, "rotate", "Hall", *options)
    key.refresh_from_db()
    new = DoorKey.objects.exclude(pk=key.pk).get()
    assert (key.expires_at, new.digest) == (NOON + overlap, keys.digest_of(ran.out.strip()))
    assert ran.err.startswith("The key before it ends on ")
    assert "The new one is for 1 event." in ran.err


def test_rotating_names_all_events_of_the_key(jam: Event) -> None:
    key = made(jam)
    copy = series.copy_event(jam, start=(jam.starts_at + 7 * DAY).replace(tzinfo=None))
    said = keys_of(jam, "rotate", str(key.pk), "--dry-run", "--json").json
    assert (said["events"], said["key"], said["dry_run"]) == (["jam", copy.slug], None, True)
    assert DoorKey.objects.count() == 2
    keys_of(jam, "rotate", str(key.pk), "--json")
    assert DoorKey.objects.count() == 4


def test_overlap_that_is_no_choice_is_refused(jam: Event) -> None:
    made(jam)
    with pytest.raises(CommandError, match="choose one of 0, 1h, 1d, 7d"):
        keys_of(jam, "rotate", "Hall", "--overlap", "2h")
    assert DoorKey.objects.count() == 1


# --- revoke --------------------------------------------------------------------------------------


def test_key_is_revoked_at_every_event_that_has_it(jam: Event) -> None:
    key, mika = made(jam), make_organizer(username="mika")
    copy = series.copy_event(jam, start=(jam.starts_at + 7 * DAY).replace(tzinfo=None))
    tried = keys_of(jam, "revoke", "Hall", "--dry-run")
    assert tried.out == "Hall would be revoked at 2 events.\n"
    assert DoorKey.objects.good_at(NOON).count() == 2
    said = keys_of(jam, "revoke", "Hall", "--yes", "--json", "--by", "mika").json
    assert said == {"dry_run": False, "number": key.pk, "events": ["jam", copy.slug]}
    assert DoorKey.objects.good_at(NOON).count() == 0
    entries = LogEntry.objects.values_list("user", "change_message")
    assert [*entries] == [(mika.pk, "Revoked a door key: Hall.")] * 2
    with pytest.raises(
        CommandError, match=r"^The key was revoked on .*\(Europe/Berlin\)\. Nothing was changed\.$"
    ):
        keys_of(jam, "revoke", str(key.pk), "--yes")


def test_revoked_key_is_listed_with_when_it_was_revoked(
    jam: Event, clock: time_machine.Traveller
) -> None:
    key = made(jam, expires_at=NOON + 5 * DAY)
    clock.shift(DAY)
    key_edits.revoke_key(key)
    (line,) = keys_of(jam, "list").out.splitlines()[1:]
    assert "Sun 2 June 2030, 14:00 (Europe/Berlin)" in line
    clock.shift(DAY)
    with pytest.raises(CommandError) as refused:
        keys_of(jam, "rotate", str(key.pk))
    when = "Sun 2 June 2030, 14:00 (Europe/Berlin)"
    assert str(refused.value) == f"The key was revoked on {when}. Nothing was changed."


def test_rotating_a_key_that_ended_says_when(jam: Event, clock: time_machine.Traveller) -> None:
    key = made(jam, expires_at=NOON + DAY)
    clock.shift(2 * DAY)
    with pytest.raises(CommandError) as refused:
        keys_of(jam, "rotate", str(key.pk))
    when = "Sun 2 June 2030, 14:00 (Europe/Berlin)"
    assert str(refused.value) == f"The key ended on {when}. Nothing was changed."


def test_nobody_is_there_to_ask(jam: Event) -> None:
    made(jam)
    with pytest.raises(CommandError, match="Nobody is there to ask"):
        keys_of(jam, "revoke", "Hall")
    assert DoorKey.objects.good_at(NOON).count() == 1


@pytest.mark.parametrize("do", ["rotate", "revoke"])
def test_key_is_found_by_number_or_by_a_name_that_one_has(jam: Event, do: str) -> None:
    first = made(jam)
    other = make_event(slug="other")
    theirs = made(other)
    with pytest.raises(CommandError, match="jam has no door key 'Stage'"):
        keys_of(jam, do, "Stage")
    with pytest.raises(CommandError, match="jam has no door key"):
        keys_of(jam, do, str(theirs.pk))
    keys_of(jam, "rotate", "Hall", "--overlap", "7d")
    with pytest.raises(CommandError, match="Several keys have this name"):
        keys_of(jam, do, "Hall")
    keys_of(jam, do, str(first.pk), *(["--yes"] if do == "revoke" else []))
    assert theirs.is_good_at(NOON)


# --- In a process of its own ---------------------------------------------------------------------


@pytest.mark.server
def test_key_can_be_led_into_a_file_and_is_in_no_line_beside_it() -> None:
    """A process takes seconds to start: only there are standard output and error real."""
    event = make_event(slug="jam")
    ran = start("door_keys", "make", "jam", "Hall", "--never-ends")
    assert (ran.status, len(ran.out.strip())) == (0, 32)
    assert DoorKey.objects.get(event=event).digest == keys.digest_of(ran.out.strip())
    assert ran.out.strip() not in ran.err
    again = start("door_keys", "make", "jam", "Hall")
    assert (again.status, again.out) == (1, "")
    assert again.err.startswith("CommandError: A key named 'Hall' works here already.")
    gone = start("door_keys", "revoke", "jam", "Hall", "--yes", "--json")
    assert (gone.status, gone.err, gone.json["events"]) == (0, "", ["jam"])
