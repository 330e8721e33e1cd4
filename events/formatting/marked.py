"""Text that is in another language than the page or mail around it, as HTML says it.

The text itself has its language in `lang`, like `events.models.texts.Text`. With it, HTML is read
out and drawn as its language wants it. Where all is in one language nothing is added.
"""

from collections.abc import Iterable
from typing import Self

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from . import lists


class Marked(str):
    """Plain text that knows how it looks in HTML, which a template with autoescape shows."""

    __slots__ = ("html",)
    html: SafeString

    def __new__(cls, plain: str, html: SafeString) -> Self:
        marked = super().__new__(cls, plain)
        marked.html = html
        return marked

    def __html__(self) -> SafeString:
        return self.html


def lang_attribute(text: str) -> SafeString:
    """Return ` lang="ja"` for the tag around the text; "" if that language is around it anyway."""
    lang: str = getattr(text, "lang", "")
    return format_html(' lang="{}"', lang) if lang else SafeString("")


def inline(text: str) -> Marked:
    """Return the text for a sentence: inside of a `bdi` if its language has to be said."""
    lang = lang_attribute(text)
    html = format_html("<bdi{}>{}</bdi>", lang, str(text)) if lang else conditional_escape(text)
    return Marked(str(text), html)


def sentence(template: str, **values: object) -> Marked:
    """Fill a sentence with `%(name)s` in it: as plain text, and as HTML with its values marked."""
    escaped = {
        name: conditional_escape(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    html = mark_safe(conditional_escape(template) % escaped)  # noqa: S308 - all parts are escaped
    return Marked(template % values, html)


def quoted(text: str) -> Marked:
    """Return it in the quotation marks of the reader's language, marked as `text` is."""
    return sentence(gettext("“%(title)s”"), title=text)


def listed(parts: Iterable[str]) -> Marked:
    """Join them as the reader's language joins a list: "A, B and C"."""
    parts = list(parts)
    return Marked(lists.joined(parts), lists.joined_html(parts))


def joined(separator: str, parts: Iterable[str]) -> Marked:
    parts = list(parts)
    html = mark_safe(conditional_escape(separator).join(map(conditional_escape, parts)))  # noqa: S308 - all parts are escaped
    return Marked(separator.join(parts), html)
