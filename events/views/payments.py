"""Pay for a held place, come back from the provider's page, and receive its webhooks."""

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

from events.http.requests import SignedInRequest
from events.models import Registration
from events.payments import checkout, providers, webhooks
from events.payments.ledger import NothingToPay
from events.payments.providers.base import ForeignNotice, Provider, ProviderAway, ProviderRefused

from .registrations import own_or_404

#: How often the page reloads that waits for the provider's notice.
REFRESH_SECONDS = "5"
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
def pay(request: SignedInRequest, code: UUID) -> HttpResponse:
    registration = own_or_404(request, code)
    provider = providers.configured()
    if not registration.is_payable(timezone.now()):
        return _nothing_to_pay(request)
    if request.method == "POST" and provider is not None:
        return _send_to_pay(request, registration, provider)
    return _show_how_to_pay(request, registration)


def _send_to_pay(
    request: SignedInRequest, registration: Registration, provider: Provider
) -> HttpResponse:
    try:
        return redirect(checkout.start(registration=registration, provider=provider))
    except checkout.MoneyOnItsWay:
        messages.info(request, gettext("You have paid, and the money is still on its way to us."))
        return redirect("events:paid", registration.code)
    except NothingToPay:
        return _nothing_to_pay(request)
    except ProviderAway:
        text = gettext("The payment page does not answer at the moment. Please try again soon.")
        messages.error(request, text)
    except ProviderRefused as refused:
        messages.error(request, _why_refused(refused))
    return _show_how_to_pay(request, registration, HTTPStatus.BAD_GATEWAY)


def _why_refused(refused: ProviderRefused) -> str:
    if refused.code in UNCHARGEABLE:
        return gettext(
            "The payment provider cannot charge this sum, so you cannot pay for your place here. "
            "This is a mistake in the price, and the organizers can see it. Please write to the "
            "organizers before the time is over."
        )
    return gettext(
        "The payment page could not be opened. Your place is still kept; please write to the "
        "organizers before the time is over."
    )


def _show_how_to_pay(
    request: SignedInRequest, registration: Registration, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "registration": registration,
        "viewer": registration.attendee,
        "now": timezone.now(),
        "pays_here": providers.configured() is not None,
    }
    return render(request, "events/pay.html", context, status=status)


def _nothing_to_pay(request: SignedInRequest) -> HttpResponse:
    messages.info(request, gettext("There is nothing to pay for this registration."))
    return redirect("events:registrations")


@never_cache
@login_required
@require_safe
def paid(request: SignedInRequest, code: UUID) -> HttpResponse:
    """Show what we know about the payment after the provider has sent people back.

    Nothing in the request is trusted. The page reloads until the provider's notice has come.
    """
    registration = own_or_404(request, code)
    is_waiting = registration.is_payable(timezone.now())
    payments = registration.payments.all()
    context = {
        "registration": registration,
        "viewer": registration.attendee,
        "now": timezone.now(),
        "is_waiting": is_waiting,
        # While the last payment is open, the outcomes of older ones would mislead.
        "payment": (payments if is_waiting else payments.exclude(status="open")).first(),
    }
    response = render(request, "events/paid.html", context)
    if is_waiting:
        response["Refresh"] = REFRESH_SECONDS
    return response


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
