"""Are the pages that staff write fit to be read?"""

from collections.abc import Iterator

from events.formatting import lists
from events.models import PageVersion
from events.site_pages import newest_versions, open_marks

from .finding import Asked, Finding, ok, warning

PAGES = "pages"


def check_pages(_asked: Asked) -> Iterator[Finding]:
    """Warn of words in brackets that nobody filled in, on pages that people can read."""
    found = [(one, marks) for one in newest_versions() if (marks := open_marks(one))]
    for version, marks in found:
        yield _unfinished(version, marks)
    if not found:
        yield ok(PAGES, "Nothing is left to fill in on the pages that staff wrote.")


def _unfinished(version: PageVersion, marks: list[str]) -> Finding:
    sentence = f"The page {version.page.name} still has {lists.joined(marks)}."
    return warning(PAGES, sentence, "Write what belongs there, in the admin, and publish it.")
