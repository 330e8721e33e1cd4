"""Pages that prove an e-mail address, or keep a proved one."""

from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.accounts import attendees
from events.http.requests import SignedInRequest, own_address, safe_next, with_next

from . import local

#: The pause before the confirmation can be mailed again.
CONFIRMATION_PAUSE = timedelta(minutes=1)


@login_required
@require_POST
def send_confirmation(request: SignedInRequest) -> HttpResponse:
    attendee, back = attendees.attendee_of(request.user), safe_next(request)
    if not attendee.address_to_prove:
        messages.info(request, gettext("There is no address to confirm."))
    elif cache.add(f"confirmation:{attendee.pk}", 1, CONFIRMATION_PAUSE.total_seconds()):
        local.send_confirmation(attendee, back)
        messages.success(request, gettext("We mailed you the link again."))
    else:
        messages.error(request, gettext("We have just mailed it. Please wait a minute."))
    return redirect(with_next("events:account", back))


@login_required
@require_POST
def keep_address(request: SignedInRequest) -> HttpResponse:
    """Drop a change that waits to be confirmed. It takes nothing away, so nothing is asked."""
    if local.drop_pending_address(attendees.attendee_of(request.user)):
        messages.success(request, gettext("Your old address stays in use."))
    return redirect(with_next("events:account", safe_next(request)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button: mail scanners open links, so a visit must not confirm anything."""
    back = own_address(request, local.way_back(token))
    try:
        address = local.address_to_confirm(token)
        if request.method != "POST":
            return render(request, "registration/confirm_address.html", {"address": address})
        local.confirm_address(token)
    except local.InvalidLink:
        page = "registration/confirm_address_failed.html"
        return render(request, page, {"next": back}, status=HTTPStatus.NOT_FOUND)
    messages.success(request, gettext("Your e-mail address is confirmed."))
    return redirect(back or "events:account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_address(request: HttpRequest, token: str) -> HttpResponse:
    """Let the old mailbox stop a change of address; as above, only a button does it."""
    try:
        attendee = local.read_refusal(token)
    except local.InvalidLink:
        page = "registration/refuse_address_failed.html"
        return render(request, page, status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        local.drop_pending_address(attendee)
        return render(request, "registration/address_kept.html")
    return render(request, "registration/refuse_address.html", {"account": attendee.user})
