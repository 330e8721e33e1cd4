"""A step may pause a sign-in to ask something: the rest runs later, in another request.

The pipeline is the site's own with such a step in it; what is kept goes through the database.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from social_core.pipeline.partial import partial
from social_core.utils import PARTIAL_TOKEN_SESSION_NAME
from social_django.models import Partial, UserSocialAuth

from events.models import Attendee
from eventsite.sign_in import DISCONNECT_PIPELINE, PIPELINE
from neos_backend.pauses import PausesOAuth2
from tests.factories import make_local_attendee, make_user
from tests.platform import COMPLETE, DISCONNECT
from tests.sign_in import answer, come_back, profile, sign_in, signed_in_as, start

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

STORED_BY = PIPELINE.index("events.accounts.neos.enroll")


@partial
def ask(strategy: Any, *_args: object, **_kwargs: object) -> Any:
    """Ask whether the person agrees, unless they just said so."""
    return None if strategy.request_data().get("agrees") else strategy.redirect("/agree/")


@partial
def ask_again(strategy: Any, *_args: object, **_kwargs: object) -> Any:
    return None if strategy.request_data().get("sure") else strategy.redirect("/sure/")


def asking(*steps: str) -> tuple[str, ...]:
    """The site's pipeline with these steps before the one that stores anything."""
    asked = (f"{__name__}.{step}" for step in steps)
    return (*PIPELINE[:STORED_BY], *asked, *PIPELINE[STORED_BY:])


@pytest.fixture(autouse=True)
def pausing(settings: Any) -> None:
    settings.SOCIAL_AUTH_PIPELINE = asking("ask")


def pause(client: Client, *, state: str | None = None, **changes: Any) -> str:
    """Sign in up to the question; return the address at which it goes on."""
    with responses.RequestsMock() as provider:  # which is asked: nothing goes on in its stead
        answer(provider, profile(publicBanExpiration="2031-01-01T00:00:00Z", **changes))
        response = come_back(client, start(client) if state is None else state)
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


# --- The next person at the same browser ---------------------------------------------------------


NEXT = {"id": "U-next", "username": "next", "email": "next@example.org"}


def agree(client: Client) -> HttpResponse:
    return client.get(COMPLETE, {"agrees": "1"})


def linked() -> list[tuple[str, str]]:
    """Which account of the platform belongs to whom here."""
    return sorted(UserSocialAuth.objects.values_list("uid", "user__username"))


def test_new_start_gives_up_the_pause_of_before(client: Client) -> None:
    pause(client)
    pause(client, **NEXT)
    assert Partial.objects.count() == 1
    agree(client)
    assert (signed_in_as(client), linked()) == ("U-next", [("U-next", "U-next")])


def test_start_alone_gives_up_the_pause_of_before(client: Client) -> None:
    callback = pause(client)
    start(client)
    assert (Partial.objects.count(), client.get(callback, {"agrees": "1"}).status_code) == (0, 400)
    assert linked() == []


def test_link_after_the_pause_of_a_stranger_links_ones_own(client: Client) -> None:
    pause(client)
    user = make_local_attendee().user
    client.force_login(user)
    pause(client, **NEXT)
    agree(client)
    assert linked() == [("U-next", user.username)]


def test_answer_for_one_person_does_not_go_on_with_the_pause_of_another(client: Client) -> None:
    """Begun in another tab, before the pause."""
    begun = start(client)
    pause(client)
    pause(client, state=begun, **NEXT)
    agree(client)
    assert (signed_in_as(client), linked()) == ("U-next", [("U-next", "U-next")])
    assert Partial.objects.count() == 0


def test_answer_that_needs_no_question_ends_the_pause_too(client: Client, settings: Any) -> None:
    begun = start(client)
    pause(client)
    settings.SOCIAL_AUTH_PIPELINE = PIPELINE
    with responses.RequestsMock() as provider:
        answer(provider, profile(**NEXT))
        come_back(client, begun)
    assert (signed_in_as(client), Partial.objects.count()) == ("U-next", 0)


