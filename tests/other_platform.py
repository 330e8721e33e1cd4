"""Accounts of the platform that the site of this run does not serve, and the change to it."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import responses
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from social_django.models import UserSocialAuth

from events.models import Attendee, Block, FormerNeosId
from eventsite.platforms import PLATFORMS
from tests import platform
from tests.factories import make_local_attendee, make_user

OTHER = platform.PLATFORMS[platform.PLATFORM.other]


def make_link(key: str, uid: str = "U-gearfox", user: User | None = None) -> None:
    UserSocialAuth.objects.create(user=user or make_user(), provider=key, uid=uid)


def make_person(key: str) -> None:
    """Somebody whose link is not there, as in rows that were loaded without it."""
    Attendee.objects.create(user=make_user(), platform=key, neos_id="U-gearfox")


def make_former(key: str) -> None:
    """Somebody who has unlinked."""
    FormerNeosId.objects.create(attendee=make_local_attendee(), neos_id="U-old", platform=key)


def make_block(key: str) -> None:
    """A block on somebody who never came."""
    Block.objects.create(neos_id="U-griefer", platform=key)


#: All that holds an id, each alone.
KINDS: tuple[Callable[[str], None], ...] = (make_link, make_person, make_former, make_block)


def change_platform(settings: Settings, key: str) -> None:
    """Let the site of this process serve another platform: its backend and addresses."""
    chosen, expected = PLATFORMS[key], platform.PLATFORMS[key]
    backend = f"{chosen.backend.__module__}.{chosen.backend.__name__}"
    settings.PLATFORM = chosen
    settings.AUTHENTICATION_BACKENDS = [backend, "django.contrib.auth.backends.ModelBackend"]
    settings.SOCIAL_AUTH_AUTHORIZATION_URL = expected.authorize_url
    settings.SOCIAL_AUTH_ACCESS_TOKEN_URL = expected.token_url
    settings.SOCIAL_AUTH_PROFILE_URL = expected.profile_url
    settings.SOCIAL_AUTH_SCOPE = expected.scopes
    settings.SOCIAL_AUTH_REDIRECT_URI = f"{settings.SITE_URL}{expected.complete}"


def sign_in_there(client: Client) -> HttpResponse:
    """Sign in, after `change_platform`, with the account of the other platform that has this id."""
    with responses.RequestsMock() as provider:
        token = {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600}
        provider.post(OTHER.token_url, json=token)
        provider.get(OTHER.profile_url, json=OTHER.profile)
        begun = client.post(OTHER.login, {"current_password": "secret"})
        state = parse_qs(urlsplit(begun["Location"]).query)["state"][0]
        return client.get(OTHER.complete, {"state": state, "code": "a-code"})
