"""Filters for texts of events: in HTML they say their language, and long titles are smaller."""

import unicodedata

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.formatting import marked as formatting

register = template.Library()

#: A title of more letters is smaller. A wide letter takes as much room as two and a half others.
LONG, WIDE = 24, 2.5


@register.filter
def marked(text: str) -> SafeString:
    """Return the text in a `bdi`, with `lang` if it is not in the language of the page."""
    return format_html("<bdi{}>{}</bdi>", formatting.lang_attribute(text), text)


@register.filter
def lang(text: str) -> SafeString:
    """Return ` lang="ja"` for the tag around the text, or nothing."""
    return formatting.lang_attribute(text)


@register.filter
def is_long(title: str) -> bool:
    wide = sum(unicodedata.east_asian_width(letter) in "FW" for letter in title)
    return len(title) - wide + WIDE * wide > LONG
