"""The secret link of a draft: made, shown once, made anew and revoked, after a question."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events.admin import shown
from events.admin.versions import VERSION, fingerprint_of
from events.models import Event, PreviewLink
from events.previews import links
from events.previews.links import LinkChanged, NotDraft

from .acts import CHANGED
from .log import note

MAKE, REVOKE = "make", "revoke"


@require_http_methods(["GET", "HEAD", "POST"])
def share_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    """Show the new link on the answer itself: nobody can read it a second time."""
    link = links.link_of(event)
    context = frame | {
        "title": _("Share the draft"),
        "made_at": shown.moment(link.created_at, event.zone) if link else "",
        "version": version_of(link),
    }
    if request.method == "POST":
        act = request.POST.get("act")
        if act not in {MAKE, REVOKE}:
            raise Http404
        if link and "confirmed" not in request.POST:
            context["asked"] = act
        elif (done := _done(request, event, link, act)) is None:
            return redirect("admin:events_event_share", event.pk)
        else:
            context["link"] = done
    response = TemplateResponse(request, "admin/events/event/share.html", context)
    add_never_cache_headers(response)
    return response


def version_of(link: PreviewLink | None) -> str:
    """Name the link that a page has shown: what it asks is about that one."""
    return fingerprint_of("preview", link.digest if link else "")


def _done(request: HttpRequest, event: Event, link: PreviewLink | None, act: str) -> str | None:
    """Return the address of a new link, or None with a message about what happened."""
    try:
        if request.POST.get(VERSION) != version_of(link):
            raise LinkChanged
        if act == MAKE:
            return _make(request, event, link)
        _revoke(request, event, link)
    except LinkChanged:
        messages.warning(request, CHANGED)
    except NotDraft:
        text = gettext("The event is not a draft any more: share its own address.")
        messages.warning(request, text)
    return None


def _make(request: HttpRequest, event: Event, link: PreviewLink | None) -> str:
    token = links.make_link(event, instead_of=link)
    note(request, event, gettext("Made a preview link."))
    return settings.SITE_URL + reverse("events:preview", kwargs={"token": token})


def _revoke(request: HttpRequest, event: Event, link: PreviewLink | None) -> None:
    links.revoke_link(event, link=link)
    if link is not None:
        note(request, event, gettext("Revoked a preview link."))
    messages.success(request, gettext("The preview link leads nowhere any more."))
