"""The page of one place of mine: what I have, what to do next, and the receipt."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.access import entrance, facts, offers, viewers
from events.access.offers import Offer
from events.access.questions import answers_of, may_answer, questions_of, shown_answers
from events.formatting.contact import site_contact
from events.http.requests import SignedInRequest
from events.models import Payment, Question, Registration
from events.payments import quotes

from .addresses import missing_is_404
from .registrations import own_or_404


@never_cache
@login_required
@require_safe
@missing_is_404
def place(request: SignedInRequest, code: UUID) -> HttpResponse:
    now = timezone.now()
    registration = own_or_404(request, code)
    event = registration.event
    attendee = viewers.attendee_facing(event, request.user)
    known = facts.read_facts(event, attendee, now, positions=True)
    own, workshops = offers.make_offers(known)
    context = {
        "registration": registration,
        "event": event,
        "bookable": registration.bookable,
        "viewer": attendee,
        "now": now,
        "offer": _offer_of(registration, [own, *workshops]),
        "own_place": own.registration,
        "workshops": _others(registration, workshops, now),
        "entrance": entrance.entrance_of(registration, now),
        "is_coming": registration.is_coming(now),
        "is_payable": registration.is_payable(now),
        "may_cancel": registration.may_be_cancelled(now) and not event.is_cancelled,
        "quotes": quotes.quotes(known.registrations, now),
        "answers": _answers(registration, now),
        "has_receipt": bool(received(registration)),
        "share_url": f"{settings.SITE_URL}{registration.bookable.get_absolute_url()}",
    }
    return render(request, "events/place.html", context)


@dataclass(frozen=True, slots=True)
class Answers:
    """The questions of a place, each with its answers; `missing` have to be answered."""

    pairs: list[tuple[Question, list[str]]]
    missing: list[Question]
    may_change: bool


def _answers(registration: Registration, now: datetime) -> Answers | None:
    """Return None if nothing was ever asked here."""
    questions = questions_of(registration.bookable)
    if not questions:
        return None
    texts = answers_of(registration)
    pairs = [
        (question, shown_answers(question, texts.get(question.pk, []))) for question in questions
    ]
    is_open = {q.pk: may_answer(registration, now, is_missing=q.pk not in texts) for q in questions}
    missing = [q for q in questions if q.is_required and q.pk not in texts and is_open[q.pk]]
    return Answers(pairs, missing, any(is_open.values()))


def _offer_of(registration: Registration, found: list[Offer]) -> Offer | None:
    """Return the offer that this registration answers; None once it has ended."""
    return next((offer for offer in found if offer.registration == registration), None)


def _others(registration: Registration, workshops: list[Offer], now: datetime) -> list[Offer]:
    """Return the workshops still to come, without the one that the page is about."""
    coming = (offer for offer in workshops if not offer.bookable.has_ended(now))
    return [o for o in coming if o.bookable.workshop_id != registration.workshop_id]


@never_cache
@login_required
@require_safe
@missing_is_404
def receipt(request: SignedInRequest, code: UUID) -> HttpResponse:
    """Show each payment that has come; 404 where none has."""
    registration = own_or_404(request, code)
    payments = received(registration)
    if not payments:
        raise Http404
    context = {
        "registration": registration,
        "payments": payments,
        "viewer": registration.attendee,
        "seller": seller(),
    }
    return render(request, "events/receipt.html", context)


def received(registration: Registration) -> list[Payment]:
    """Return the payments that brought money, the oldest first; not those noted by mistake."""
    came = (Payment.Status.PAID, Payment.Status.REFUND_DUE, Payment.Status.REFUNDED)
    found = [payment for payment in registration.payments.all() if payment.status in came]
    return sorted(found, key=lambda payment: payment.pk)


def seller() -> list[str]:
    """Return the lines of who takes the money: from the settings, or the site and its contact."""
    return settings.SELLER.splitlines() or [settings.SITE_NAME, str(site_contact())]
