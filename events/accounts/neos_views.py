"""The way back from Neos, with the library's view."""

from functools import wraps

from django.http import HttpRequest, HttpResponse
from social_django import views

from neos_backend.attempts import NEXT


@wraps(views.complete)  # with its marks: no CSRF token, no cache
def complete(request: HttpRequest, backend: str) -> HttpResponse:
    """Lead to where this attempt wanted to go, and to nowhere that the callback names.

    Nothing of the attempt stays in the session.
    """
    query = request.GET.copy()
    query.pop(NEXT, None)
    request.GET = query  # type: ignore[assignment]  # the stubs want an immutable one
    try:
        response: HttpResponse = views.complete(request, backend)
    finally:
        request.session.pop(NEXT, None)
    return response
