"""The organizers' side: the stock Django admin, with every action going through the rules."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _
from social_django.models import Association, Nonce, UserSocialAuth

from . import (
    attendee,
    block,
    event,
    notification,
    payment,
    provider_event,
    registration,
    user,
    waitlist_log,
)

__all__ = [
    "attendee",
    "block",
    "event",
    "notification",
    "payment",
    "provider_event",
    "registration",
    "user",
    "waitlist_log",
]

admin.site.site_header = _("Organize events")
admin.site.site_title = _("Events")
admin.site.index_title = _("Your events")
admin.site.enable_nav_sidebar = False  # a few lists need no menu; wide tables need the room

# Internals of the sign-in are nobody's business here; unlinking is done on the account page.
for internal in (Association, Nonce, UserSocialAuth):
    admin.site.unregister(internal)

_stock_urls = admin.site.get_urls


def _urls_without_shortcut() -> list[URLPattern | URLResolver]:
    """The admin's addresses but one: `r/<type>/<id>/` tells any staff where any object is to be
    found, so the addresses of other organizers' drafts.
    """
    return [url for url in _stock_urls() if getattr(url, "name", None) != "view_on_site"]


admin.site.get_urls = _urls_without_shortcut  # type: ignore[method-assign]  # no option for it
