"""The file of one's own data as a page to read and print: the same rows as in `export`.

It is one file of HTML without scripts, in the language and the time zone of the person. What is
empty is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, override

from events.access.refusal_words import reason_of
from events.formatting import contact, lists, money, times
from events.models import Attendee

from . import export
from .export_rows import Row
from .readable_words import CODES, FIELDS, PARTS

NOTHING: tuple[object, ...] = (None, "", [], {})
#: Inside of the file, because it is read without the site; no policy of ours is about it then.
STYLE = mark_safe(f"<style>\n{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>")  # noqa: S308 - ours


def write(attendee: Attendee, now: datetime) -> Iterator[str]:
    """Yield the file part by part, each in the language of the request that asked for it."""
    language = get_language() or settings.LANGUAGE_CODE
    parts = export.facts(attendee) | dict(export.lists(attendee))
    words = Reader(attendee.zone)
    yield _framed("head", {"now": times.in_words(now, attendee.zone), "language": language})
    for name, content in parts.items():
        with override(language):
            piece = words.part(name, content)
        yield piece
    yield _framed("foot", {})


def _framed(name: str, context: dict[str, object]) -> str:
    context |= {"site": settings.SITE_URL, "site_name": settings.SITE_NAME, "style": STYLE}
    return render_to_string(f"registration/data_file_{name}.html", context)


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns parts of the file into HTML, with times in this zone."""

    zone: ZoneInfo

    def part(self, name: str, content: Row | Iterable[Row]) -> SafeString:
        rows = [content] if isinstance(content, Mapping) else content
        shown = [self._row(name, row) for row in rows]
        body = mark_safe("".join(filter(None, shown)))  # noqa: S308 - made by format_html
        part = PARTS[name]
        return format_html(
            '<section><h2>{}</h2>{}<p class="note">{}</p></section>\n',
            part.title,
            body or format_html("<p>{}</p>", gettext("Nothing.")),
            str(part.correction) % {"contact": contact.site_contact()},
        )

    def _row(self, part: str, row: Row) -> SafeString:
        pairs = [
            (FIELDS[name], self._value(part, name, value, row))
            for name, value in row.items()
            if value not in NOTHING and name != "currency"
        ]
        listed = format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs)
        return format_html("<dl>{}</dl>", listed) if pairs else SafeString("")

    def _value(self, part: str, name: str, value: Any, row: Row) -> SafeString | str:
        if isinstance(value, Mapping):
            return self._linked(value) if "address" in value else self._of_languages(name, value)
        if isinstance(value, list | tuple):
            return self._several(name, value)
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if name == "amount":
            return money.format_amount(value, str(row["currency"]))
        if name in INSTANTS:
            return times.in_words(datetime.fromisoformat(value), self.zone)
        return str(CODES.get((part, name), {}).get(value, value))

    def _several(self, name: str, values: Iterable[Any]) -> SafeString | str:
        """Show rows below each other, and codes and words as one sentence."""
        found = list(values)
        if isinstance(found[0], Mapping):
            return format_html_join("", "{}", ((self._row(name, row),) for row in found))
        return lists.joined(reason_of(each) if name == "skipped_for" else each for each in found)

    def _linked(self, what: Mapping[str, Any]) -> SafeString:
        return format_html('<a href="{}">{}</a>', what["address"], what["title"])

    def _of_languages(self, part: str, texts: Mapping[str, Row]) -> SafeString:
        rows = ((code, code, self._row(part, row)) for code, row in texts.items())
        return format_html_join("", '<p>{}</p><div lang="{}">{}</div>', rows)


#: Fields that hold an instant.
INSTANTS = frozenset(name for name in FIELDS if name.endswith(("_at", "_until"))) | {"since"}
