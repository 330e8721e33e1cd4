"""Read numbers and names, print, and ask, in the same way in all commands of staff.

Rules are elsewhere: a command parses, calls one function, and prints what became of it.
"""

import contextlib
import json
import logging
import os
import re
import sys
import traceback
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any, TypeVar, cast

from django.contrib.auth.models import User
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
    OutputWrapper,
)
from tqdm import tqdm

from events.desk.tables import Money
from events.formatting import text, times
from events.models import Event

Item = TypeVar("Item")

#: Exit statuses of a shell for a program whose reader has gone, and for one stopped by Ctrl-C.
NOBODY_READS, STOPPED = 141, 130
#: Characters of a cell.
MAX_SHOWN = 200


class Formatter(DjangoHelpFormatter):
    """Keep the line breaks of the examples; wrap everything else."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" not in text:
            return super()._fill_text(text, width, indent)
        return "".join(indent + line for line in text.splitlines(keepends=True))


def examples_of(lines: Iterable[str]) -> str:
    """Return the end of a help text. A single one ends in a line break, too, so it is kept."""
    return "Examples:\n" + "".join(f"  manage.py {line}\n" for line in lines)


@contextlib.contextmanager
def _quiet_on_terminals(errors: OutputWrapper) -> Iterator[None]:
    """Keep the log of what happens off a terminal: the command says there what it did."""
    log = logging.getLogger("events.happened")
    usual = log.level
    if errors.isatty():
        log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(usual)


class StaffCommand(BaseCommand):
    """A command with `examples` in its help, and a quiet end when nobody reads its output."""

    examples: tuple[str, ...] = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        own = {"formatter_class": Formatter, "epilog": examples_of(self.examples)}
        return super().create_parser(prog_name, subcommand, **own | kwargs)

    def execute(self, *args: Any, **options: Any) -> str | None:
        show_any_letter()
        try:
            with _quiet_on_terminals(self.stderr):
                printed = super().execute(*args, **options)
            self.stdout.flush()
        except BrokenPipeError as ended:
            forget_rows(ended)
            forget_output()
            sys.exit(NOBODY_READS)
        except KeyboardInterrupt as ended:
            forget_rows(ended)
            self.stderr.write("Stopped.")
            sys.exit(STOPPED)
        except SystemExit as ended:
            forget_rows(ended)
            raise
        return printed

    def say_json(self, value: object, *, on_one_line: bool = False) -> None:
        self.stdout.write(as_json(value, on_one_line=on_one_line))
        if on_one_line:
            self.stdout.flush()

    def print_out(self, pieces: Iterable[bytes]) -> None:
        """Write bytes as they are: the encoding of the terminal does not change a file."""
        binary = getattr(self.stdout, "buffer", None)
        for piece in pieces:
            if binary is None:  # a stream of a test
                self.stdout.write(piece.decode(), ending="")
            else:
                binary.write(piece)

    @contextlib.contextmanager
    def aside(self, *, is_aside: bool) -> Iterator[None]:
        """Write to standard error meanwhile: what is read by a program is to be JSON alone."""
        usual = self.stdout
        if is_aside:
            self.stdout = OutputWrapper(cast("Any", self.stderr)._out)  # noqa: SLF001
        try:
            yield
        finally:
            self.stdout = usual

    def agree(self, question: str, *, is_agreed: bool, word: str = "") -> None:
        """Ask on the terminal, unless it `is_agreed` before. Raise `CommandError` for a no.

        With a `word`, that is the only yes. The question goes to standard error: standard output
        may be led into a file.
        """
        if is_agreed:
            return
        if sys.stdin is None or not sys.stdin.isatty():
            raise CommandError("Nobody is there to ask. Look with --dry-run, then add --yes.")
        choices = f"Type {word} if so:" if word else "[y/N]"
        self.stderr.write(f"{question} {choices} ", str, ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ({word} if word else {"y", "yes"}):
            raise CommandError("Nothing was changed.")


def standard_input() -> IO[bytes]:
    """Return it as bytes. Raises `CommandError` where there is none."""
    if sys.stdin is None:
        raise CommandError("There is no standard input.")
    return sys.stdin.buffer


def show_any_letter() -> None:
    """Write a letter that the terminal cannot show as its number, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # a stream of a test
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def forget_rows(ended: BaseException) -> None:
    """Close what was being read. Its cursor would outlive the connection, and complain about it."""
    traceback.clear_frames(ended.__traceback__)


def forget_output() -> None:
    """Lead what is still to be written into nothing: Python would complain about it at its end."""
    with contextlib.suppress(OSError, ValueError):  # a stream of a test has no number
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())


# --- What is printed ---------------------------------------------------------------------------


def as_json(value: object, *, on_one_line: bool = False) -> str:
    """Write JSON in ASCII. Instants are in UTC, and money has its minor units as an integer."""
    return json.dumps(value, default=_for_machines, indent=None if on_one_line else 2)


def _for_machines(value: object) -> object:
    match value:
        case datetime():
            return times.for_machines(value)
        case Money():
            return {"amount": value.amount, "currency": value.currency}
        case _:
            return str(value)  # a code, or a text that is translated when it is shown


def plain(words: object, *, at_most: int = MAX_SHOWN) -> str:
    """Return one line without signs that could move the cursor of a terminal."""
    line = " ".join(str(words).split())[:at_most]
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in line)


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 event" or "2 events"."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def columns_of(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield lines of a table. All but the last column are as wide as their widest cell."""
    cells = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)][:-1]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*padded, row[-1]]).rstrip()


def progress(items: Iterable[Item], name: str, total: int | None = None) -> Iterable[Item]:
    """Draw a bar on standard error while it is a terminal, and nothing into a file or a pipe."""
    bar: Iterable[Item] = tqdm(items, desc=name, total=total, disable=None, leave=False)
    return bar


# --- What is typed -----------------------------------------------------------------------------


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a type of arguments. `int` would also read the digits of every script, and "1_0"."""

    def read(typed: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", typed) or not least <= int(typed) <= most:
            raise ArgumentTypeError(f"must be a whole number from {least} to {most}.")
        return int(typed)

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    """Return a type of arguments. `float` would also read "nan", "inf" and "1e999"."""

    def read(typed: str) -> float:
        is_number = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", typed)
        if not is_number or not least <= float(typed) <= most:
            raise ArgumentTypeError(f"must be a number of seconds from {least:g} to {most:g}.")
        return float(typed)

    return read


def add_event(parser: CommandParser) -> None:
    parser.add_argument("event", metavar="EVENT", help="the event's address, like spring-jam")


def add_json(parser: CommandParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_dry_run(parser: CommandParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would happen, change nothing"
    )


def add_yes(parser: CommandParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def add_by(parser: CommandParser) -> None:
    parser.add_argument(
        "--by", metavar="USERNAME", help="a member of staff, whom the history is to name"
    )


def find_event(slug: str) -> Event:
    """Find an event by the address that it has or had. Raises `CommandError`."""
    event = Event.objects.at_addresses(text.clean_id(slug)).first()
    if event is None:
        raise CommandError(f"There is no event {slug!r}.")
    return event


def find_staff(name: str | None) -> User | None:
    """Find somebody with an open account and staff status, by their exact user name."""
    if name is None:
        return None
    known = User.objects.filter(is_active=True, is_staff=True)
    user = known.filter(username=text.clean_account_name(name)).first()
    if user is None:
        raise CommandError(f"No member of staff has the user name {name!r}.")
    return user
