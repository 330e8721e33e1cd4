"""Do people see what staff wrote last on the pages of the site?

Code of before versions saves a page and publishes nothing: between `migrate` and the restart of an
upgrade it makes drafts of what its users take for published.
"""

from collections.abc import Iterator

from events.models import SitePage
from events.site_pages import is_published, newest_versions

from .finding import Asked, Finding, ok, warning

PAGES = "pages"
PUBLISH = "Publish it in the admin, under Pages of the site"


def check_drafts(_asked: Asked) -> Iterator[Finding]:
    """Warn of pages that nobody can read, and of those that read otherwise than staff wrote."""
    newest = {version.page_id: version for version in newest_versions()}
    pages = SitePage.objects.filter(is_shown=True)
    drafts = [page for page in pages if not is_published(page, newest.get(page.pk))]
    for page in drafts:
        yield _unseen(page) if page.pk not in newest else _older(page, newest[page.pk].number)
    if not drafts:
        yield ok(PAGES, "What staff wrote on pages of the site is published.")


def _unseen(page: SitePage) -> Finding:
    sentence = f"The page {page.name} is not published: people find nothing there."
    return warning(PAGES, sentence, f"{PUBLISH}, or leave it until it is ready.")


def _older(page: SitePage, number: int) -> Finding:
    sentence = f"The page {page.name} has a draft: people see version {number}, which is older."
    return warning(PAGES, sentence, f"{PUBLISH}, or leave it until it is ready.")
