"""Filters that say in HTML in which language a text of an event is."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.formatting import marked as formatting

register = template.Library()


@register.filter
def marked(text: str) -> SafeString:
    """Return the text in a `bdi`, with `lang` if it is not in the language of the page."""
    return format_html("<bdi{}>{}</bdi>", formatting.lang_attribute(text), text)


@register.filter
def lang(text: str) -> SafeString:
    """Return ` lang="ja"` for the tag around the text, or nothing."""
    return formatting.lang_attribute(text)
