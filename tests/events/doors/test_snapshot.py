"""A signed list for a door without a network: it answers as the door, or not at all."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries, Settings

from events import places
from events.access.door import Answer, Denial, answer_at_door
from events.doors import snapshot
from events.doors.guest_list import Listed, listed_at
from events.doors.guests import find_guest
from events.doors.snapshot import Refused
from events.doors.words import line_of
from events.models import Attendee, Block, Event
from tests.factories import NOON, make_attendee, make_event
from tests.lines import register

from .people import KEPT_OUT, LET_IN, make_jam

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SOON = timedelta(minutes=5)


@pytest.fixture
def jam(clock: time_machine.Traveller) -> Event:
    return make_jam(starts_at=NOON + timedelta(hours=2))


def made(event: Event) -> bytes:
    people = listed_at(event, NOON)
    return b"".join(snapshot.written(event, people, NOON, expires_at=NOON + DAY))


def read(data: bytes) -> snapshot.Snapshot:
    return snapshot.read(data, snapshot.public_key())


def refusal(data: bytes, key: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        snapshot.read(data, key or snapshot.public_key())
    return str(refused.value)


# --- Answers -------------------------------------------------------------------------------------


def test_snapshot_lets_in_who_is_expected_once_the_door_opens(jam: Event) -> None:
    known, start = read(made(jam)), jam.starts_at
    assert [(each, known.answer(each, start).role) for each, _role in LET_IN] == list(LET_IN)
    assert {known.answer(each, start).denial for each, _role in LET_IN} == {None}


def test_snapshot_keeps_out_everybody_else(jam: Event) -> None:
    known = read(made(jam))
    answers = {known.answer(each, jam.starts_at) for each in (*KEPT_OUT, "", "U-ada ", "\ud800")}
    assert answers == {Answer(Denial.NOT_REGISTERED)}


def test_snapshot_says_how_long_it_is_to_the_opening(jam: Event) -> None:
    known = read(made(jam))
    opens_at = jam.starts_at - timedelta(minutes=15)
    before = known.answer("U-ada", opens_at - timedelta(seconds=840))
    assert before == Answer(Denial.TOO_EARLY, "guest", 840)
    assert known.answer("U-ada", opens_at) == Answer(None, "guest")
    assert known.answer("U-bo", opens_at - timedelta(minutes=30)) == Answer(None, "host")


def test_snapshot_finds_an_id_in_other_letters_as_the_door_does(
    clock: time_machine.Traveller,
) -> None:
    event = make_event(starts_at=NOON + timedelta(minutes=5))
    for neos_id in ("U-Ada", "U-bo", "U-BO", "U-みかんA"):
        register(make_attendee(neos_id=neos_id), event)
    known = read(made(event))
    for typed in ("U-ada", "u-ADA", "U-Bo", "U-bo", "U-BO", "U-みかんA", "U-みかんa"):
        assert known.answer(typed, NOON).is_let_in is (find_guest(event, typed) is not None)
    assert not known.answer("U-Bo", NOON).is_let_in


@pytest.fixture
def alike(clock: time_machine.Traveller) -> Event:
    """People whose ids differ in letters only: one waits, one is blocked, one has cancelled."""
    event = make_event(starts_at=NOON + SOON, capacity=4)
    gone = register(make_attendee(neos_id="U-CLEO"), event)
    places.cancel(registration=gone, in_full=False)
    for neos_id in ("U-MIKA", "U-BO", "U-bo", "U-cleo", "U-mika"):
        register(make_attendee(neos_id=neos_id), event)
    Block.objects.create(neos_id="U-bo", event=event)
    return event


@pytest.mark.both
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("U-MIKA", "ALLOW guest"),
        ("U-mika", "DENY waitlisted"),
        ("U-Mika", "DENY not-registered"),
        ("U-BO", "ALLOW guest"),
        ("U-bo", "DENY banned"),
        ("u-Bo", "DENY not-registered"),
        ("U-cleo", "ALLOW guest"),
        ("U-CLEO", "ALLOW guest"),
    ],
)
def test_snapshot_counts_the_spellings_of_people_whom_it_keeps_out(
    alike: Event, typed: str, line: str
) -> None:
    known, found = read(made(alike)), find_guest(alike, typed)
    assert line_of(answer_at_door(alike, found[1] if found else None, NOON)) == line
    assert known.answer(typed, NOON).is_let_in is (line == "ALLOW guest")


def test_snapshot_names_nobody(jam: Event) -> None:
    text = made(jam).decode("ascii").lower()
    people = Attendee.objects.values_list("neos_id", "neos_username", "user__email")
    known = {value.lower() for row in people for value in row if len(value) > 3}
    assert len(known) > 8
    assert [value for value in known if value in text] == []


def test_snapshots_of_one_list_differ_in_all_digests(jam: Event) -> None:
    first, second = (set(made(jam).split()) for _ in range(2))
    assert {word for word in first & second if len(word) == 64} == set()


# --- Time ----------------------------------------------------------------------------------------


def test_snapshot_ends_after_its_hours(clock: time_machine.Traveller) -> None:
    known = read(made(make_jam()))
    end = NOON + DAY
    assert known.answer("U-ada", end - timedelta(seconds=1)).denial == Denial.TOO_EARLY
    with pytest.raises(Refused, match=r"^The snapshot was good until 2030-06-02T12:00:00Z\."):
        known.answer("U-ada", end)


def test_snapshot_ends_with_the_event(jam: Event) -> None:
    known = read(made(jam))
    assert known.answer("U-ada", jam.ends_at - timedelta(seconds=1)).is_let_in
    with pytest.raises(Refused, match="Make a new one"):
        known.answer("U-ada", jam.ends_at)


def test_clock_that_is_behind_is_noticed(jam: Event) -> None:
    known = read(made(jam))
    assert known.answer("U-ada", NOON - SOON).denial == Denial.TOO_EARLY
    with pytest.raises(Refused, match="Correct the clock"):
        known.answer("U-ada", NOON - SOON - timedelta(seconds=1))


# --- Files that were changed ---------------------------------------------------------------------


@pytest.mark.parametrize("bit", [0, 5, 7])
def test_every_changed_byte_is_noticed(clock: time_machine.Traveller, bit: int) -> None:
    """The fifth bit is the case of letters, which digests in hex would bear otherwise."""
    event = make_event()
    register(make_attendee(neos_id="U-ada"), event)
    data = made(event)
    read(data)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << bit
        refusal(bytes(changed))


def test_every_file_that_was_cut_off_is_noticed(clock: time_machine.Traveller) -> None:
    event = make_event()
    register(make_attendee(neos_id="U-ada"), event)
    data = made(event)
    for length in range(len(data)):
        refusal(data[:length])
    for more in (b"\n", b"x", data):
        refusal(data + more)


def test_line_of_another_snapshot_is_noticed(jam: Event) -> None:
    """Lines in another order, twice, missing, and from a snapshot of the same key."""
    lines, others = made(jam).splitlines(keepends=True), made(jam).splitlines(keepends=True)
    for changed in (
        [*lines[:2], lines[3], lines[2], *lines[4:]],
        [*lines[:3], *lines[2:]],
        [*lines[:2], *lines[3:]],
        [*lines[:2], others[2], *lines[3:]],
        [*lines[:-1], others[-1]],
        [lines[0], others[1], *lines[2:]],
    ):
        assert refusal(b"".join(changed)) == "The file was changed, or another site signed it."
    read(b"".join(lines))


def test_snapshot_of_another_site_is_refused(jam: Event, settings: Settings) -> None:
    data, key = made(jam), snapshot.public_key()
    settings.SECRET_KEY = "another site's, as long as it has to be"
    assert snapshot.public_key() != key
    assert refusal(data) == "The file was changed, or another site signed it."
    assert snapshot.read(data, key).event == "jam"


def test_signature_for_another_purpose_is_no_snapshot(jam: Event) -> None:
    body = made(jam)[: -snapshot.LENGTH_OF_SIGNATURE]
    signed = snapshot.signing_key().sign(body).hex()
    assert refusal(body + f"signature {signed}\n".encode()).startswith("The file was changed")


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 10_000, b"GIF89a", b"eventsite door snapshot 2\n", b"\xff\xfe"]
)
def test_other_file_is_no_snapshot(data: bytes) -> None:
    assert refusal(data) == "This file is no door snapshot."


@pytest.mark.parametrize("key", ["x", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n", "٣" * 64])
def test_public_key_of_another_shape_is_refused(jam: Event, key: str) -> None:
    assert refusal(made(jam), key) == "A public key has 64 hex digits. door_list prints it."


# --- Cost ----------------------------------------------------------------------------------------


def test_snapshot_is_written_while_people_are_read(clock: time_machine.Traveller) -> None:
    """Only a writer that keeps nobody can say a line after each person."""
    read_so_far: list[int] = []

    def people() -> Iterator[Listed]:
        for number in range(1_000):
            read_so_far.append(number)
            yield Listed(f"U-{number}", "guest", NOON)

    lines = snapshot.written(make_event(), people(), NOON, expires_at=NOON + DAY)
    seen = [len(read_so_far) for _line in lines]
    assert seen == [0, 0, *range(1, 1_001), 1_000]


def test_answer_asks_no_database(
    jam: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        data = made(jam)
    with django_assert_num_queries(0):
        assert read(data).answer("U-bo", jam.starts_at).is_let_in
