"""The language of a page: that of the account, then of the browser's cookie, then of its header.

Django's own middleware has read cookie and header before this one, which needs to know who asks.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from events.access import viewers

from . import chosen

#: Where a request keeps the language that its account has chosen.
OF_ACCOUNT = "eventsite.language"
View = TypeVar("View", bound=Callable[..., Any])


def for_everybody(view: View) -> View:
    """Mark a view whose answer is the same for all, in the site's language; caches may share it."""
    view.is_for_everybody = True  # type: ignore[attr-defined]
    return view


class AccountLanguageMiddleware:
    """Use the language of the account. The row that is read for it stays with the user.

    Error pages of requests that reach no view call `use_of_account` themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_for_everybody(request):
            patch_vary_headers(response, ["Cookie"])
            self._tell_browser(request, response)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if _is_for_everybody(request):
            _use(request, settings.LANGUAGE_CODE)
        else:
            use_of_account(request)

    def _tell_browser(self, request: HttpRequest, response: HttpResponse) -> None:
        language = request.META.get(OF_ACCOUNT, "")
        is_news = language not in ("", chosen.language_of_browser(request))
        if is_news and settings.LANGUAGE_COOKIE_NAME not in response.cookies:
            chosen.remember_language(response, language)


def _is_for_everybody(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "is_for_everybody", False)


def use_of_account(request: HttpRequest) -> None:
    """Go on in the language that the account has chosen; without one, as cookie and header say."""
    viewer = viewers.viewer_of(getattr(request, "user", AnonymousUser()))
    if viewer and viewer.chosen_language:
        _use(request, viewer.chosen_language)
        request.META[OF_ACCOUNT] = viewer.chosen_language


def _use(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = translation.get_language()
