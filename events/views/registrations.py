"""Take places, see one's own, and give them up."""

import re
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import cast
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
from events.access.entrance import session_address
from events.access.refusals import PlaceRefused, TooLate
from events.http.errors import conflict
from events.http.requests import SignedInRequest, safe_next
from events.models import Bookable, Registration
from events.payments import quotes
from events.places import AnswersNeeded

from .addresses import find_event, find_workshop, missing_is_404, moved
from .browse import render_event
from .questions import NotAnswered, ask, question_page, typed_answers

CODE = re.compile(r"(?a:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
#: What pages read of the money for a place.
MONEY = ("payments__refunds", "payments__disputes")
#: Messages after giving something up, by what it was.
GIVEN_UP = {
    Registration.Status.CONFIRMED: _("You have given your place up."),
    Registration.Status.AWAITING_PAYMENT: _("You have given your place up."),
    Registration.Status.WAITLISTED: _("You have left the waitlist."),
}
ALREADY_OVER = _("You had given this up already, or lost it. Nothing has changed.")


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
        registration = _take(cast("SignedInRequest", request), bookable)
    except (PlaceRefused, TooLate):
        return render_event(request, bookable.event, HTTPStatus.CONFLICT)
    except NotAnswered as found:
        return question_page(request, bookable, found)
    except AnswersNeeded as needed:
        return question_page(request, bookable, ask(request, needed))
    return redirect(_next_page(registration), registration.code)


def _take(request: SignedInRequest, bookable: Bookable) -> Registration:
    """Register; with codes of spots on waitlists of this event, give up those in the way of it."""
    user, typed = request.user, typed_answers(request, bookable)
    codes = [UUID(code) for code in request.POST.getlist("leaving") if CODE.fullmatch(code)]
    q = Registration.objects.filter(attendee__user=user, event=bookable.event.pk, code__in=codes)
    if spots := list(q):
        return places.swap(user=user, bookable=bookable, leaving=spots, **typed)
    return places.register(user=user, bookable=bookable, **typed)


def _next_page(registration: Registration) -> str:
    """Return the name of the page that says what one has now, or first asks for the money."""
    is_held = registration.status == Registration.Status.AWAITING_PAYMENT
    return "events:pay" if is_held else "events:place"


@never_cache
@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    q = Registration.objects.filter(attendee__user=request.user).with_waitlist_position()
    q = (
        q.with_blocks()
        .select_related("attendee__user", "attendee__picture", "event", "workshop")
        .prefetch_related(*MONEY, "event__hosts")
        .order_by("event__starts_at", "created_at", "pk")
    )
    registrations = list(q)
    coming = [r for r in registrations if r.is_coming(now)]
    lost = [r for r in _without_older(registrations) if not r.is_coming(now)]
    context = {
        "coming": coming,
        "main": next((r for r in coming if _is_urgent(r, now)), None),
        "lost": [r for r in lost if not r.bookable.has_ended(now)],
        "over": [r for r in reversed(registrations) if r.bookable.has_ended(now)],
        "quotes": quotes.quotes([r for r in registrations if r.is_active], now),
        "viewer": registrations[0].attendee if registrations else None,
        "now": now,
    }
    return render(request, "events/registrations.html", context)


def _without_older(registrations: Sequence[Registration]) -> list[Registration]:
    """Leave out what was followed by another try for the same place, unless it tells of money.

    Takes the registrations of one person in the order in which they were made.
    """
    newest = set({(r.event_id, r.workshop_id): r.pk for r in registrations}.values())
    return [r for r in registrations if r.pk in newest or r.payments.all()]


def _is_urgent(registration: Registration, now: datetime) -> bool:
    """There is something to do now: to pay, or to go in."""
    return registration.is_payable(now) or bool(session_address(registration, now))


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
    said = _words_of_giving_up(registration)
    try:
        places.cancel(registration=registration, in_full=False)
    except TooLate:
        return conflict(request, gettext("This is over, so it cannot be cancelled any more."))
    messages.success(request, said)
    return redirect(safe_next(request) or "events:registrations")


def _words_of_giving_up(registration: Registration) -> str:
    """Return what to say after `registration`, as it is now, was given up."""
    if registration.awaits_draw:
        return gettext("You have left the draw.")
    return str(GIVEN_UP.get(Registration.Status(registration.status), ALREADY_OVER))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def show(request: SignedInRequest, code: UUID) -> HttpResponse:
    """Show one's name among the people who come, or stop that."""
    registration = own_or_404(request, code)
    if request.method == "POST":
        is_shown = request.POST.get("shown") == "yes"
        if not places.show(registration=registration, is_shown=is_shown):
            return conflict(request, _why_not_shown(registration))
    return redirect(f"{registration.event.get_absolute_url()}#people")


def _why_not_shown(registration: Registration) -> str:
    if registration.attendee.public_name:
        return gettext("Only people with a confirmed place can be shown.")
    return gettext(
        "Please choose a display name in your account first. Nobody sees the name with which you "
        "sign in."
    )


def _ask_again(request: SignedInRequest, registration: Registration) -> HttpResponse:
    quote = quotes.quote(registration)
    context = {"registration": registration, "quote": quote, "next": safe_next(request)}
    return render(request, "events/cancel.html", context, status=HTTPStatus.CONFLICT)


def own_or_404(request: SignedInRequest, code: UUID) -> Registration:
    """Answer 404 also for somebody else's registration, as if it did not exist."""
    q = Registration.objects.select_related("attendee__user", "attendee__picture")
    q = q.select_related("event", "workshop")
    q = q.with_waitlist_position().with_blocks().prefetch_related(*MONEY)
    return get_object_or_404(q, code=code, attendee__user=request.user)
