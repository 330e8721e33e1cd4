"""Find the event of a page, refuse those who may not see it, and frame the page with tabs.

A page is a function of the request, the event and the frame, which is what every template needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.admin import shown
from events.admin.base import GONE
from events.admin.initial import MAX_ID_DIGITS
from events.models import Event

View = Callable[..., HttpResponseBase]  # of request, event, frame, and what its path names
SEE = "events.view_event"


@dataclass(frozen=True)
class Page:
    """A page at `<event>/<path>`, for people who have all of `needs`. With a label it is a tab.

    A page that is none may stand `below` the tab of that name. What the path names besides the
    event is handed to the view.
    """

    path: str
    name: str
    view: View
    label: StrPromise | None = None
    needs: tuple[str, ...] = ()
    below: str = ""


@dataclass(frozen=True)
class Tab:
    label: StrPromise
    address: str
    is_current: bool


class EventPages(admin.ModelAdmin[Event]):
    """Add pages about one event to its admin. Subclasses list them in the order of their tabs."""

    pages: ClassVar[tuple[Page, ...]] = ()

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<path:object_id>/{page.path}", self._open(page), name=page.name)
            for page in self.pages
        ]
        return [*own, *super().get_urls()]

    def frame(self, request: HttpRequest, event: Event, current: str) -> dict[str, Any]:
        """Return what the template of every page about the event needs."""
        return self.admin_site.each_context(request) | {
            "opts": self.opts,
            "event": event,
            "about": _about(event),
            "tabs": self.tabs(request, event, current),
            "current": current,
        }

    def tabs(self, request: HttpRequest, event: Event, current: str) -> list[Tab]:
        """Return the tabs that this person may open: the form stands second, after the desk."""
        form = (_("Edit"), "events_event_change", ())
        shown = [(page.label, page.name, page.needs) for page in self.pages if page.label]
        history = (_("History"), "events_event_history", ())
        return [
            Tab(label, reverse(f"admin:{name}", args=[event.pk]), is_current=name == current)
            for label, name, needs in [*shown[:1], form, *shown[1:], history]
            if request.user.has_perms(needs)
        ]

    def _open(self, page: Page) -> Callable[..., HttpResponseBase]:
        def view(request: HttpRequest, object_id: str, **named: Any) -> HttpResponseBase:
            if not request.user.has_perms([SEE, *page.needs]):
                raise PermissionDenied
            event = self._own_or_404(request, object_id)
            with timezone.override(event.zone):
                frame = self.frame(request, event, page.below or page.name)
                try:
                    response = page.view(request, event, frame, **named)
                except ObjectDoesNotExist:
                    if request.method != "POST":
                        raise
                    return self._gone(request, event)
                if isinstance(response, TemplateResponse):
                    response.render()  # later it would be in another zone
            return response

        return self.admin_site.admin_view(view)

    def _gone(self, request: HttpRequest, event: Event) -> HttpResponseBase:
        """Say that a row was deleted while the page worked with it, and lead back.

        Pages catch it by themselves if there is something typed to keep.
        """
        self.message_user(request, gettext(GONE), messages.ERROR)
        if Event.objects.filter(pk=event.pk).exists():
            return redirect("admin:events_event_desk", event.pk)
        return redirect("admin:events_event_changelist")

    def _own_or_404(self, request: HttpRequest, object_id: str) -> Event:
        """Return the event; one of another organizer looks like one that does not exist."""
        is_id = object_id.isascii() and object_id.isdigit() and len(object_id) <= MAX_ID_DIGITS
        event = self.get_queryset(request).filter(pk=object_id).first() if is_id else None
        if event is None:
            raise Http404
        return event


def _about(event: Event) -> str:
    """Say when an event is and who sees it, on each of its pages."""
    parts = [shown.moment(event.starts_at, event.zone), event.get_status_display()]
    if event.is_published and not event.listed:
        parts.append(gettext("not in the public list"))
    return shown.joined(*parts)
