"""The page before unlinking Neos: what it does, or what is in the way and how to end that."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.accounts import attendees
from events.http.requests import SignedInRequest, safe_next, with_next
from events.models import Attendee, Registration
from events.payments import quotes

from .unlink import in_the_way


@never_cache
@login_required
@require_safe
def unlink(request: SignedInRequest) -> HttpResponse:
    if not attendees.attendee_of(request.user).is_linked:
        messages.info(request, gettext("No Neos account is linked to this account."))
        return redirect(safe_next(request) or "events:account")
    return unlink_page(request)


def unlink_page(
    request: HttpRequest, status: int = HTTPStatus.OK, sentence: str = "", code: str = ""
) -> HttpResponse:
    """Render the page, also as the answer to a try that was refused with `sentence`."""
    attendee = attendees.attendee_of(cast("SignedInRequest", request).user)
    now, back = timezone.now(), safe_next(request) or reverse("events:account")
    context = {
        "sentence": sentence,
        "code": code,
        "in_the_way": in_the_way(attendee, now),
        "quotes": quotes.quotes(_held(attendee), now),
        "viewer": attendee,
        "now": now,
        "back": back,
        "here": with_next("events:unlink", back),
    }
    return render(request, "registration/unlink.html", context, status=status)


def _held(attendee: Attendee) -> list[Registration]:
    return list(attendee.registrations.active().select_related("event", "workshop"))
