"""A step may pause a sign-in to ask something: the rest runs later, in another request.

The pipeline is the site's own with such a step in it; what is kept goes through the database.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from django.contrib.auth.models import User
from django.test import Client
from social_core.pipeline.partial import partial
from social_django.models import Partial

from events.models import Attendee
from eventsite.sign_in import PIPELINE
from tests.sign_in import answer, come_back, profile, signed_in_as, start

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

STORED_BY = PIPELINE.index("events.accounts.neos.enroll")


@partial
def ask(strategy: Any, *_args: object, **_kwargs: object) -> Any:
    """Ask whether the person agrees, unless they just said so."""
    return None if strategy.request_data().get("agrees") else strategy.redirect("/agree/")


@pytest.fixture(autouse=True)
def pausing(settings: Any) -> None:
    asking = f"{__name__}.ask"
    settings.SOCIAL_AUTH_PIPELINE = (*PIPELINE[:STORED_BY], asking, *PIPELINE[STORED_BY:])


def pause(client: Client) -> str:
    """Sign in up to the question; return the address at which it goes on."""
    with responses.RequestsMock() as provider:
        answer(provider, profile(publicBanExpiration="2031-01-01T00:00:00Z"))
        response = come_back(client, start(client))
    assert (response.status_code, response["Location"]) == (302, "/agree/")
    return response.request["PATH_INFO"]  # type: ignore[attr-defined,no-any-return] - of the test client


def test_paused_sign_in_has_stored_nobody_yet(client: Client) -> None:
    pause(client)
    assert (User.objects.count(), signed_in_as(client), Partial.objects.count()) == (0, "", 1)


def test_paused_sign_in_goes_on_with_all_that_was_read(client: Client) -> None:
    callback = pause(client)
    with responses.RequestsMock():  # nothing is asked from the provider again
        response = client.get(callback, {"agrees": "1"})
    assert response.status_code == 302
    attendee = Attendee.objects.get()
    assert signed_in_as(client) == attendee.neos_id == profile()["id"]
    assert attendee.neos_banned_until == datetime(2031, 1, 1, tzinfo=UTC)
    assert attendee.user.email == profile()["email"]
    assert Partial.objects.count() == 0


def test_paused_sign_in_of_another_release_is_refused_cleanly(client: Client) -> None:
    callback = pause(client)
    kept = Partial.objects.get()
    kept.data["kwargs"]["response"] = {"neos_profile": "of old"} | profile()
    kept.save()
    assert client.get(callback, {"agrees": "1"}).status_code == 502
    assert (User.objects.count(), signed_in_as(client)) == (0, "")


def test_paused_sign_in_of_a_stranger_does_not_go_on_here(client: Client) -> None:
    callback = pause(client)
    stranger = Client()
    assert stranger.get(callback, {"agrees": "1"}).status_code == 400
    assert (User.objects.count(), signed_in_as(stranger)) == (0, "")
