"""A person's own account."""

from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.accounts import attendees, closing
from events.formatting import money
from events.formatting.contact import site_contact
from events.http.requests import SignedInRequest, safe_next
from events.messages import password_reset
from events.models import Attendee

from . import local
from .forms import NAME_TAKEN, AddressForm, ProfileForm, SignUpForm

#: The pause before the confirmation can be mailed again.
CONFIRMATION_PAUSE = timedelta(minutes=1)
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
        local.sign_up(user=user, language=get_language() or "en")
    except local.NameTaken:
        form.add_error("username", NAME_TAKEN)
        return False
    login(request, user, backend=LOCAL_LOGIN)
    return True


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    attendee = attendees.attendee_of(request.user)
    form = ProfileForm(request.POST or None, initial=_profile(attendee))
    if request.method == "POST" and form.is_valid():
        _save_profile(request, attendee, form)
        return redirect("events:account")
    now = timezone.now()
    pledge = attendee.pledge(now)
    context = {
        "form": form,
        "viewer": attendee,
        "is_stale": attendee.is_stale(now),
        "is_banned": attendee.is_banned(now),
        "pledge": money.format_amount(pledge, "USD") if pledge else "",
        "next": safe_next(request),
    }
    return render(request, "events/account.html", context)


def _profile(attendee: Attendee) -> dict[str, object]:
    return {
        "display_name": attendee.display_name,
        "email": attendee.user.email,
        "time_zone": attendee.time_zone,
    }


def _save_profile(request: HttpRequest, attendee: Attendee, form: ProfileForm) -> None:
    names = ("display_name", "time_zone")
    local.describe(attendee, **{name: form.cleaned_data[name] for name in names})
    if local.change_address(attendee, form.cleaned_data["email"]) and attendee.user.email:
        messages.info(request, gettext("We mailed you a link to confirm your new address."))
    messages.success(request, gettext("Saved."))


@login_required
@require_POST
def send_confirmation(request: SignedInRequest) -> HttpResponse:
    attendee = attendees.attendee_of(request.user)
    if not attendee.user.email or attendee.email_confirmed_at is not None:
        messages.info(request, gettext("There is no address to confirm."))
    elif cache.add(f"confirmation:{attendee.pk}", 1, CONFIRMATION_PAUSE.total_seconds()):
        local.send_confirmation(attendee)
        messages.success(request, gettext("We mailed you the link again."))
    else:
        messages.error(request, gettext("We have just mailed it. Please wait a minute."))
    return redirect("events:account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button: mail scanners open links, so a visit must not confirm anything."""
    try:
        attendee = local.read_confirmation(token)
    except local.InvalidLink:
        return render(
            request, "registration/confirm_address_failed.html", status=HTTPStatus.NOT_FOUND
        )
    if request.method == "POST":
        local.confirm_address(token)
        messages.success(request, gettext("Your e-mail address is confirmed."))
        return redirect("events:account")
    return render(request, "registration/confirm_address.html", {"address": attendee.user.email})


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """Change the password, or set a first one, so that Neos is not the only way in."""
    form_class = PasswordChangeForm if request.user.has_usable_password() else SetPasswordForm
    form = form_class(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, gettext("Your password is set."))
        return redirect("events:account")
    return render(request, "registration/password.html", {"form": form})


class PasswordResetView(auth_views.PasswordResetView):
    """Django's page. It only writes the request down; the mail is made at delivery."""

    form_class = AddressForm

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        password_reset.request(form.cleaned_data["email"])
        return redirect(self.get_success_url())


@login_required
@require_POST
def erase(request: SignedInRequest) -> HttpResponse:
    """Delete one's own account. Others rely on organizers, so a superuser deletes those."""
    if request.user.is_staff:
        text = gettext(
            "You organize events here, so only the people who run this site can delete your "
            "account. Write to %(contact)s."
        )
        messages.error(request, text % {"contact": site_contact()})
        return redirect("events:account")
    closing.erase(request.user)
    logout(request)
    messages.success(request, gettext("Your account is deleted. We have forgotten who you are."))
    return redirect("events:list")


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/closed.html", status=HTTPStatus.FORBIDDEN)
