"""The admin site itself: its titles, and the addresses that it has."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _


class OrganizersSite(admin.AdminSite):
    site_header = _("Organize events")
    site_title = _("Events")
    index_title = _("Your events")
    enable_nav_sidebar = False  # a few lists need no menu; wide tables need the room

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out the shortcut `r/<type>/<id>/`: it redirects any staff to the address of any
        object, so it would tell them the addresses of other organizers' drafts.
        """
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
