"""Only `events/formatting/times.py` turns an instant into text; everything else asks it."""

import ast
import re
from collections.abc import Iterator

import pytest

from .architecture import Module, modules
from .processes import ROOT

HOME = "events.formatting.times"
#: Calls that make text of an instant, or cut a date from it in some zone.
CALLS = frozenset(
    {"strftime", "isoformat", "date_format", "time_format", "localize", "date", "ctime"}
    | {"localtime", "template_localtime", "localdate", "format_datetime", "format_date"}
)
#: Filters that do the same in a template. Lengths of time, like `timeuntil`, have no zone.
FILTERS = re.compile(r"\|\s*(?:date|time|localtime|timezone|utc|localize|stringformat)\b")


def homeless(module: Module) -> Iterator[str]:
    """Yield the calls and format specifications of instants outside of the home."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            if name in CALLS:
                yield f"{module.name}:{node.lineno} {name}"
        elif isinstance(node, ast.FormattedValue) and "%" in _pattern(node):
            yield f"{module.name}:{node.lineno} format"


def _pattern(node: ast.FormattedValue) -> str:
    return ast.unparse(node.format_spec) if node.format_spec else ""


def filters(text: str) -> list[str]:
    return [found.group() for found in FILTERS.finditer(text)]


def test_no_module_formats_an_instant_itself_r4() -> None:
    ours = [m for m in modules() if m.name.startswith("events") and m.name != HOME]
    found = [call for m in ours for call in homeless(m)]

    assert len(ours) > 80
    assert found == []


def test_no_template_formats_an_instant_itself_r4() -> None:
    templates = [path for path in ROOT.glob("templates/**/*") if path.is_file()]
    found = {str(path): filters(path.read_text("utf-8")) for path in templates}

    assert len(templates) > 60
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "line",
    [
        'event.starts_at.strftime("%H:%M")',
        'f"{event.starts_at:%H:%M}"',
        'formats.date_format(event.starts_at, "H:i")',
        "event.starts_at.date()",
        "timezone.localtime(event.starts_at)",
        "event.starts_at.isoformat()",
    ],
)
def test_instant_formatted_elsewhere_is_found_r4(line: str) -> None:
    assert len(list(homeless(Module("events.views.browse", line)))) == 1


@pytest.mark.parametrize("text", ['{{ at|date:"j F Y" }}', "{{ at | time }}", "{{ at|localtime }}"])
def test_filter_of_an_instant_is_found_r4(text: str) -> None:
    assert len(filters(text)) == 1
