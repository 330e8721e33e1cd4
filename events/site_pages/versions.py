"""Find the versions of a page, by number and by day."""

from datetime import UTC, date, datetime, time

from django.db.models import OuterRef, QuerySet, Subquery

from events.models import PageVersion


def versions_of(name: str) -> QuerySet[PageVersion]:
    """Return the versions of a page that is on the site, oldest first."""
    shown = PageVersion.objects.filter(page__name=name, page__is_shown=True)
    return shown.select_related("page").order_by("number")


def version_at(versions: QuerySet[PageVersion], day: date) -> PageVersion | None:
    """Return the version that people saw at the end of this day in UTC; None before the first."""
    return versions.filter(published_at__lte=datetime.combine(day, time.max, UTC)).last()


def newest_versions() -> QuerySet[PageVersion]:
    """Return what people read on each page that is on the site, with the pages, in one query."""
    numbers = PageVersion.objects.filter(page=OuterRef("page")).order_by("-number")
    newest = PageVersion.objects.filter(number=Subquery(numbers.values("number")[:1]))
    return newest.filter(page__is_shown=True).select_related("page").order_by("page__name")
