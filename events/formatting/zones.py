"""Time zones that people choose from: a place in each, and UTC.

The database of zones also has old and second names of them, fixed offsets, and `localtime` of the
server. Rows that have one of those keep it.
"""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

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
        field.widget = ZoneSelect()
        field.choices = [(zone, name) for zone, name in choices if str(zone) in kept]


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
