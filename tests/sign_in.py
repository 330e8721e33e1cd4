"""A sign-in with Neos through Django's client, the provider answered by `responses`."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.models import Attendee
from tests.platform import COMPLETE, LOGIN, PLATFORM

TOKEN_URL, PROFILE_URL, PROFILE = PLATFORM.token_url, PLATFORM.profile_url, PLATFORM.profile


def start(client: Client, **fields: str) -> str:
    """Begin a sign-in, or a link with the password that the factories give; return its state."""
    response = client.post(LOGIN, {"current_password": "secret"} | fields)
    assert response.status_code == 302
    return parse_qs(urlsplit(response["Location"]).query)["state"][0]


def come_back(client: Client, state: str, **parameters: str) -> HttpResponse:
    """The browser's return from Neos with a code."""
    query = {"state": state, "code": "a-code"} | parameters
    return client.get(COMPLETE, query)


def answer(neos: responses.RequestsMock, profile: Any = None, **token: Any) -> None:
    """Let the provider answer every request with this profile."""
    body = {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600} | token
    neos.add(responses.POST, TOKEN_URL, json=body)
    neos.add(responses.GET, PROFILE_URL, json=PROFILE if profile is None else profile)


def sign_in(client: Client, profile: Any = None, **token: Any) -> HttpResponse:
    """The whole way: begin, consent, come back."""
    with responses.RequestsMock() as neos:
        answer(neos, profile, **token)
        return come_back(client, start(client))


def signed_in_as(client: Client) -> str:
    """The Neos id of who is signed in, an empty string for nobody."""
    user = User.objects.filter(pk=client.session.get("_auth_user_id")).first()
    return Attendee.objects.get(user=user).neos_id or "" if user else ""


def profile(**changes: Any) -> dict[str, Any]:
    return PROFILE | changes
