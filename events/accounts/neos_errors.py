"""Pages for sign-ins with Neos that fail: what happened, and what to do next."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from social_core.exceptions import SocialAuthBaseException
from social_django.middleware import SocialAuthExceptionMiddleware

from events.http.requests import has_foreign_next

from . import neos

#: Sentences by the library's stable codes, then by the recovery it proposes.
SENTENCES: dict[str, Callable[[], str]] = {
    "authorization_declined": lambda: _(
        "You did not allow the sign-in at Neos, so nothing has changed here."
    ),
    "identity_in_use": lambda: _(
        "This Neos account is already linked to another account of this site. "
        "Sign out, then sign in with Neos to use that one."
    ),
    neos.SECOND_IDENTITY: lambda: _(
        "Your account is already linked to a different Neos account. "
        "Unlink that one on your account page first."
    ),
    neos.ACCOUNT_ERASED: lambda: _(
        "This account was deleted in the meantime. Start again to come back as somebody new."
    ),
    neos.GATED_PLACES: lambda: _(
        "You hold places that need your Neos account. Cancel them first, then unlink Neos."
    ),
    "disconnect_disallowed": lambda: _(
        "Neos is your only way to sign in. Set a password on your account page first."
    ),
    "restart_login": lambda: _(
        "This sign-in was started in another browser, too long ago, or finished already. "
        "Please start again."
    ),
    "correct_input": lambda: _("The answer from Neos was incomplete. Please start again."),
    "reauthenticate": lambda: _("Neos did not accept the sign-in. Please start again."),
    "retry_later": lambda: _(
        "Neos does not answer at the moment. Nothing is lost; please try again in a few minutes."
    ),
}


def explain(exception: SocialAuthBaseException) -> str:
    sentence = SENTENCES.get(exception.code) or SENTENCES.get(exception.recovery)
    if sentence is not None:
        return sentence()
    return _("The sign-in with Neos failed on its side or ours. The staff has been told.")


class SignInErrorMiddleware(SocialAuthExceptionMiddleware):
    """Turn a failed sign-in into a page of ours."""

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> None:
        """Refuse a `next` that leads off the site.

        The library drops other hosts, but lets an https site lead to its own http address.
        """
        match = request.resolver_match
        if match and match.app_name == "social" and has_foreign_next(request):
            raise BadRequest("The address to come back to is not on this site.")

    def render_error(
        self, request: HttpRequest, exception: SocialAuthBaseException
    ) -> HttpResponse:
        status = self.get_error_status(request, exception)
        self._log_error(exception, status)
        context = {
            "sentence": explain(exception),
            "code": exception.code,
            "next": request.session.get("next", ""),  # the library has checked it
        }
        response = render(request, "registration/sign_in_failed.html", context, status=status)
        add_never_cache_headers(response)
        return response
