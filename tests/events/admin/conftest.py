"""Two organizers who must not see each other's events, each signed in with an own browser."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import make_organizer, make_user

SignedIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    """Makes browsers in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def robin() -> User:
    return make_organizer(username="robin")


@pytest.fixture
def superuser() -> User:
    return make_user(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(signed_in: SignedIn, mika: User) -> Client:
    """Mika's."""
    return signed_in(mika)
