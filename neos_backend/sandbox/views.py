"""The pages and endpoints of the sandbox; the addresses say which platform it plays.

The provider checks every request anew. The login page passes nothing to the consent page but what
the forms carry.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from oauthlib.oauth2.rfc6749.errors import FatalClientError, OAuth2Error

from neos_backend.sandbox import provider
from neos_backend.sandbox.avatar import draw_avatar
from neos_backend.sandbox.person import Person
from neos_backend.sandbox.platforms import REQUIRED_SCOPE, Sandbox
from neos_backend.sandbox.provider import AuthorizationRequest

NO_STORE = {"Cache-Control": "no-store"}
AVATAR_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


# --- Authorization: login page, consent page, redirect back -------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest, sandbox: Sandbox) -> HttpResponse:
    # Both forms post back to this address with the same query.
    try:
        # Encode the query anew: Django reads it leniently, oauthlib strictly.
        asked = provider.read_authorization_request(sandbox, request.GET.urlencode())
        return continue_sign_in(request, asked)
    except FatalClientError as error:
        return error_page(request, sandbox, error)
    except OAuth2Error as error:
        return HttpResponseRedirect(error.in_uri(error.redirect_uri or ""))


def continue_sign_in(request: HttpRequest, asked: AuthorizationRequest) -> HttpResponse:
    sandbox = asked.sandbox
    person = sandbox.find_person(request.POST.get("person", ""))
    if person is None:
        context = page(sandbox, cast=sandbox.cast)
        return render(request, "neos_backend/sandbox/login.html", context)
    match request.POST.get("decision"):
        case "allow":
            ticked = request.POST.getlist("scope")
            return HttpResponseRedirect(provider.allow(asked, person=person, ticked=ticked))
        case "decline":
            raise provider.decline(asked)
        case _:
            return consent_page(request, asked, person)


def page(sandbox: Sandbox, **context: object) -> dict[str, object]:
    # The host of the site that asks: no request can forge it.
    site = urlsplit(sandbox.setting("REDIRECT_URI") or "").netloc
    return {"site": site, "sandbox": sandbox, "platform": sandbox.title, **context}


def consent_page(request: HttpRequest, asked: AuthorizationRequest, person: Person) -> HttpResponse:
    scopes = [
        {"name": name, "label": asked.sandbox.scopes[name], "required": name == REQUIRED_SCOPE}
        for name in asked.scopes
    ]
    login = request.get_full_path()
    context = page(asked.sandbox, person=person, scopes=scopes, login=login)
    return render(request, "neos_backend/sandbox/consent.html", context)


def error_page(request: HttpRequest, sandbox: Sandbox, error: OAuth2Error) -> HttpResponse:
    # Shown here, because the address to go back to cannot be trusted.
    context = page(sandbox, error=error)
    return render(request, "neos_backend/sandbox/error.html", context, status=400)


# --- Token and profile: called by the site itself ------------------------------------------------


@csrf_exempt
@require_http_methods(["POST"])
def token(request: HttpRequest, sandbox: Sandbox) -> HttpResponse:
    # RFC 6749 §4.1.3 and §5: the query string is ignored.
    headers, body, status = provider.exchange(sandbox, request.POST.urlencode())
    return HttpResponse(body, status=status, headers=headers)


@require_http_methods(["GET"])
def profile(request: HttpRequest, sandbox: Sandbox) -> HttpResponse:
    try:
        authorization = request.headers.get("Authorization", "")
        consent = provider.consent_of_bearer(sandbox, authorization)
    except OAuth2Error as error:
        headers = NO_STORE | {"WWW-Authenticate": provider.bearer_challenge(error)}
        return HttpResponse(status=error.status_code, headers=headers)
    answer = consent.person.profile(consent.granted, timezone.now())
    return JsonResponse(answer, headers=NO_STORE)


@require_http_methods(["GET"])
def asset(_request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(draw_avatar(name), content_type="image/png", headers=AVATAR_HEADERS)
