"""The admin site itself: its titles, and the addresses that it has."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from events.accounts.forms import StaffSignInForm


class OrganizersSite(admin.AdminSite):
    site_header = _("Organize events")
    site_title = _("Events")
    index_title = _("Your events")
    enable_nav_sidebar = False  # a few lists need no menu; wide tables need the room
    login_form = StaffSignInForm

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out the shortcut `r/<type>/<id>/`: it redirects any staff to the address of any
        object, so it would tell them the addresses of other organizers' drafts.
        """
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the page where everybody changes their password, with its proof and limits."""
        return redirect("password")
