"""Read from a request who sends it and where it leads afterwards."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


class SignedInRequest(HttpRequest):
    """For the type checker: behind `login_required` the user is a real one."""

    user: User


def has_foreign_next(request: HttpRequest) -> bool:
    """Return whether any `next` leads off the site, or from https to http."""
    asked = [*request.GET.getlist("next"), *request.POST.getlist("next")]
    return not all(_is_ours(request, address) for address in asked if address)


def safe_next(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if _is_ours(request, address) else ""


def _is_ours(request: HttpRequest, address: str) -> bool:
    """Accept a path of this site without control characters, which browsers skip."""
    return address.isprintable() and url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
