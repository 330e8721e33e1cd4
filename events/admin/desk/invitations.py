"""Links with which one person takes a place: made, shown once, and revoked."""

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import places
from events.admin import shown
from events.admin.initial import MAX_ID_DIGITS
from events.models import Event, PlaceInvitation, Workshop

from .act_forms import NOT_THERE, InviteForm
from .log import note

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def invite_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    """Make a link and show it on the answer itself: nobody can read it a second time."""
    if "revoke" in request.POST:
        return _revoke(request, event)
    form = InviteForm(request.POST if request.method == "POST" else None, event=event)
    context = frame | {"title": _("Invitation link"), "form": form}
    if form.is_bound and form.is_valid():
        try:
            context |= _make(request, form)
        except Workshop.DoesNotExist:
            form.add_error("place", NOT_THERE)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    response = TemplateResponse(request, "admin/events/event/invite.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _make(request: HttpRequest, form: InviteForm) -> dict[str, Any]:
    until = timezone.now() + timedelta(days=form.cleaned_data["days"])
    made, token = places.invite(
        bookable=form.bookable,
        by=cast("User", request.user),
        because=form.cleaned_data["because"],
        until=until,
    )
    note(request, form.event, gettext("Made an invitation link."))
    link = settings.SITE_URL + reverse("events:invitation", kwargs={"token": token})
    return {"link": link, "made": made, "until": shown.moment(until, form.event.zone)}


def _revoke(request: HttpRequest, event: Event) -> HttpResponse:
    pk = request.POST["revoke"]
    is_id = pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS
    found = PlaceInvitation.objects.filter(event=event, pk=pk).first() if is_id else None
    if found is None:
        raise Http404
    if places.revoke_invitation(invitation=found):
        note(request, event, gettext("Revoked an invitation link."))
        messages.success(request, gettext("The link gives nobody a place any more."))
    else:
        messages.warning(request, gettext("The link was used or revoked before."))
    return redirect(reverse("admin:events_event_people", args=[event.pk]) + "#links")
