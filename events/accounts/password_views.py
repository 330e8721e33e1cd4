"""Pages on which a password is changed, set for the first time, or replaced by mail."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from events.http import known_browsers
from events.http.requests import SignedInRequest, safe_next, with_next
from events.messages import password_reset

from . import local, presence
from .forms import AskForPasswordForm
from .password_forms import ChangePasswordForm, FirstPasswordForm

#: Where the session keeps the page to come back to, while the mail with the link is read. A link
#: that is opened in another browser leads to the sign-in only.
BACK = "after_new_password"


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """Change the password, or set a first one, so that Neos is not the only way in."""
    has_password = request.user.has_usable_password()
    if not has_password and not presence.is_proved_by_neos(request):
        here = with_next("password", safe_next(request))
        return render(request, "registration/password.html", {"needs_neos": True, "here": here})
    form_class = ChangePasswordForm if has_password else FirstPasswordForm
    form = form_class(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save_password(request, form.cleaned_data["new_password1"])
    return render(request, "registration/password.html", {"form": form})


def _save_password(request: SignedInRequest, new: str) -> HttpResponse:
    if local.set_password(request.user, new):
        update_session_auth_hash(request, request.user)
        messages.success(request, gettext("Your password is set."))
    return redirect(safe_next(request) or "events:account")


class LeadsBack(TemplateResponseMixin, ContextMixin, View):
    """Give the template the page that people came from."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"next": safe_next(self.request)}


class PasswordResetView(LeadsBack, auth_views.PasswordResetView):
    """Django's page. It only writes the request down; the mail is made at delivery."""

    form_class = AskForPasswordForm

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        password_reset.request(form.cleaned_data["email"])
        if back := safe_next(self.request):
            self.request.session[BACK] = back
        return redirect(with_next("password_reset_done", back))


class PasswordResetDoneView(LeadsBack, auth_views.PasswordResetDoneView):
    pass


class NewPasswordView(auth_views.PasswordResetConfirmView):
    """Django's page behind the mailed link. It writes the password only, and drops a change of the
    address that somebody else may have asked for.
    """

    user: User
    form_class = FirstPasswordForm

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        del self.request.session[auth_views.INTERNAL_RESET_SESSION_TOKEN]
        local.set_password(self.user, form.cleaned_data["new_password1"])
        back = self.request.session.pop(BACK, "")
        response = redirect(with_next("password_reset_complete", back))
        # Strangers may have used up all tries: this browser has its own from now on.
        known_browsers.remember(self.request, response, self.user.get_username())
        return response


class PasswordResetCompleteView(LeadsBack, auth_views.PasswordResetCompleteView):
    pass
