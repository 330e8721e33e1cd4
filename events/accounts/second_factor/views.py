"""Pages of the second factor: prove it, see it, set it up, new recovery codes, remove it.

Keys and recovery codes stand on the one page that was asked for with a proof. They are in no
session, because sessions are rows of the database: recovery codes are the answer to the form.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TypeVar

import django_otp
import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.accounts import attendees, presence
from events.http.requests import SignedInRequest, safe_next, with_next

from . import codes, devices, gate, recovery
from .codes import Came, Device
from .forms import CodeForm, FirstCodeForm, ProofForm, RemoveForm

Form = TypeVar("Form", bound=ProofForm)
View = Callable[[SignedInRequest], HttpResponse]
#: Where the session keeps the number of the key that waits to be confirmed.
BEGUN = "second_factor_begun"


def page(view: View) -> View:
    """Let in who may have a second factor; for all others there is no such page."""

    @wraps(view)
    def seen(request: SignedInRequest) -> HttpResponse:
        if not gate.may_see(request.user):
            raise Http404
        return view(request)

    allowed = require_http_methods(["GET", "HEAD", "POST"])(seen)
    hidden = sensitive_post_parameters("current_password", "code")(login_required(allowed))
    return never_cache(hidden)


def proved(view: View) -> View:
    """Ask for a code first where there is a factor: a password alone changes nothing about it."""

    @wraps(view)
    def asked(request: SignedInRequest) -> HttpResponse:
        if gate.has_one(request.user) and not gate.is_proved(request):
            return redirect(with_next("events:second-factor", request.path))
        return view(request)

    return asked


# --- Prove it, see it ----------------------------------------------------------------------------


@page
def second_factor(request: SignedInRequest) -> HttpResponse:
    """Lead to set it up, ask for a code, or show what there is, whichever is to be done."""
    app = devices.app_of(request.user)
    if app is None:
        return redirect(with_next("events:begin-second-factor", safe_next(request)))
    if not gate.is_proved(request):
        return _ask(request)
    return redirect(_way_on(request)) if request.method == "POST" else _show(request, app)


def _ask(request: SignedInRequest) -> HttpResponse:
    is_recovery = "recovery" in request.GET
    form = CodeForm(request.POST or None, is_recovery=is_recovery)
    if request.method == "POST" and form.is_valid():
        tried = codes.check(request.user, form.cleaned_data["code"])
        if tried.device is not None:
            return _let_in(request, tried.device)
        form.refuse(tried)
    context = {"form": form, "next": safe_next(request), "is_recovery": is_recovery}
    return render(request, "registration/second_factor/ask.html", context)


def _let_in(request: SignedInRequest, device: Device) -> HttpResponse:
    _prove(request, device)
    is_recovery = isinstance(device, StaticDevice)
    if is_recovery and recovery.count(request.user) <= recovery.FEW:
        messages.warning(
            request, gettext("You have few recovery codes left. Please make new ones.")
        )
        return redirect(with_next("events:second-factor", safe_next(request)))
    return redirect(_way_on(request))


def _prove(request: SignedInRequest, device: Device) -> None:
    """Note in the session what has proved the person, under a new key of the session."""
    django_otp.login(request, device)
    request.session.cycle_key()


def _show(request: SignedInRequest, app: TOTPDevice) -> HttpResponse:
    left = recovery.count(request.user)
    context = {
        "viewer": attendees.attendee_of(request.user),
        "app": app,
        "left": left,
        "is_few": left <= recovery.FEW,
        "may_replace": gate.may_set_up(request.user),
        "next": safe_next(request),
    }
    return render(request, "registration/second_factor/shown.html", context)


def _way_on(request: SignedInRequest) -> str:
    home = "admin:index" if request.user.is_staff else "events:account"
    return safe_next(request) or reverse(home)


# --- Set it up -----------------------------------------------------------------------------------


@page
@proved
def begin(request: SignedInRequest) -> HttpResponse:
    """Say what it is, and make a key for a person who proves to be there."""
    if not gate.may_set_up(request.user):
        return redirect("events:second-factor")
    form = _proof(request, ProofForm)
    if request.method == "POST" and form.is_valid():
        request.session[BEGUN] = devices.begin(request.user).pk
        return redirect(with_next("events:set-up-second-factor", safe_next(request)))
    context = _with_proof(request, form) | {
        "is_required": settings.STAFF_SECOND_FACTOR == gate.REQUIRED,
        "has_one": gate.has_one(request.user),
    }
    return render(request, "registration/second_factor/begin.html", context)


@page
@proved
def set_up(request: SignedInRequest) -> HttpResponse:
    """Show the key until a code of it was typed; a wrong code changes nothing about the key."""
    key = devices.begun(request.user, request.session.get(BEGUN))
    if key is None:
        return _again(request)
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tried, made = devices.confirm(request.user, key.pk, form.cleaned_data["code"])
        if tried.device is not None:
            del request.session[BEGUN]
            _prove(request, tried.device)
            return _show_codes(request, made, is_new=True)
        if tried.came is Came.NOTHING:
            return _again(request)
        form.refuse(tried)
    context = {
        "form": form,
        "picture": _picture(key.config_url),
        "address": key.config_url,
        "key": devices.key_in_fours(key),
        "next": safe_next(request),
    }
    return render(request, "registration/second_factor/set_up.html", context)


def _again(request: SignedInRequest) -> HttpResponse:
    """Lead back who waited too long, began again elsewhere, or loads the page a second time."""
    if not gate.has_one(request.user):
        messages.info(request, gettext("Please begin again: the key was too old, or was replaced."))
    return redirect(with_next("events:second-factor", safe_next(request)))


def _picture(address: str) -> SafeString:
    """Draw the QR code as SVG without styles, which the content security policy forbids."""
    drawn = segno.make(address, error="m", micro=False)
    inline = drawn.svg_inline(border=4, omitsize=True, light="#fff", dark="#000", svgclass="qr")
    return mark_safe(inline)  # noqa: S308 - the library draws squares; no text stands in it


# --- Recovery codes, removing --------------------------------------------------------------------


@page
@proved
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    if not gate.has_one(request.user):
        return redirect("events:second-factor")
    form = _proof(request, ProofForm)
    if request.method == "POST" and form.is_valid():
        device, made = devices.renew_recovery_codes(request.user)
        if isinstance(gate.proved_by(request), StaticDevice):
            _prove(request, device)  # the old codes are gone, and prove nothing any more
        return _show_codes(request, made)
    context = _with_proof(request, form) | {"left": recovery.count(request.user)}
    return render(request, "registration/second_factor/recovery.html", context)


def _show_codes(request: SignedInRequest, made: list[str], *, is_new: bool = False) -> HttpResponse:
    """Show them once, as the answer itself: to load it again shows none."""
    context = {"codes": made, "is_new": is_new, "way_on": _way_on(request)}
    name = "registration/second_factor/codes.html"
    return render(request, name, context, status=HTTPStatus.CREATED)


@page
@proved
def remove(request: SignedInRequest) -> HttpResponse:
    if not gate.has_one(request.user):
        return redirect("events:second-factor")
    form = _proof(request, RemoveForm)
    if request.method == "POST" and form.is_valid():
        tried = devices.remove(request.user, form.cleaned_data["code"])
        if tried.is_taken:
            messages.success(request, gettext("Your second factor is removed."))
            return redirect("events:account")
        form.refuse(tried)
    is_required = settings.STAFF_SECOND_FACTOR == gate.REQUIRED and request.user.is_staff
    context = _with_proof(request, form) | {"is_required": is_required}
    return render(request, "registration/second_factor/remove.html", context)


def _proof(request: SignedInRequest, kind: type[Form]) -> Form:
    return kind(
        request.POST if request.method == "POST" else None,
        user=request.user,
        is_proved_by_neos=presence.is_proved_by_neos(request),
    )


def _with_proof(request: SignedInRequest, form: ProofForm) -> dict[str, object]:
    """Return what a page with a proof needs; without a password it may lead to Neos first."""
    back = safe_next(request)
    return {
        "form": form,
        "next": back,
        "here": request.get_full_path(),
        "is_proof_missing": not (form.user.has_usable_password() or form.is_proved_by_neos),
    }
