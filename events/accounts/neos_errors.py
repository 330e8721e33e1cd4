"""Pages for sign-ins with Neos that fail: what happened, and what to do next."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from social_core.exceptions import SocialAuthBaseException
from social_django.middleware import SocialAuthExceptionMiddleware

from events.http.errors import RETRY_AFTER_SECONDS, log_expected
from events.http.requests import has_foreign_next
from neos_backend.oauth import BUSY
from neos_backend.outside import clean_code

from . import neos, sign_ins, unlink_views

logger = logging.getLogger(__name__)

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
    neos.LINK_UNPROVED: lambda: _(
        "Nothing was linked. Start again on your account page and type your password there, so "
        "that we know that it is you."
    ),
    neos.GATED_PLACES: lambda: _(
        "You hold places that need your Neos account. Give them up first, then unlink Neos."
    ),
    neos.ONLY_WAY_IN: lambda: _(
        "Neos is your only way to sign in. Set a password first, then unlink Neos."
    ),
    "user_mismatch": lambda: _(
        "You have signed in here in the meantime, so this older sign-in was not finished. "
        "Nothing has changed."
    ),
    "authorization_code_rejected": lambda: _(
        "Neos did not accept this sign-in any more, for example because it took too long. "
        "Please start again."
    ),
    BUSY: lambda: _(
        "Neos is slow, and others are waiting for it too. Nothing is lost: please try again in a "
        "minute."
    ),
    "restart_login": lambda: _(
        "This sign-in was started in another browser, before you signed out or too long ago, or "
        "it is finished already. Please start again."
    ),
    "correct_input": lambda: _("The answer from Neos was incomplete. Please start again."),
    "reauthenticate": lambda: _("Neos did not accept the sign-in. Please start again."),
    "retry_later": lambda: _(
        "Neos cannot be reached or has too much to do. Nothing is lost; please try again in a few "
        "minutes."
    ),
}


def explain(exception: SocialAuthBaseException) -> str:
    sentence = SENTENCES.get(exception.code) or SENTENCES.get(exception.recovery)
    if sentence is not None:
        return sentence()
    if exception.source == "provider_response" or exception.provider_code is not None:
        return _(
            "Neos and this site do not understand each other at the moment. It is not your fault; "
            "please try again later."
        )
    return _("The sign-in with Neos failed here. It is not your fault; please try again later.")


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

    def get_error_status(self, request: HttpRequest, exception: SocialAuthBaseException) -> int:
        """Return 502 if Neos refuses the site itself: a wrong secret, or a scope it may not ask."""
        status: int = super().get_error_status(request, exception)
        is_of_neos = exception.provider_code is not None
        is_broken = status == HTTPStatus.INTERNAL_SERVER_ERROR
        return HTTPStatus.BAD_GATEWAY if is_of_neos and is_broken else status

    def render_error(
        self, request: HttpRequest, exception: SocialAuthBaseException
    ) -> HttpResponse:
        status = self.get_error_status(request, exception)
        if exception.code in (neos.GATED_PLACES, neos.ONLY_WAY_IN):
            response = unlink_views.unlink_page(request, status, explain(exception), exception.code)
        else:
            response = _failed(request, exception, status)
        add_never_cache_headers(response)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        log(request, response, exception)
        return response


def _failed(request: HttpRequest, exception: SocialAuthBaseException, status: int) -> HttpResponse:
    context = {
        "sentence": explain(exception),
        "code": exception.code,
        "may_reload": exception.code == BUSY,
        # Checked by the library when this attempt was started.
        "next": getattr(exception.backend, "destination", ""),
    }
    return render(request, "registration/sign_in_failed.html", context, status=status)


def log(request: HttpRequest, response: HttpResponse, exception: SocialAuthBaseException) -> None:
    """Write one line with the provider's own code. What is wrong here is logged as an error."""
    sign_ins.platform_failed(clean_code(exception.code))
    if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("Sign-in is misconfigured: %s %s", exception.code, exception.parameter)
        return
    log_expected(
        logger,
        request,
        response,
        "Social authentication failure: code=%s source=%s stage=%s claim=%s provider_code=%s "
        "provider_status=%s",
        exception.code,
        exception.source,
        exception.stage,
        clean_code(exception.claim or exception.parameter),
        clean_code(exception.provider_code),
        clean_code(exception.status_code),
    )
