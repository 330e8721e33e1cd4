"""Organizers' Markdown as safe HTML."""

from functools import lru_cache

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

#: No second title of the page, no pictures (they would tell third parties who reads).
TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
    "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
LOWEST_HEADING = 6
ATTRIBUTES = {"a": {"href", "title"}}
SCHEMES = {"http", "https", "mailto"}
#: How many characters of HTML a description may become: a row of a table with nothing in it gets a
#: cell for each column.
MOST_OF_A_PAGE = 200_000

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")


def _put_below_the_title(state: StateCore) -> None:
    """Make the first headings `h2` and those below them `h3`, so that no level is left out.

    The page's own title is its `h1`; people who write choose levels by their size.
    """
    above: list[str] = []
    for token in state.tokens:
        if token.type == "heading_open":
            above = [*(tag for tag in above if tag < token.tag), token.tag]
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(len(above) + 1, LOWEST_HEADING)}"


_parser.core.ruler.push("headings_below_the_title", _put_below_the_title)


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