@pytest.mark.parametrize(
    "query", [{"code": "a-code", "state": "made-up"}, {"error": "access_denied"}]
)
def test_answer_that_is_refused_leaves_the_pause(client: Client, query: dict[str, str]) -> None:
    begun = start(client)
    pause(client)
    assert client.get(COMPLETE, {"state": begun} | query).status_code == 403
    assert (signed_in_as(client), Partial.objects.count()) == ("", 1)
    agree(client)
    assert signed_in_as(client) == profile()["id"]


PEOPLE = ["", "ada", "bob"]  # nobody, and two people of the site


def become(client: Client, name: str) -> None:
    """Sign in here, or out; the pause stays in the session, as a project might arrange it."""
    token = client.session.get(PARTIAL_TOKEN_SESSION_NAME)
    client.logout()
    if name:
        client.force_login(User.objects.get(username=name))
    session = client.session
    session[PARTIAL_TOKEN_SESSION_NAME] = token
    session.save()


@pytest.mark.parametrize("goes_on", PEOPLE)
@pytest.mark.parametrize("began", PEOPLE)
def test_pause_goes_on_for_who_began_and_nobody_else(
    client: Client, began: str, goes_on: str
) -> None:
    for name in ("ada", "bob"):
        make_local_attendee(user=make_user(username=name))
    become(client, began)
    pause(client)
    become(client, goes_on)
    response = agree(client)
    if began == goes_on:
        assert linked() == [("U-gearfox", began or "U-gearfox")]
    else:
        assert (response.status_code, linked(), Partial.objects.count()) == (403, [], 1)
        assert "You have signed in here in the meantime" in response.content.decode()


def test_second_question_is_for_who_began_too(client: Client, settings: Any) -> None:
    settings.SOCIAL_AUTH_PIPELINE = asking("ask", "ask_again")
    callback = pause(client)
    assert agree(client)["Location"] == "/sure/"
    stranger = make_local_attendee().user
    client.force_login(stranger)
    assert client.get(callback, {"sure": "1"}).status_code == 403
    become(client, "")
    client.get(callback, {"sure": "1"})
    assert linked() == [("U-gearfox", "U-gearfox")]


def test_pause_of_a_release_that_did_not_note_who_began_is_refused(client: Client) -> None:
    pause(client)
    kept = Partial.objects.get()
    kept.data["kwargs"] = {k: v for k, v in kept.data["kwargs"].items() if "begun_by" not in k}
    kept.save()
    assert (agree(client).status_code, linked()) == (403, [])


@pytest.mark.parametrize(("goes_on", "left"), [("ada", ["bob"]), ("bob", ["ada", "bob"])])
def test_unlinking_that_paused_goes_on_for_its_person_only(
    client: Client, settings: Any, goes_on: str, left: list[str]
) -> None:
    settings.SOCIAL_AUTH_PIPELINE = PIPELINE
    settings.SOCIAL_AUTH_DISCONNECT_PIPELINE = (f"{__name__}.ask", *DISCONNECT_PIPELINE)
    for name in ("bob", "ada"):
        make_local_attendee(user=make_user(username=name))
        become(client, name)
        sign_in(client, profile(id=f"U-{name}"))
    become(client, "ada")
    assert client.post(DISCONNECT)["Location"] == "/agree/"
    become(client, goes_on)
    client.post(DISCONNECT, {"agrees": "1"})
    assert linked() == [(f"U-{name}", name) for name in left]


# --- Controls: what the library does without it --------------------------------------------------


def test_library_alone_goes_on_with_the_pause_of_a_stranger(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(PausesOAuth2, "prepare_auth")
    monkeypatch.delattr(PausesOAuth2, "validate_partial_pipeline")
    pause(client)
    user = make_local_attendee().user
    client.force_login(user)
    with responses.RequestsMock():  # nobody asks the platform
        come_back(client, start(client))
    agree(client)
    assert linked() == [("U-gearfox", user.username)]
