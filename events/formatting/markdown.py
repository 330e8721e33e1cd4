"""Organizers' Markdown as safe HTML."""

from functools import lru_cache

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

#: No headings above the page's own, no pictures (they would tell third parties who reads).
TAGS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}}
SCHEMES = {"http", "https", "mailto"}
#: How many characters of HTML a description may become: a row of a table with nothing in it gets a
#: cell for each column.
MOST_OF_A_PAGE = 200_000

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=128)
def render_markdown(text: str) -> SafeString:
    """Return HTML of the allowed tags; links carry `nofollow noopener noreferrer`.

    Text that would become too long a page is shown as it was typed. The last descriptions are kept
    by their text, because a long one takes a good part of a second and is the same for everybody.
    """
    page = _render(text)
    if len(page) > MOST_OF_A_PAGE:
        return format_html("<pre>{}</pre>", text)
    return mark_safe(page)  # noqa: S308 - nh3 has just sanitized it


def is_too_long_a_page(text: str) -> bool:
    return len(_render(text)) > MOST_OF_A_PAGE


def _render(text: str) -> str:
    return nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
