"""Register, see one's registrations, and cancel them."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.http.errors import conflict
from events.http.requests import SignedInRequest
from events.models import Bookable, Registration
from events.payments import quotes

from .addresses import find_event, find_workshop, missing_is_404, moved
from .browse import render_event

#: Messages after registering, by the status of the registration.
OUTCOMES = {
    Registration.Status.CONFIRMED: _("You are in."),
    Registration.Status.AWAITING_PAYMENT: _("The place is kept for you. Please pay in time."),
    Registration.Status.WAITLISTED: _("All places are taken: you are on the waitlist."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def register_for_event(request: HttpRequest, slug: str) -> HttpResponse:
    return _register(request, find_event(request, slug))


@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def register_for_workshop(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    return _register(request, find_workshop(request, slug, workshop_slug))


def _register(request: HttpRequest, bookable: Bookable) -> HttpResponse:
    """Take a place on POST; a GET (after signing in, for instance) leads to the event's page."""
    if request.method != "POST":
        return moved(request, bookable) or redirect(bookable)
    if not request.user.is_authenticated:
        return render_event(request, bookable.event, HTTPStatus.FORBIDDEN)
    try:
        registration = places.register(user=request.user, bookable=bookable)
    except PlaceRefused:
        return render_event(request, bookable.event, HTTPStatus.CONFLICT)
    messages.success(request, _outcome(registration))
    return redirect(bookable)


def _outcome(registration: Registration) -> str:
    if registration.awaits_draw:
        return gettext("You take part in the draw.")
    return str(OUTCOMES[Registration.Status(registration.status)])


@never_cache
@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    q = Registration.objects.filter(attendee__user=request.user).with_waitlist_position()
    q = (
        q.select_related("attendee__user", "event", "workshop")
        .prefetch_related("payments__refunds", "payments__disputes")
        .order_by("event__starts_at", "created_at")
    )
    registrations = list(q)
    coming = [r for r in registrations if r.is_coming(now)]
    context = {
        "coming": coming,
        "over": [r for r in reversed(registrations) if r not in coming],
        "quotes": quotes.quotes([r for r in registrations if r.is_active], now),
        "viewer": registrations[0].attendee if registrations else None,
        "now": now,
    }
    return render(request, "events/registrations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def cancel(request: SignedInRequest, code: UUID) -> HttpResponse:
    """Cancel, unless the refund that the button promised has changed: then ask again."""
    registration = own_or_404(request, code)
    if request.method != "POST":
        return redirect("events:registrations")
    promised = request.POST.get("money_back")
    is_promised = promised is not None and registration.is_active
    if is_promised and promised != str(quotes.quote(registration).amount):
        return _ask_again(request, registration)
    try:
        places.cancel(registration=registration, in_full=False)
    except TooLate:
        return conflict(request, gettext("This is over, so it cannot be cancelled any more."))
    messages.success(request, gettext("Your registration is cancelled."))
    return redirect("events:registrations")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def show(request: SignedInRequest, code: UUID) -> HttpResponse:
    """Show one's name among the people who come, or stop that."""
    registration = own_or_404(request, code)
    if request.method == "POST":
        is_shown = request.POST.get("shown") == "yes"
        if not places.show(registration=registration, is_shown=is_shown):
            text = gettext("Only people with a confirmed place can be shown.")
            return conflict(request, text)
    return redirect(f"{registration.event.get_absolute_url()}#people")


def _ask_again(request: SignedInRequest, registration: Registration) -> HttpResponse:
    context = {"registration": registration, "quote": quotes.quote(registration)}
    return render(request, "events/cancel.html", context, status=HTTPStatus.CONFLICT)


def own_or_404(request: SignedInRequest, code: UUID) -> Registration:
    """Answer 404 also for somebody else's registration, as if it did not exist."""
    q = Registration.objects.select_related("attendee__user", "event", "workshop")
    return get_object_or_404(q, code=code, attendee__user=request.user)
