"""The sandbox's payment page: pay, or let something go wrong as it does with real payments."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.http.requests import SignedInRequest
from events.models import Payment
from events.payments import providers, sandbox_page
from events.payments.providers.sandbox import STUBBORN, SandboxProvider

from .addresses import missing_is_404

ACTIONS: dict[str, Callable[[Payment], None]] = {
    "pay": sandbox_page.pay,
    "fail": sandbox_page.fail,
    "late": sandbox_page.pay_late,
    "twice": lambda payment: sandbox_page.pay(payment, times=2),
    "less": lambda payment: sandbox_page.pay(payment, more=-100),
    "stubborn": lambda payment: sandbox_page.pay(payment, intent=STUBBORN),
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def sandbox_pay(request: SignedInRequest, reference: str) -> HttpResponse:
    chosen = providers.configured()
    if not isinstance(chosen, SandboxProvider):
        raise Http404
    q = Payment.objects.select_related("registration__event", "registration__workshop")
    q = q.filter(provider=chosen.name, registration__attendee__user=request.user)
    payment = get_object_or_404(q, reference=reference)
    act = ACTIONS.get(request.POST.get("do", ""))
    if request.method == "POST" and act is not None:
        act(payment)
        return redirect("events:paid", payment.registration.code)
    return render(request, "events/sandbox_pay.html", {"payment": payment})
