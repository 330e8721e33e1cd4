"""The admin site itself: its titles, and the addresses that it has."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.accounts.forms import StaffSignInForm
from events.accounts.second_factor import gate
from events.http.errors import organizers_only

from . import health
from .markdown_field import PREVIEW, preview


class OrganizersSite(admin.AdminSite):
    index_title = _("Your events")
    enable_nav_sidebar = False  # a few lists need no menu; wide tables need the room
    login_form = StaffSignInForm

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out the shortcut `r/<type>/<id>/`: it redirects any staff to the address of any
        object, so it would tell them the addresses of other organizers' drafts.
        """
        own = path("preview/", self.admin_view(preview), name=PREVIEW)
        kept = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        return [own, *health.urls(self), *kept]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        """Let in who may organize, and then who has proved a second factor if one is asked for.

        Everything goes this way but signing in; signing out is for everybody.
        """
        asked = view if view == self.logout else gate.proved_first(view)
        return super().admin_view(asked, cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Name the site on every page, as its own pages do."""
        header = gettext("%(site)s: organize") % {"site": settings.SITE_NAME}
        named = {"site_header": header, "site_title": settings.SITE_NAME}
        return super().each_context(request) | named

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Tell people who are signed in, but do not organize, who may come in here."""
        is_elsewhere = request.user.is_authenticated and not self.has_permission(request)
        if is_elsewhere and request.method in {"GET", "HEAD"}:
            return organizers_only(request)
        return super().login(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the page where everybody changes their password, with its proof and limits."""
        return redirect("password")
