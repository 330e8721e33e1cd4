"""What views know about a request: who sends it, and where it may lead afterwards."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


class SignedInRequest(HttpRequest):
    """For the type checker: behind `login_required` the user is a real one."""

    user: User


def safe_next(request: HttpRequest) -> str:
    """The `next` address of the request if it stays on this site, else an empty string."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""
