"""Make a version of a page, which people see from then on."""

from django.db import transaction
from django.utils import timezone

from events.models import PageVersion, SitePage
from events.models.site_page import digest_of


def publish(page: SitePage, *, asks_again: bool = False) -> PageVersion:
    """Return the newest version, which has the words of the page as it is now.

    The page is locked, so that two people who publish get two numbers. Without a change there is
    no new version, unless it is to ask people again.
    """
    with transaction.atomic():
        SitePage.objects.select_for_update().get(pk=page.pk)
        newest = page.versions.last()
        if newest is not None and is_published(page, newest) and not asks_again:
            return newest
        number = newest.number + 1 if newest else 1
        made = PageVersion.of(
            page, number=number, asks_again=asks_again, published_at=timezone.now()
        )
        made.save(force_insert=True)
        return made


def is_published(page: SitePage, newest: PageVersion | None) -> bool:
    """Return whether people see the page as it is now."""
    words = {"title": page.title, "text": page.text, "translations": page.translations}
    return newest is not None and newest.digest == digest_of(words)
