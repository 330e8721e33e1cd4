"""Time zones that people choose from: a place in each, and UTC.

The database of zones also has old and second names of them, fixed offsets, and `localtime` of the
server. Rows that have one of those keep it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from . import times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: So far away are zones that stand under "near".
AROUND = timedelta(hours=2)


@cache
def offered() -> frozenset[str]:
    """Return the names in the table of places that comes with the database, and UTC."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return frozenset({"UTC", *(row[2] for row in rows)})


@cache
def _links() -> dict[str, str]:
    """Return the zone that each second name stands for, as the database itself says it."""
    table = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text("utf-8")
    rows = [line.split() for line in table.splitlines() if line.startswith("L ")]
    return {name: zone for _link, zone, name in rows}


def named(name: str) -> str:
    """Return the zone on offer that has this name or this second name; "" if there is none.

    Some browsers still say Asia/Calcutta for Asia/Kolkata.
    """
    if name in offered():
        return name
    zone = _links().get(name, name)
    return "UTC" if zone == "Etc/UTC" else zone if zone in offered() else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A zone with what its clock shows now, like "06:50" and "UTC+9"."""

    name: str
    clock: str
    offset: str


def choices(now: datetime) -> list[Choice]:
    """Return all zones on offer, by name."""
    return [
        Choice(name, times.clock(now, ZoneInfo(name)), times.offset(now, ZoneInfo(name)))
        for name in sorted(offered())
    ]


def near(zone: ZoneInfo, now: datetime) -> tuple[list[Choice], list[Choice]]:
    """Return the zones whose clock shows the same now, and those at most two hours away.

    The zone itself comes first, then the nearest; what is equally near stands in order of names.
    """
    distances = {choice: _distance(zone, ZoneInfo(choice.name), now) for choice in choices(now)}
    ordered = sorted(distances, key=lambda c: (distances[c], c.name != zone.key, c.name))
    same = [choice for choice in ordered if not distances[choice]]
    around = [choice for choice in ordered if timedelta() < distances[choice] <= AROUND]
    return same, around


def _distance(one: ZoneInfo, other: ZoneInfo, now: datetime) -> timedelta:
    offsets = [now.astimezone(zone).utcoffset() or timedelta() for zone in (one, other)]
    return abs(offsets[0] - offsets[1])


def _refusing(read: "Callable[[Any], Any]") -> "Callable[[Any], Any]":
    """Refuse names that no file can have: Python looks for a file of this name."""

    def coerce(name: Any) -> Any:
        try:
            return read(name)
        except OSError as error:  # too long, or a folder like Europe
            raise ValueError from error

    return coerce


def offer_zones(field: forms.Field, *, stored: object, none: object = None) -> None:
    """Let a field that knows all zones take only these, and the one that is stored.

    `none` is what to call no zone at all; without it, one has to be chosen.
    """
    if isinstance(field, forms.TypedChoiceField):
        field.coerce = _refusing(field.coerce)
    if isinstance(field, forms.ChoiceField):
        kept = {*offered(), str(stored)}
        choices = cast("Iterable[tuple[object, str]]", field.choices)
        field.widget = ZoneSelect()
        zones = [(zone, name) for zone, name in choices if str(zone) in kept]
        field.choices = [("", none), *zones] if none else zones


class ZoneSelect(forms.Select):
    """Write all options at once: a template for each of 400 takes as long as the whole page."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002
    ) -> SafeString:
        chosen = str(value)
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((zone, mark_safe(" selected") if str(zone) == chosen else "", label)
             for zone, label in self.choices),
        )  # fmt: skip
        written = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>\n{}\n</select>", flatatt(written), options)
