"""Addresses of the foreign server: the toolkit's own, and three that it leaves to its users."""

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.models import Application
from oauth2_provider.oauth2_backends import get_oauthlib_core

from tests.toolkit.profiles import shown


@csrf_exempt
def register_client(request: HttpRequest) -> HttpResponse:
    """Register or change a client, as the staff of a platform do by hand."""
    client, _ = Application.objects.get_or_create(
        client_id=request.POST["client_id"],
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
    )
    client.client_secret = request.POST["client_secret"]  # hashed by the toolkit
    client.redirect_uris = request.POST["redirect_uri"]
    client.save()
    return HttpResponse("registered")


def log_in(request: HttpRequest) -> HttpResponse:
    """Log in the person whom the cookie names: passwords are not what is tested."""
    person, _ = User.objects.get_or_create(username=request.COOKIES["person"])
    login(request, person)
    return HttpResponseRedirect(request.GET["next"])


def profile(request: HttpRequest) -> HttpResponse:
    """Answer a token that the toolkit finds good for the scope `profile`."""
    is_good, found = get_oauthlib_core().verify_request(request, scopes=["profile"])
    if not is_good:
        return HttpResponse(status=401)
    return JsonResponse(shown(found.user.username, set(found.access_token.scope.split())))


urlpatterns = [
    path("connect/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("clients", register_client),
    path("login", log_in),
    path("api/user/profile", profile),
]
