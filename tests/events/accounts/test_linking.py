"""Linking and unlinking Neos, and two browsers that finish at once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from social_core.exceptions import AuthPolicyError, AuthResponseError
from social_django.models import UserSocialAuth

from events import places
from events.accounts import closing, neos
from events.models import Attendee, Picture
from neos_backend.profile import parse_profile
from tests import platform
from tests.factories import make_attendee, make_event, make_local_attendee, make_user
from tests.platform import DISCONNECT, words
from tests.sign_in import PROFILE, profile, sign_in, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# --- Linking -----------------------------------------------------------------------------------


def test_local_account_links_neos_and_stays_itself(client: Client) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    sign_in(client)
    attendee.refresh_from_db()
    assert attendee.neos_id == "U-gearfox"
    assert User.objects.get().email == attendee.user.email


def test_identity_of_somebody_else_is_refused_in_plain_words(client: Client) -> None:
    sign_in(client)
    other = make_local_attendee()
    client.force_login(other.user)
    response = sign_in(client)
    page = response.content.decode()
    assert response.status_code == 409
    assert words("This Neos account is already linked to another account of this site.") in page
    assert "U-gearfox" not in page
    other.refresh_from_db()
    assert (other.neos_id, client.session["_auth_user_id"]) == (None, str(other.user.pk))


def test_second_identity_is_not_linked_on_top(client: Client) -> None:
    sign_in(client)
    response = sign_in(client, profile(id="U-second", username="second"))
    assert response.status_code == 403
    assert words("already linked to a different Neos account") in response.content.decode()
    assert Attendee.objects.get().neos_id == "U-gearfox"
    assert UserSocialAuth.objects.count() == 1


def test_unlinking_forgets_everything_neos_said(client: Client) -> None:
    attendee = make_local_attendee(display_name="Me")
    client.force_login(attendee.user)
    sign_in(client)
    response = client.post(DISCONNECT)
    assert response["Location"].endswith("/account/")
    attendee.refresh_from_db()
    blank = make_local_attendee(display_name="Me")
    facts = ("neos_id", "neos_username", "neos_tags", "verified_at", "patreon_cents")
    assert [getattr(attendee, f) for f in facts] == [getattr(blank, f) for f in facts]
    assert (attendee.display_name, UserSocialAuth.objects.count()) == ("Me", 0)


def test_unlinking_drops_the_picture_unless_somebody_else_has_the_same(client: Client) -> None:
    attendee, other = make_local_attendee(), make_local_attendee()
    client.force_login(attendee.user)
    sign_in(client)
    kept = {"picture": Picture.objects.create(digest="0" * 64), "picture_of": "a" * 64}
    Attendee.objects.update(**kept)
    client.post(DISCONNECT)
    attendee.refresh_from_db()
    other.refresh_from_db()
    assert (attendee.picture, attendee.picture_of) == (None, "")
    assert (other.picture, Picture.objects.count()) == (kept["picture"], 1)
    sign_in(client)
    Attendee.objects.filter(pk=other.pk).update(picture=None)
    Attendee.objects.filter(pk=attendee.pk).update(**kept)
    client.post(DISCONNECT)
    assert Picture.objects.count() == 0


def test_unlinked_identity_may_be_linked_elsewhere(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    sign_in(client)
    client.post(DISCONNECT)
    other = make_local_attendee()
    client.force_login(other.user)
    sign_in(client)
    other.refresh_from_db()
    assert other.neos_id == "U-gearfox"


def test_unlinking_waits_until_gated_places_are_given_up(client: Client) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    sign_in(client)
    held = places.register(user=attendee.user, bookable=make_event(neos_required=True))
    places.register(user=attendee.user, bookable=make_event())
    response = client.post(DISCONNECT)
    assert response.status_code == 403
    assert words("You hold places that need your Neos account.") in response.content.decode()
    attendee.refresh_from_db()
    assert (attendee.neos_id, UserSocialAuth.objects.count()) == ("U-gearfox", 1)
    places.cancel(registration=held, in_full=False)
    assert client.post(DISCONNECT).status_code == 302


def test_unlinking_the_only_way_in_is_refused(client: Client) -> None:
    sign_in(client)
    response = client.post(DISCONNECT)
    assert response.status_code == 403
    page = response.content.decode()
    assert words("Set a password first, then unlink Neos.") in page
    assert 'href="/accounts/password/?next=/account/unlink/' in page
    assert Attendee.objects.get().neos_id == "U-gearfox"


def test_unlinking_somebody_elses_link_is_not_even_an_address(client: Client) -> None:
    sign_in(client)
    link = UserSocialAuth.objects.get()
    stranger = make_local_attendee()
    client.force_login(stranger.user)
    assert client.post(f"{DISCONNECT}{link.pk}/").status_code == 404
    client.post(DISCONNECT)
    assert UserSocialAuth.objects.get() == link
    assert Attendee.objects.get(neos_id="U-gearfox").user == link.user


# --- Two browsers at once ----------------------------------------------------------------------


class FakeBackend:
    name = platform.KEY


def test_enroll_finds_the_rows_of_a_browser_that_was_faster() -> None:
    vouched = parse_profile(PROFILE, scopes=["profile", "email", "patreon"])
    response = {"profile": vouched.as_json()}
    first = neos.enroll(FakeBackend(), "U-gearfox", response, id_key="id")  # type: ignore[arg-type] - only the name is used
    second = neos.enroll(FakeBackend(), "U-gearfox", response, id_key="id")  # type: ignore[arg-type] - only the name is used
    assert (first["user"], first["is_new"]) == (second["user"], True)
    assert (User.objects.count(), Attendee.objects.count()) == (1, 1)


@pytest.mark.parametrize("change", [{"id": None}, {"tags": "mentor"}, {"support": {"cents": 1}}])
def test_enroll_refuses_a_profile_that_an_older_release_has_kept(change: dict[str, Any]) -> None:
    kept = parse_profile(PROFILE, scopes=["profile"]).as_json() | change
    with pytest.raises(AuthResponseError) as caught:
        neos.enroll(FakeBackend(), "U-gearfox", {"profile": kept}, id_key="id")  # type: ignore[arg-type] - only the name is used
    assert (caught.value.code, caught.value.claim) == ("invalid_claim", *change)
    assert User.objects.count() == 0


def test_user_made_beside_that_of_a_faster_browser_is_taken_back_s9() -> None:
    """The other one has stored the account since this one looked for its owner."""
    vouched = parse_profile(PROFILE, scopes=["profile"])
    neos.enroll(FakeBackend(), "U-gearfox", {"profile": vouched.as_json()}, id_key="id")  # type: ignore[arg-type] - only the name is used
    with pytest.raises(neos.Overtaken):
        neos._store(FakeBackend(), "U-gearfox", "id", vouched, None, may_link=True)  # type: ignore[arg-type] - only the name is used
    assert User.objects.count() == 1


def test_enroll_is_all_or_nothing(client: Client) -> None:
    make_attendee(neos_id="U-gearfox", user=make_user())
    other = make_local_attendee()
    client.force_login(other.user)
    response = sign_in(client)
    other.refresh_from_db()
    assert (response.status_code, other.neos_id) == (409, None)
    assert UserSocialAuth.objects.count() == 0


def test_enroll_mends_a_lost_link_by_the_neos_id(client: Client) -> None:
    sign_in(client)
    UserSocialAuth.objects.all().delete()
    client.logout()
    sign_in(client)
    assert signed_in_as(client) == "U-gearfox"
    assert (User.objects.count(), UserSocialAuth.objects.count()) == (1, 1)


def test_database_keeps_one_attendee_per_neos_id() -> None:
    make_attendee(neos_id="U-one")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_attendee(neos_id="U-one", user=make_user())
    assert make_attendee(neos_id="U-One").neos_id == "U-One"


def test_enroll_judges_the_stored_account_and_not_what_a_tab_saw() -> None:
    """Two tabs link two accounts at once: the later one finds the first under the lock."""
    attendee = make_attendee(neos_id="U-first")
    vouched = {"profile": parse_profile(PROFILE, scopes=["profile"]).as_json()}
    with pytest.raises(AuthPolicyError) as caught:
        neos.enroll(FakeBackend(), "U-gearfox", vouched, id_key="id", user=attendee.user)  # type: ignore[arg-type] - only the name is used
    assert caught.value.code == neos.SECOND_IDENTITY
    attendee.refresh_from_db()
    assert (attendee.neos_id, UserSocialAuth.objects.count()) == ("U-first", 0)


def test_enroll_writes_nobody_back_who_was_erased_meanwhile() -> None:
    """The sign-in had found the account before it was deleted in another tab."""
    user = make_local_attendee().user
    stale = User.objects.get(pk=user.pk)
    closing.erase(user)
    vouched = {"profile": parse_profile(PROFILE, scopes=["profile"]).as_json()}
    with pytest.raises(AuthPolicyError) as refused:
        neos.enroll(FakeBackend(), "U-gearfox", vouched, user=stale)  # type: ignore[arg-type] - only the name is used
    assert refused.value.code == neos.ACCOUNT_ERASED
    assert Attendee.objects.get().neos_id is None
