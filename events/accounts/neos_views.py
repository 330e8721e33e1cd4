"""The way to Neos and back, with the library's views."""

from functools import wraps
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from social_django import views

from events.http.requests import SignedInRequest, safe_next
from neos_backend.attempts import NEXT

from . import presence
from .attendees import attendee_of
from .forms import LinkForm


@sensitive_post_parameters("current_password")
@wraps(views.auth)  # with its marks: POST only, no cache
def begin(request: HttpRequest, backend: str) -> HttpResponse:
    """Lead to Neos. Who wants to link an account types the password of this one first."""
    if request.method == "POST" and request.user.is_authenticated:
        own = cast("SignedInRequest", request)
        if presence.is_asked_before_link(attendee_of(own.user)):
            form = LinkForm(own.POST, user=own.user)
            if not form.is_valid():
                context = {"link_form": form, "next": safe_next(own)}
                return render(own, "registration/link.html", context)
            presence.prove_for_link(own)
    response: HttpResponse = views.auth(request, backend)
    return response


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
