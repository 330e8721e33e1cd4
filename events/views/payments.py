"""Pay for a held place, come back from the provider's page, and receive its webhooks."""

import logging
import re
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.formatting.contact import contact_of
from events.http import browser_policy, errors
from events.http.requests import SignedInRequest
from events.models import Payment, Registration
from events.payments import checkout, providers, quotes, webhooks
from events.payments.ledger import NothingToPay
from events.payments.providers.base import (
    ForeignNotice,
    Provider,
    ProviderAway,
    ProviderBusy,
    ProviderRefused,
)
from neos_backend.outside import clean_code

from .addresses import missing_is_404
from .registrations import own_or_404

logger = logging.getLogger(__name__)

#: How often the page looks again for the provider's notice by itself, and after how many seconds.
MOST_LOOKS, SECONDS_BETWEEN_LOOKS = 20, 5
#: Codes of refusals that no second try can change.
UNCHARGEABLE = frozenset(
    {
        *("amount_not_chargeable", "amount_too_small", "amount_too_large"),
        *("currency_not_chargeable", "invalid_currency"),
    }
)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def pay(request: SignedInRequest, code: UUID) -> HttpResponse:
    registration = own_or_404(request, code)
    provider = providers.configured()
    if not registration.is_payable(timezone.now()):
        return _nothing_to_pay(request, registration)
    if request.method == "POST" and provider is not None:
        return _send_to_pay(request, registration, provider)
    return _show_how_to_pay(request, registration)


def _send_to_pay(
    request: SignedInRequest, registration: Registration, provider: Provider
) -> HttpResponse:
    try:
        address = checkout.start(registration=registration, provider=provider)
    except checkout.MoneyOnItsWay:
        messages.info(request, gettext("You have paid, and the money is still on its way to us."))
        return redirect("events:paid", registration.code)
    except NothingToPay:
        return _nothing_to_pay(request, registration)
    except (ProviderAway, ProviderRefused) as error:
        return _show_failure(request, registration, provider, error)
    browser_policy.warn_if_stopped(address)
    return redirect(address)


def _show_failure(
    request: SignedInRequest,
    registration: Registration,
    provider: Provider,
    error: ProviderAway | ProviderRefused,
) -> HttpResponse:
    messages.error(request, _sentence(error, registration))
    is_busy = isinstance(error, ProviderBusy)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_busy else HTTPStatus.BAD_GATEWAY
    response = _show_how_to_pay(request, registration, status)
    if is_busy:
        response["Retry-After"] = str(errors.RETRY_AFTER_SECONDS)
    text = "Checkout failed: provider=%s kind=%s provider_code=%s"
    kind, code = type(error).__name__, clean_code(error.code)
    errors.log_expected(logger, request, response, text, provider.name, kind, code)
    return response


def _sentence(error: ProviderAway | ProviderRefused, registration: Registration) -> str:
    if isinstance(error, ProviderBusy):
        return gettext("Many people are paying at the moment. Please try again in a minute.")
    if isinstance(error, ProviderAway):
        return gettext("The payment page does not answer at the moment. Please try again soon.")
    sentence = gettext(
        "The payment page could not be opened. Your place is still kept; please write to "
        "%(contact)s before the time is over."
    )
    if error.code in UNCHARGEABLE:
        sentence = gettext(
            "The payment provider cannot charge this sum, so you cannot pay for your place here. "
            "This is a mistake in the price, and the organizers can see it. Please write to "
            "%(contact)s before the time is over."
        )
    return sentence % {"contact": contact_of(registration.event.contact)}


def _show_how_to_pay(
    request: SignedInRequest, registration: Registration, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "registration": registration,
        "viewer": registration.attendee,
        "now": timezone.now(),
        "pays_here": providers.configured() is not None,
        "quotes": {registration.pk: quotes.quote(registration)},
    }
    return render(request, "events/pay.html", context, status=status)


def _nothing_to_pay(request: SignedInRequest, registration: Registration) -> HttpResponse:
    messages.info(request, gettext("There is nothing to pay here at the moment."))
    return redirect("events:place", registration.code)


@never_cache
@login_required
@require_safe
@missing_is_404
def paid(request: SignedInRequest, code: UUID) -> HttpResponse:
    """Say what we know of the payment after the provider has sent people back.

    Nothing in the request is trusted. Once nothing is waited for, the place's own page says it.
    While a notice is waited for the page looks again by itself, but not for ever.
    """
    registration = own_or_404(request, code)
    if not registration.is_payable(timezone.now()):
        return redirect("events:place", registration.code)
    payment = registration.payments.all().first()
    is_confirming = payment is not None and payment.status == Payment.Status.OPEN
    looks = _looks(request)
    looks_again = is_confirming and looks < MOST_LOOKS
    context = {
        "registration": registration,
        "viewer": registration.attendee,
        "now": timezone.now(),
        "is_confirming": is_confirming,
        "looks_again": looks_again,
        "payment": payment,
    }
    response = render(request, "events/paid.html", context)
    if looks_again:
        response["Refresh"] = f"{SECONDS_BETWEEN_LOOKS}; url={request.path}?looks={looks + 1}"
    return response


def _looks(request: SignedInRequest) -> int:
    """Return how often the page has looked again; 0 if the address does not say so in digits."""
    told = request.GET.get("looks", "")
    return int(told) if re.fullmatch("[0-9]{1,3}", told) else 0


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Hear also a provider that is not used for new payments any more, while we have its keys."""
    chosen = providers.named(provider)
    if chosen is None:
        raise Http404
    try:
        webhooks.hear(chosen, request.body, request.headers)
    except ForeignNotice:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
