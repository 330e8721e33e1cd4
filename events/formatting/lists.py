"""Lists in a sentence, joined as the reader's language joins them: "A, B and C", "A、B、C"."""

from collections.abc import Iterable

from babel.lists import format_list
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from . import reader

#: English as all our texts are written: without a comma before the "and".
SPELLING = {"en": "en_001"}


def joined(parts: Iterable[object]) -> str:
    """Return one text, in the order of the parts; "" for none."""
    locale = reader.locale()
    return format_list([str(part) for part in parts], locale=SPELLING.get(str(locale), locale))


def joined_html(parts: Iterable[str]) -> SafeString:
    """Join parts of HTML; what is not marked as safe is escaped."""
    return mark_safe(joined(conditional_escape(part) for part in parts))  # noqa: S308 - each part is escaped
