"""Write the list of a door in the form that a command was asked for, as pieces of a file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from events.access.door import door_opens_at
from events.admin.desk import files
from events.doors import bot, headless, snapshot
from events.doors.guest_list import Listed, listed_at
from events.formatting import times
from events.models import Bookable

from .arguments import as_json, counted, progress

IDS, CSV, JSON, BOT, HEADLESS, SNAPSHOT = "ids", "csv", "json", "bot", "headless", "snapshot"
#: Options that only these forms know.
ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "group": (BOT, HEADLESS),
    "variable": (BOT, HEADLESS),
    "previous": (BOT,),
    "join_verifier": (HEADLESS,),
    "good_for": (SNAPSHOT,),
}
GOOD_FOR_HOURS = 24


@dataclass(slots=True)
class DoorList:
    """One list as it was asked for. `remarks` are for the person who runs the command; they are
    complete once all pieces are written.
    """

    bookable: Bookable
    now: datetime
    options: Mapping[str, Any]
    before: set[str] = field(default_factory=set)
    has_bar: bool = False
    written: int = 0
    remarks: list[str] = field(default_factory=list)

    def people(self) -> Iterator[Listed]:
        found = listed_at(self.bookable, self.now)
        for person in progress(found, "People") if self.has_bar else found:
            self.written += 1
            yield person

    def pieces(self) -> Iterator[bytes]:
        return FORMS[self.options["format"]](self)


def check(options: Mapping[str, Any]) -> None:
    """Raise `CommandError` for options that say nothing to the form, or are missing for it."""
    form = options["format"]
    for name, forms in ONLY_FOR.items():
        if options[name] and form not in forms:
            known = " and ".join(f"--format {each}" for each in forms)
            raise CommandError(f"--{name.replace('_', '-')} is for {known}.")
    if form == BOT and not (options["group"] and options["variable"]):
        raise CommandError("--format bot needs --group and --variable.")
    if bool(options["group"]) != bool(options["variable"]):
        raise CommandError("--group and --variable go together.")
    if options["variable"] and not variable_of(options).is_safe:
        raise CommandError(
            "--group is the name or id of a group without quotation marks, and --variable has "
            "letters, digits, _ and dots between them, like jam.guests."
        )
    if options["join_verifier"] and not settings.PLATFORM.has_join_verifier:
        raise CommandError(
            f"Worlds of {settings.PLATFORM.name} have no join verifier. Name a cloud variable with "
            "--group and --variable, or leave both out to invite people."
        )
    if form == HEADLESS and options["group"] and not is_group_id(options["group"]):
        raise CommandError("A headless server wants the id of the group, like G-Example.")


def variable_of(options: Mapping[str, Any]) -> bot.Variable:
    return bot.Variable(options["group"], options["variable"])


def is_group_id(group: str) -> bool:
    return group.startswith("G-") and " " not in group


# --- The forms -----------------------------------------------------------------------------------


def _ids(asked: DoorList) -> Iterator[bytes]:
    left_out = 0
    for person in asked.people():
        if person.fits_a_line:
            yield f"{person.neos_id}\n".encode()
        else:
            left_out += 1
    if left_out:
        asked.remarks.append(
            f"Left out: {counted(left_out, 'id')} with a line break or a sign that is not seen."
        )


def _csv(asked: DoorList) -> Iterator[bytes]:
    rows = ((each.neos_id, each.role, each.opens_at) for each in asked.people())
    return (piece.encode() for piece in files.csv_of(["id", "role", "opens_at"], rows))


def _json(asked: DoorList) -> Iterator[bytes]:
    before = "[\n"
    for person in asked.people():
        facts = {"id": person.neos_id, "role": person.role, "opens_at": person.opens_at}
        yield (before + as_json(facts, on_one_line=True)).encode()
        before = ",\n"
    yield b"\n]\n" if asked.written else b"[]\n"


def _bot(asked: DoorList) -> Iterator[bytes]:
    """Make the variable too, unless an earlier list did."""
    variable = variable_of(asked.options)
    if not asked.options["previous"]:
        yield from _lines(bot.set_up(variable))
    left_out: list[str] = []
    ids = _safe_ids(asked.people(), left_out)
    yield from _lines(bot.changes(variable, ids, asked.before))
    if left_out:
        asked.remarks.append(
            f"Left out: {counted(len(left_out), 'id')} that the bot would not read as one word."
        )


def _safe_ids(people: Iterable[Listed], left_out: list[str]) -> Iterator[str]:
    for person in people:
        if bot.is_safe(person.neos_id):
            yield person.neos_id
        else:
            left_out.append(person.neos_id)


def _lines(lines: Iterable[str]) -> Iterator[bytes]:
    return (f"{line}\n".encode() for line in lines)


def _headless(asked: DoorList) -> Iterator[bytes]:
    group, path = asked.options["group"], asked.options["variable"]
    lock = headless.Lock(f"{group}.{path}" if path else "", asked.options["join_verifier"])
    world = headless.world_of(asked.bookable, lock, asked.now)
    asked.written = world.people
    if world.left_out:
        asked.remarks.append(
            f"Left out: {counted(world.left_out, 'person', 'people')} without a user name that is "
            "theirs alone and has no odd signs."
        )
    yield f"{as_json(world.settings)}\n".encode()


def _snapshot(asked: DoorList) -> Iterator[bytes]:
    hours = asked.options["good_for"] or GOOD_FOR_HOURS
    until = min(asked.now + timedelta(hours=hours), asked.bookable.ends_at)
    yield from snapshot.written(asked.bookable, asked.people(), asked.now, expires_at=until)
    zone = asked.bookable.event.zone
    asked.remarks.append(f"Good until {times.in_words(until, zone)}.")
    opens_at = door_opens_at(asked.bookable)
    if until < opens_at:
        asked.remarks.append(
            f"It ends before the door opens ({times.in_words(opens_at, zone)}). Make it later, or "
            "add --good-for N."
        )
    asked.remarks.append(f"Check it with --public-key {snapshot.public_key()}")


FORMS: Mapping[str, Callable[[DoorList], Iterator[bytes]]] = {
    IDS: _ids,
    CSV: _csv,
    JSON: _json,
    BOT: _bot,
    HEADLESS: _headless,
    SNAPSHOT: _snapshot,
}
