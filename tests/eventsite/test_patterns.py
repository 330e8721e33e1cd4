"""A pattern that is looked for in a text of a stranger costs so much more as the text is longer.

One that begins anew at each sign costs the square of it, and Python does nothing else meanwhile.
Measured in time of the processor, so that a busy machine changes nothing.
"""

import importlib
import re
import time
from itertools import product

import pytest

from .architecture import modules

pytestmark = pytest.mark.once
SHORT, LONG = 500, 4_000  # characters
#: A long text costs eight times as much as a short one, or 64 times. What takes no longer than this
#: is not measured well, and does no harm.
MOST_TIMES, SECONDS = 24, 0.005
#: They end the process where there is no database, or no server.
NOT_LOADED = {"eventsite.wsgi"}
#: What these are looked for in is short: an address in a column of 256 characters.
OF_SHORT_TEXTS = {"events.models.session_address.WORLD"}
HEADS = ("", "a", "{", "[", '"', "/calendar/", "a@b.")
UNITS = (
    *"aA0 .,-;:/@%{[(<\"'=+?_|\n\uff5b\u3000\U0001f3f4",
    *("\\xff", "a@", "/a", "%aa", "; ", "1:", "a ", "{ ", "[a", "{a", "U-", "/door/", "?code="),
)
#: As it was, before strangers could hold up a page with a long line.
FORMER_ADDRESS = re.compile(r"[^\s@<>\"'()=,;:]+@[^\s@<>\"'()=,;:]+\.[^\s@<>\"'()=,;:]+")


def searched() -> dict[str, re.Pattern[str]]:
    """Return the patterns that are looked for anywhere in a text, and not for all of it."""
    found = {}
    for module in modules():
        names = set(re.findall(r"\b(\w+)\.(?:sub|search|finditer|findall|split)\(", module.source))
        if module.name not in NOT_LOADED and names - {"re"}:
            values = vars(importlib.import_module(module.name))
            patterns = {name: values[name] for name in names if name in values}
            found |= {
                f"{module.name}.{name}": pattern
                for name, pattern in patterns.items()
                if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str)
            }
    return found


def seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.thread_time()
    pattern.sub("", text)
    return time.thread_time() - began


def is_slow(pattern: re.Pattern[str], head: str, unit: str) -> bool:
    short, long = (head + unit * (size // len(unit)) for size in (SHORT, LONG))
    if seconds(pattern, long) < SECONDS:
        return False
    fastest = [min(seconds(pattern, text) for _ in range(3)) for text in (short, long)]
    return fastest[1] > SECONDS and fastest[1] > MOST_TIMES * fastest[0]


def slow_texts(pattern: re.Pattern[str]) -> list[str]:
    return [head + unit for head, unit in product(HEADS, UNITS) if is_slow(pattern, head, unit)]


@pytest.mark.parametrize("name", sorted(searched().keys() - OF_SHORT_TEXTS))
def test_pattern_is_looked_for_in_a_long_text_at_once(name: str) -> None:
    assert slow_texts(searched()[name]) == []


def test_pattern_that_begins_at_each_sign_is_found() -> None:
    assert is_slow(FORMER_ADDRESS, "", "\\xff") is True
    assert is_slow(searched()["events.models.session_address.WORLD"], "", "U-") is True
    assert "eventsite.log_lines.ADDRESS" in searched()
    assert "events.messages.placeholders._FOUND" in searched()
