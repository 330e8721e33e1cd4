"""Find what staff have still to fill in: words in brackets, like `[name]`."""

import re
from collections.abc import Iterator

from events.models.site_page import Written

#: No link and no reference of Markdown, which have something behind the bracket.
MARK = re.compile(r"\[[^\[\]\n]{2,80}\](?![\[(:])")


def open_marks(page: Written) -> list[str]:
    """Return each of them once, in the order of the texts."""
    return list(dict.fromkeys(mark for text in _texts(page) for mark in MARK.findall(text)))


def _texts(page: Written) -> Iterator[str]:
    yield page.text
    yield from (texts.get("text", "") for texts in page.translations.values())
