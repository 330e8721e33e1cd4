"""Turn a value of a file into what the form of an event would get from a browser."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from events.admin.time_field import EventTimeField
from events.formatting import text, times
from events.models import Host

from .import_file import Number

TIME = re.compile(
    r"(?a:(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2})?) ?(Z|[+-]\d{2}:?\d{2})?)", re.IGNORECASE
)
SWITCH = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
#: A deadline that an empty field of the form means, and an empty cell does not.
NEVER, REFUND = "never", "refund_days"
MAX_CELL = 100_000  # characters
Cells = Iterator[tuple[str, list[str]]]


class Wrong(Exception):
    """The value cannot be one of this column; the text says what can."""


def cells_of(field: forms.Field | None, name: str, value: Any) -> Cells:
    """Yield names and values as a browser sends them. Nothing is yielded for an empty value: what
    an empty form has stays then. Raises `Wrong`.
    """
    if field is None or value is None or value == "":
        return
    if isinstance(value, str) and len(value) > MAX_CELL:
        raise Wrong("This is too long.")
    match field:
        case forms.BooleanField():
            yield name, ["on"] if _switch(value) else []
        case forms.ModelMultipleChoiceField():
            yield name, _hosts(field, value)
        case EventTimeField():
            day, clock = _time(value)
            yield f"{name}_0", [day]
            yield f"{name}_1", [clock]
        case forms.IntegerField():
            yield name, [_number(name, value)]
        case _:
            yield name, [_text(value)]


def _switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = SWITCH.get(value.lower()) if isinstance(value, str) else None
    if known is None:
        raise Wrong("Write yes or no.")
    return known


def _text(value: Any) -> str:
    if isinstance(value, Number) or not isinstance(value, str):
        raise Wrong("Write a text, in quotation marks.")
    return value


def _number(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong("Write a number.")
    return "" if name == REFUND and value.lower() == NEVER else str(value)


def _hosts(field: Any, value: Any) -> list[str]:
    """Read addresses of hosts, divided by blanks, commas or semicolons, or in a list of JSON."""
    named = re.split(r"[\s,;]+", value) if isinstance(value, str) else value
    if not isinstance(named, list) or not all(type(slug) is str for slug in named):
        raise Wrong("Write the addresses of hosts.")
    wanted = {slug for slug in named if slug}
    if any(slug != text.clean_id(slug) or not slug.isprintable() for slug in wanted):
        raise Wrong("Write the addresses of hosts.")
    offered: dict[str, int] = dict(field.queryset.filter(slug__in=wanted).values_list("slug", "pk"))
    if unknown := sorted(wanted - offered.keys()):
        is_there = Host.objects.filter(slug=unknown[0]).exists()
        why = "may not be written on events by this organizer" if is_there else "is not there"
        raise Wrong(f"The host {unknown[0][:80]!r} {why}.")
    return [str(pk) for pk in offered.values()]


def _time(value: Any) -> tuple[str, str]:
    """Return the day and the time on the clock of the zone of the row."""
    found = TIME.fullmatch(value) if type(value) is str else None
    if found is None:
        raise Wrong("Write a day and a time, like 2030-06-01 20:00.")
    day, clock, offset = found.groups()
    if offset is None:
        return day, clock
    try:
        instant = datetime.fromisoformat(f"{day}T{clock.zfill(5)}{offset.upper()}")
        return times.typed(instant, ZoneInfo(timezone.get_current_timezone_name()))
    except (ValueError, OverflowError) as error:
        raise Wrong("There is no such time.") from error
