"""Read from a request who sends it and where it leads afterwards."""

from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


class SignedInRequest(HttpRequest):
    """For the type checker: behind `login_required` the user is a real one."""

    user: User


def has_foreign_next(request: HttpRequest) -> bool:
    """Return whether any `next` leads off the site, or from https to http."""
    asked = [*request.GET.getlist("next"), *request.POST.getlist("next")]
    return not all(_is_ours(request, address) for address in asked if address)


def safe_next(request: HttpRequest) -> str:
    return own_address(request, request.POST.get("next") or request.GET.get("next") or "")


def this_page(request: HttpRequest) -> str:
    """Return the address of the page that is shown, if one can come back to it by its address.

    Those of signing in are none of these: they lead on to where they were asked to.
    """
    match = request.resolver_match
    is_to_visit = match is not None and match.namespace == "events"
    return own_address(request, request.get_full_path()) if is_to_visit else ""


def safe_referrer(request: HttpRequest) -> str:
    """Return the page that the request was sent from, or "" if it is none of this site's."""
    return own_address(request, request.headers.get("Referer", ""))


def own_address(request: HttpRequest, address: str) -> str:
    """Return the address if it is one of this site, or ""."""
    is_whole = address.startswith(("/", "http://", "https://"))
    return address if is_whole and _is_ours(request, address) else ""


def with_next(view: str, back: str) -> str:
    """Return the address of a page that leads to `back` once it is done with."""
    address = reverse(view)
    return f"{address}?{urlencode({'next': back})}" if back else address


def _is_ours(request: HttpRequest, address: str) -> bool:
    """Accept a path of this site without control characters, which browsers skip."""
    return address.isprintable() and url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
