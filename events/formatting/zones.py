"""Time zones that people choose from: a place in each, and UTC.

The database of zones also has old and second names of them, fixed offsets, and `localtime` of the
server. Rows that have one of those keep it.
"""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterable


@cache
def offered() -> frozenset[str]:
    """Return the names in the table of places that comes with the database, and UTC."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return frozenset({"UTC", *(row[2] for row in rows)})


def offer_zones(field: forms.Field, *, stored: object) -> None:
    """Let a field that knows all zones take only these, and the one that is stored."""
    if isinstance(field, forms.ChoiceField):
        kept = {*offered(), str(stored)}
        choices = cast("Iterable[tuple[object, str]]", field.choices)
        field.choices = [(zone, name) for zone, name in choices if str(zone) in kept]
