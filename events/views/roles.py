"""Let people say whether their name stands with their roles on the page of an event."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from events import places
from events.access import viewers
from events.http.errors import conflict
from events.http.requests import SignedInRequest
from events.models import Attendee, Event

from .addresses import find_event, missing_is_404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def show_roles(request: SignedInRequest, slug: str) -> HttpResponse:
    """Answer 404 to people without a role there."""
    event = find_event(request, slug)
    if request.method == "POST":
        attendee = _with_a_role(request, event)
        is_shown = request.POST.get("shown") == "yes"
        if not places.show_roles(event=event, attendee=attendee, is_shown=is_shown):
            return conflict(
                request,
                gettext(
                    "Please choose a display name in your account first. Nobody sees the name with "
                    "which you sign in."
                ),
            )
    return redirect(f"{event.get_absolute_url()}#your-role")


def _with_a_role(request: SignedInRequest, event: Event) -> Attendee:
    attendee = viewers.viewer_of(request.user)
    if attendee is None or not event.roles.filter(attendee=attendee).exists():
        raise Http404
    return attendee
