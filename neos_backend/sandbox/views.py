"""The pages and endpoints of the stand-in. Every request is checked by the provider afresh:
nothing is remembered between the login page and the consent page but what the forms carry.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from oauthlib.oauth2.rfc6749.errors import FatalClientError, OAuth2Error

from neos_backend.sandbox import grants, provider
from neos_backend.sandbox.avatar import draw_avatar
from neos_backend.sandbox.cast import CAST, find_person
from neos_backend.sandbox.person import Person
from neos_backend.sandbox.provider import AuthorizationRequest

FORM_TYPE = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store"}
AVATAR_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # An SVG opened on its own is a document: it may load and run nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


# --- Authorization: login page, consent page, redirect back -------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """The address a visitor is sent to; both of its forms post back to it, query and all."""
    try:
        # Django reads the query leniently and oauthlib strictly; encoding it anew suits both.
        asked = provider.read_authorization_request(request.GET.urlencode())
        return continue_sign_in(request, asked)
    except FatalClientError as error:
        return error_page(request, error)
    except OAuth2Error as error:
        return HttpResponseRedirect(error.in_uri(error.redirect_uri or ""))


def continue_sign_in(request: HttpRequest, asked: AuthorizationRequest) -> HttpResponse:
    """Login page, then consent page, then the way back to the site."""
    person = find_person(request.POST.get("person", ""))
    if person is None:
        return render(request, "neos_backend/sandbox/login.html", page(cast=CAST))
    match request.POST.get("decision"):
        case "allow":
            ticked = request.POST.getlist("scope")
            return HttpResponseRedirect(provider.allow(asked, person=person, ticked=ticked))
        case "decline":
            raise provider.decline(asked)
        case _:
            return consent_page(request, asked, person)


def page(**context: object) -> dict[str, object]:
    """Context of every page: who is asking, by the only name that cannot be made up."""
    return {"site": urlsplit(settings.SOCIAL_AUTH_NEOS_REDIRECT_URI).netloc, **context}


def consent_page(request: HttpRequest, asked: AuthorizationRequest, person: Person) -> HttpResponse:
    scopes = [
        {"name": scope, "label": grants.SCOPES[scope], "required": scope == grants.REQUIRED_SCOPE}
        for scope in asked.scopes
    ]
    context = page(person=person, scopes=scopes, login=request.get_full_path())
    return render(request, "neos_backend/sandbox/consent.html", context)


def error_page(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """What OpenIddict shows when it must not redirect: `key:value` lines, without the state."""
    lines = [f"{name}:{value}" for name, value in error.twotuples if name != "state"]
    context = page(lines="\n".join(lines))
    return render(request, "neos_backend/sandbox/error.html", context, status=400)


# --- Token and profile: called by the site itself ------------------------------------------------


@csrf_exempt
@require_http_methods(["POST"])
def token(request: HttpRequest) -> HttpResponse:
    """Form in, JSON out (RFC 6749 §4.1.3 and §5). The query string is not looked at."""
    if request.content_type != FORM_TYPE:
        error = provider.wrong_content_type(request.content_type)
        return JsonResponse(dict(error.twotuples), status=error.status_code, headers=NO_STORE)
    headers, body, status = provider.exchange(
        request.POST.urlencode(), request.headers.get("Authorization", "")
    )
    return HttpResponse(body, status=status, headers=headers)


@require_http_methods(["GET"])
def profile(request: HttpRequest) -> HttpResponse:
    """The person's JSON, limited to the granted scopes; 401 or 403 with an empty body."""
    try:
        consent = provider.consent_of_bearer(request.headers.get("Authorization", ""))
    except OAuth2Error as error:
        headers = NO_STORE | {"WWW-Authenticate": provider.bearer_challenge(error)}
        return HttpResponse(status=error.status_code, headers=headers)
    answer = consent.person.profile(consent.granted, timezone.now())
    return JsonResponse(answer, headers=NO_STORE)


@require_http_methods(["GET"])
def asset(_request: HttpRequest, name: str) -> HttpResponse:
    """A picture for every asset name there could be."""
    return HttpResponse(draw_avatar(name), content_type="image/svg+xml", headers=AVATAR_HEADERS)
