"""Find the pages of the site that somebody has to agree to before they sign up. Reads only."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from events.models import Agreement, Attendee, PageVersion


def pages_to_agree_to(attendee: Attendee) -> tuple[PageVersion, ...]:
    """Return the newest version of each page that is agreed to, unless the person agreed to it.

    Having agreed to an older one counts as long as no version after that asks again. It costs one
    query where no page is agreed to, and two else.
    """
    shown = PageVersion.objects.filter(page__is_agreed_to=True, page__is_shown=True)
    versions = shown.select_related("page").defer("page__text", "text")
    pages = [list(group) for _pk, group in groupby(versions, attrgetter("page_id"))]
    agreed = _newest_agreed(attendee) if pages else {}
    return tuple(_unless_agreed(pages, agreed))


def _newest_agreed(attendee: Attendee) -> dict[int, int]:
    """Return the number of the newest version that the person agreed to, by page."""
    if attendee.pk is None:
        return {}
    own = Agreement.objects.filter(attendee=attendee).order_by("version__number")
    return dict(own.values_list("version__page", "version__number"))


def _unless_agreed(
    pages: Iterable[list[PageVersion]], agreed: dict[int, int]
) -> Iterator[PageVersion]:
    for versions in pages:
        newest = versions[-1]
        since = max((one.number for one in versions if one.asks_again), default=1)
        if agreed.get(newest.page_id, 0) < since:
            yield newest


def agreements_of(attendee: Attendee) -> list[Agreement]:
    """Return what the person agreed to, newest first, with the pages."""
    q = attendee.agreements.select_related("version__page", "registration")
    return list(q.defer("version__text", "version__page__text").order_by("-agreed_at", "-pk"))
