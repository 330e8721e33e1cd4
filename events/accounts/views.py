"""A person's own account: sign-up and profile."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from events.accounts import attendees
from events.formatting import money
from events.http.requests import SignedInRequest, safe_next, with_next
from events.models import Attendee

from . import choices, local, names, presence
from .forms import LinkForm, ProfileForm, SignUpForm
from .second_factor import gate

#: Fields of the profile that need no proof of who is there.
DESCRIBED = ("display_name", "time_zone", "language")
LOCAL_LOGIN = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _open_account(request, form):
        messages.success(request, gettext("Welcome! We mailed you a link to confirm your address."))
        return redirect(safe_next(request) or "events:account")
    return render(request, "registration/signup.html", {"form": form, "next": safe_next(request)})


def _open_account(request: HttpRequest, form: SignUpForm) -> bool:
    user = form.save(commit=False)
    try:
        local.sign_up(user=user, language=get_language() or "en", back=safe_next(request))
    except local.NameTaken:
        form.add_error("username", names.TAKEN)
        return False
    login(request, user, backend=LOCAL_LOGIN)
    return True


# --- The profile ---------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("current_password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    attendee = attendees.attendee_of(request.user)
    form = _profile_form(request, attendee)
    if request.method == "POST" and form.is_valid():
        return _save_profile(request, attendee, form)
    if form.needs_neos:
        presence.keep_typed(request, _typed(form))
    return render(request, "events/account.html", _context(request, attendee, form))


def _context(request: SignedInRequest, attendee: Attendee, form: ProfileForm) -> dict[str, object]:
    now, back = timezone.now(), safe_next(request)
    pledge = attendee.pledge(now)
    return {
        "form": form,
        "link_form": _link_form(attendee),
        "viewer": attendee,
        "is_stale": attendee.is_stale(now),
        "is_banned": attendee.is_banned(now),
        "pledge": money.format_amount(pledge, "USD") if pledge else "",
        "supports_without_amount": attendee.supports_without_amount(now),
        "next": back,
        "comes_from_event": back.startswith("/events/"),
        "here": with_next("events:account", back),
        "main": _main_step(request, attendee),
        "has_second_factor": request.user.is_staff and gate.has_one(request.user),
        "may_set_up_second_factor": gate.may_set_up(request.user),
    }


def _after_saving(request: HttpRequest, attendee: Attendee) -> str:
    """Lead back to where the person came from, unless the account still asks something of them."""
    back = safe_next(request)
    return back if back and not attendee.address_to_prove else with_next("events:account", back)


def _main_step(request: HttpRequest, attendee: Attendee) -> str:
    """Return what the person came for: it has the page's filled button."""
    if request.GET.get("step") == "neos":
        return "neos"
    if attendee.address_to_prove:
        return "address"
    return "profile" if attendee.is_verified else "neos"


def _profile_form(request: SignedInRequest, attendee: Attendee) -> ProfileForm:
    """Show what is stored, or what was typed before the person went to sign in with Neos."""
    is_sent = request.method == "POST"
    typed = {} if is_sent else presence.typed_before(request)
    if typed:
        messages.info(request, gettext("Thank you. Please press “Save” to finish your change."))
    return ProfileForm(
        request.POST if is_sent else None,
        initial=_profile(attendee) | typed,
        attendee=attendee,
        is_proved_by_neos=presence.is_proved_by_neos(request),
    )


def _link_form(attendee: Attendee) -> LinkForm | None:
    is_asked = presence.is_asked_before_link(attendee)
    return LinkForm(user=attendee.user) if is_asked else None


def _profile(attendee: Attendee) -> dict[str, object]:
    return {
        "display_name": attendee.display_name,
        "email": attendee.pending_email or attendee.user.email,
        "time_zone": attendee.time_zone or "",
        "language": attendee.chosen_language,
    }


def _typed(form: ProfileForm) -> dict[str, str]:
    names = (*DESCRIBED, "email")
    return {name: str(form.data.get(name, "")) for name in names}


def _save_profile(request: HttpRequest, attendee: Attendee, form: ProfileForm) -> HttpResponse:
    """Store what was typed, and answer in the language that was chosen with it."""
    typed = form.cleaned_data
    local.describe(attendee, **{name: typed[name] for name in DESCRIBED})
    is_new_address = local.change_address(attendee, typed["email"], safe_next(request))
    choices.go_on_in(typed["language"], request)
    if is_new_address and typed["email"]:
        messages.info(request, gettext("We mailed you a link to confirm your new address."))
    messages.success(request, gettext("Saved."))
    response = redirect(_after_saving(request, attendee))
    zone, language = str(typed["time_zone"] or ""), typed["language"]
    choices.agree(response, request, attendee, zone=zone, language=language)
    return response


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/closed.html", status=HTTPStatus.FORBIDDEN)
