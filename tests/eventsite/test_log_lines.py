"""Both forms of a line are whole, and neither has a secret or an address of a person."""

import json
import logging
import sys

import pytest

from eventsite.log_lines import JsonFormatter, LineFormatter, cleaned
from tests.eventsite.processes import read

pytestmark = pytest.mark.once
LINE = LineFormatter("{levelname} {name}: {message}", style="{")
JSON = JsonFormatter()


def record_of(message: str, *args: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("events.x", logging.WARNING, "x.py", 1, message, args, None)
    vars(made).update(more)
    return made


def test_json_is_one_line_with_its_time_in_utc() -> None:
    line = JSON.format(record_of("told\n%s", "ERROR forged", created=1_900_000_000.25))

    assert json.loads(line) == {
        "time": "2030-03-17T17:46:40.250000Z",
        "level": "WARNING",
        "logger": "events.x",
        "message": "told\nERROR forged",
    }
    assert "\n" not in line


@pytest.mark.parametrize("form", [LINE, JSON], ids=["line", "json"])
def test_no_address_stands_in_a_message_or_a_traceback(form: logging.Formatter) -> None:
    try:
        raise ValueError("Key (email)=(wren@example.org) already exists")
    except ValueError:
        record = record_of("for %s", "Lark <lark@mail.example.co.jp>", exc_info=sys.exc_info())

    line = form.format(record)

    assert ["wren@" in line, "lark@" in line, "example" in line] == [False] * 3
    assert "already exists" in line


@pytest.mark.parametrize("form", [LINE, JSON], ids=["line", "json"])
def test_no_secret_address_stands_in_a_line(form: logging.Formatter) -> None:
    key = "abcdefghijklmnopqrstuvwxyz234567"
    line = form.format(record_of(f"GET /door/{key}/U-wren and /calendar/sesame.ics"))

    assert [word in line for word in (key, "sesame", "calendar")] == [False, False, True]


@pytest.mark.parametrize(
    "address",
    [
        "wren@example.org",
        f"{'w' * 200}@{'e' * 60}.example.org",
        "a..b@docomo.ne.jp",
        "x@wren@example.org",
        "柚子@例え.jp",
    ],
)
@pytest.mark.parametrize("before", ["", "to:", "(email)=(", "a.b, "])
def test_address_is_left_out_whole_however_long_it_is(before: str, address: str) -> None:
    assert cleaned(f"{before}{address}").replace("x@", "") == f"{before}…@…"


@pytest.mark.parametrize(
    "kept", ["@on_commit", "a @ b", "user@localhost", "3 @ 5.00", "Door: status=404"]
)
def test_what_is_no_address_stays(kept: str) -> None:
    assert cleaned(kept) == kept


def test_settings_choose_the_form() -> None:
    (plain,), (json_lines,) = read("LOGGING"), read("LOGGING", LOG_FORMAT="json")

    forms = [one["handlers"]["standard_error"]["formatter"] for one in (plain, json_lines)]
    assert forms == ["line", "json"]
