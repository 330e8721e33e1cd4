"""Two pages for those who run the site: how it does now, and what the last 24 hours brought."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe
from django_stubs_ext import StrPromise

from events import happened
from events.formatting import times
from events.health import hours, metrics, queue
from events.health.hours import HOURS, Row
from events.health.reasons import find_reasons
from events.health.words import JOBS, REASONS
from events.models import Job, Payment

from . import health_words, shown

SEE_FIGURES = "events.view_figure"
NOW, HOURS_PAGE = "health_now", "health_hours"
#: Routes that the page names: those on which most requests were slow or broke.
MOST_ROUTES = 10

Make = Callable[[datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, and what was counted under it, each with its words."""

    title: str | StrPromise
    rows: list[tuple[str | StrPromise, Row]]


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("now/", site.admin_view(_page(site, "now", NOW, _now)), name=NOW),
        path("hours/", site.admin_view(_page(site, "hours", HOURS_PAGE, _hours)), name=HOURS_PAGE),
    ]


def _page(site: AdminSite, template: str, name: str, make: Make) -> Any:
    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(SEE_FIGURES):
            raise PermissionDenied
        context = site.each_context(request) | make(timezone.now()) | {"here": name}
        response = TemplateResponse(request, f"admin/events/health/{template}.html", context)
        add_never_cache_headers(response)
        return response

    return page


def _now(now: datetime) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    waitlists = queue.longest_waitlists(now)
    oldest = queue.oldest_due(now)
    return {
        "title": gettext("Now"),
        "at": times.in_words(now, zone),
        "reasons": [REASONS[reason] for reason in find_reasons(now)],
        "mail_waiting": queue.waiting_mail(now),
        "mail_oldest": shown.moment(oldest, zone) if oldest else "",
        "mail_dead": queue.dead_mail(now),
        "jobs": [*_jobs(zone)],
        "to_refund": queue.number_of(Payment.objects.to_refund()),
        "people_waiting": queue.waiting_people(now),
        "waitlists": waitlists,
        "most": max((each.number for each in waitlists), default=0),
        "lock_waiters": metrics.lock_waiters() if connection.vendor == "postgresql" else None,
    }


def _jobs(zone: ZoneInfo) -> Iterator[tuple[StrPromise, str]]:
    """Yield the name of each work, and when it was last done; "" for never."""
    ended = dict(Job.objects.values_list("name", "ended_at"))
    for name, words in JOBS.items():
        yield words, times.in_words(ended[name], zone) if name in ended else ""


def _hours(now: datetime) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    found = hours.last_hours(now)
    return {
        "title": gettext("Last 24 hours"),
        "since": times.in_words(hours.first_hour(now), zone),
        "parts": list(_parts(found)),
        "calls": [*_calls(found)],
        "routes": _routes(found.get(happened.REQUEST, [])),
        "width": HOURS * int(hours.WIDTH),
        "height": int(hours.HEIGHT),
    }


def _parts(found: dict[str, list[Row]]) -> Iterator[Part]:
    """Show every kind, also those of which there were none: that may be the news."""
    by_kind = {row.label: row for row in found.get(happened.HAPPENED, [])}
    for title, words in health_words.PARTS:
        yield Part(title, [(text, by_kind.get(kind, Row(kind))) for kind, text in words.items()])


def _calls(found: dict[str, list[Row]]) -> Iterator[tuple[str | StrPromise, Row]]:
    """Show other servers by their outcome, and waits for the lock of an event."""
    for row in found.get(happened.PROVIDER, []):
        yield health_words.call(row.label), row
    for row in found.get(happened.LOCK, []):
        is_late = row.label.endswith("timeout")
        yield WAITS_IN_VAIN if is_late else WAITS, row


def _routes(rows: list[Row]) -> list[Row]:
    broken = [row for row in rows if row.over_1_s or row.label.endswith("5xx")]
    return sorted(broken, key=lambda row: (-row.over_1_s, -row.total, row.label))[:MOST_ROUTES]


WAITS = gettext_lazy("Waits for the lock of an event")
WAITS_IN_VAIN = gettext_lazy("Waits for the lock of an event, in vain")
