"""Tags of the frame around every page: how the site is called, and who looks at it.

They take no request: pages that say that something is wrong have none.
"""

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context
from django.urls import reverse

from events.access import viewers
from events.http import site_pages, theme
from events.http.requests import safe_next, this_page, with_next
from events.models import Attendee
from events.models.attendee import drawn_face

register = template.Library()


@register.simple_tag
def site_name() -> str:
    return settings.SITE_NAME


@register.simple_tag
def platform_key() -> str:
    """Return what the sign-in is called in addresses."""
    return settings.PLATFORM.key


@register.simple_tag
def site_tagline() -> str:
    return settings.SITE_TAGLINE


@register.simple_tag
def theme_url() -> str:
    return theme.address()


@register.simple_tag
def logo_url() -> str:
    return reverse("events:logo") if settings.SITE_LOGO else ""


@register.inclusion_tag("_site_pages.html")
def site_page_links() -> dict[str, object]:
    return {"pages": site_pages.written()}


@register.simple_tag(takes_context=True)
def sign_in_address(context: Context, *, is_page: bool = True) -> str:
    """Lead to signing in and back to this page, or to where it leads on to.

    `is_page=False` is for pages that say that something is wrong: nobody wants to come back there.
    """
    request = context.get("request")
    if request is None:
        return reverse("login")
    back = this_page(request) if is_page else ""
    return with_next("login", back or context.get("next") or safe_next(request))


@register.inclusion_tag("_chip.html", takes_context=True)
def account_chip(context: Context) -> dict[str, object]:
    """Show the name and the picture of who is signed in. Most pages have read the row already.

    Organizers who take part in nothing have no row: a face is drawn for their account.
    """
    user = getattr(context.get("request"), "user", AnonymousUser())
    viewer = context.get("viewer")
    if not isinstance(viewer, Attendee):
        viewer = viewers.viewer_of(user)
    if viewer is None or viewer.pk is None:
        return {"user": user, "face_url": drawn_face(f"user/{user.pk}")}
    return {"viewer": viewer, "user": user, "face_url": viewer.face_url}
