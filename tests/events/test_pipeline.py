"""Signing in with Neos: which account it is, what is stored, what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import responses
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from social_django.models import UserSocialAuth

from events import pipeline, places
from events.models import Attendee
from events.views.requests import safe_next
from neos_backend.profile import parse_profile
from tests.factories import NOON, make_attendee, make_event, make_local_attendee, make_user
from tests.sign_in import PROFILE, PROFILE_URL, TOKEN_URL, answer, come_back, sign_in, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def signed_in_as(client: Client) -> str:
    """The Neos id of who is signed in, an empty string for nobody."""
    user = User.objects.filter(pk=client.session.get("_auth_user_id")).first()
    return Attendee.objects.get(user=user).neos_id or "" if user else ""


def profile(**changes: Any) -> dict[str, Any]:
    return PROFILE | changes


def test_first_sign_in_makes_user_link_and_attendee(client: Client) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/registrations/")
    attendee = Attendee.objects.get()
    assert (attendee.neos_id, attendee.neos_username) == ("U-gearfox", "gearfox")
    assert (attendee.user.username, attendee.user.has_usable_password()) == ("U-gearfox", False)
    assert UserSocialAuth.objects.values_list("uid", "user").get() == (
        "U-gearfox",
        attendee.user.pk,
    )


def test_first_sign_in_stores_what_neos_vouched_for(client: Client) -> None:
    sign_in(client)
    attendee = Attendee.objects.get()
    assert attendee.neos_email_verified is True
    assert attendee.neos_tags == ["mmc participant"]
    assert attendee.neos_registered_at == datetime(2019, 8, 1, 6, 41, 9, 1231, tzinfo=UTC)
    assert attendee.verified_at == NOON
    assert (attendee.patreon_known, attendee.patreon_cents) == (True, 1200)
    assert attendee.patreon_total_cents == 31200
    assert attendee.patreon_until == datetime(2030, 6, 29, 3, 15, 44, 912004, tzinfo=UTC)


def test_second_sign_in_updates_the_same_account(client: Client) -> None:
    sign_in(client)
    client.logout()
    sign_in(client, profile(username="windhover", isLocked=True))
    attendee = Attendee.objects.get()
    assert (attendee.neos_username, attendee.neos_locked) == ("windhover", True)
    assert User.objects.count() == 1


def test_sign_in_leads_back_to_where_it_started(client: Client) -> None:
    with responses.RequestsMock() as neos:
        answer(neos)
        response = come_back(client, start(client, next="/events/jam/"))
    assert response["Location"] == "/events/jam/"


FOREIGN = (
    "https://evil.test/",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https:evil.test",
    "https:///evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://localhost@evil.test",
    "http://localhost.evil.test",
    "\thttps://evil.test",
    "/\r\nSet-Cookie: x",
    "/\x00",
)


@pytest.mark.parametrize("address", FOREIGN)
def test_sign_in_that_leads_off_the_site_is_refused(client: Client, address: str) -> None:
    answers = [
        client.post("/auth/login/neos/", {"next": address}),
        client.post("/auth/login/neos/?" + urlencode({"next": address})),
        client.get("/auth/complete/neos/", {"next": address}),
        client.post("/auth/disconnect/neos/", {"next": address}),
    ]
    assert [answer.status_code for answer in answers] == [400] * 4
    assert "We could not read that" in answers[0].content.decode()


def test_sign_in_on_https_never_leads_to_http(client: Client) -> None:
    for address, status in (("http://localhost/x", 400), ("/x", 302)):
        response = client.post("/auth/login/neos/", {"next": address}, secure=True)
        assert response.status_code == status


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(),
        st.text(alphabet="/\\:@.?#%evil tshp\t\n\0", max_size=30),
        st.builds("{}{}".format, st.sampled_from(FOREIGN), st.text(max_size=10)),
    )
)
def test_next_is_kept_only_when_a_browser_would_stay_here(rf: RequestFactory, text: str) -> None:
    kept = safe_next(rf.post("/", {"next": text}))
    assert kept in ("", text)
    if kept:
        target = urljoin("http://testserver/page/", kept)
        assert urlsplit(target).netloc == "testserver"
        assert kept.isprintable() is True


def test_sign_in_takes_no_account_by_name_or_address(client: Client) -> None:
    superuser = make_user(username="gearfox", email="gearfox@example.org", is_superuser=True)
    sign_in(client)
    assert client.session["_auth_user_id"] != str(superuser.pk)
    superuser.refresh_from_db()
    assert superuser.social_auth.count() == 0  # type: ignore[attr-defined] - social_django's


@pytest.mark.parametrize("other", ["u-gearfox", "U-Gearfox", "U-gear\u2010fox"])
def test_sign_in_tells_similar_ids_apart(client: Client, other: str) -> None:
    sign_in(client)
    client.logout()
    sign_in(client, profile(id=other))
    assert Attendee.objects.filter(neos_id="U-gearfox").count() == 1
    assert signed_in_as(client) != "U-gearfox"


def test_sign_in_stores_no_token_and_nothing_private(client: Client) -> None:
    secrets = {"password": "hunter2hunter2", "recoverCode": "code-91", "uniqueDeviceIDs": ["dev7"]}
    private = {"email": "patron-only@example.org", "patreonId": "p-4711", "snapshots": [1]}
    sign_in(client, profile(**secrets, patreonData=PROFILE["patreonData"] | private))
    dump = everything_stored()
    words = ("a-token", "hunter2hunter2", "code-91", "dev7", "patron-only", "p-4711", "a-code")
    assert [word for word in words if word in dump] == []
    assert "gearfox" in dump


def everything_stored() -> str:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows.append(repr(cursor.fetchall()))
    return "\n".join(rows)


def test_sign_in_ignores_rights_in_the_profile(client: Client) -> None:
    claims = {"is_staff": True, "is_superuser": True, "groups": ["x"], "pk": 1, "role": "admin"}
    sign_in(client, profile(**claims))
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


def test_address_from_neos_is_taken_once_and_only_when_verified(client: Client) -> None:
    sign_in(client)
    user = User.objects.get()
    assert (user.email, user.attendee.email_confirmed_at) == ("gearfox@example.org", NOON)
    sign_in(client, profile(email="new@example.org"))
    user.refresh_from_db()
    assert user.email == "gearfox@example.org"


def test_address_from_neos_is_not_taken_unverified(client: Client) -> None:
    sign_in(client, profile(isVerified=False))
    user = User.objects.get()
    assert (user.email, user.attendee.email_confirmed_at) == ("", None)


def test_declined_patreon_scope_makes_it_unknown_again(client: Client) -> None:
    sign_in(client)
    sign_in(client, scope="profile email")
    attendee = Attendee.objects.get()
    assert (attendee.patreon_known, attendee.patreon_cents) == (False, 0)


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
    assert "This Neos account is already linked to another account of this site." in page
    assert "U-gearfox" not in page
    other.refresh_from_db()
    assert (other.neos_id, client.session["_auth_user_id"]) == (None, str(other.user.pk))


def test_second_identity_is_not_linked_on_top(client: Client) -> None:
    sign_in(client)
    response = sign_in(client, profile(id="U-second", username="second"))
    assert response.status_code == 403
    assert "already linked to a different Neos account" in response.content.decode()
    assert Attendee.objects.get().neos_id == "U-gearfox"
    assert UserSocialAuth.objects.count() == 1


def test_unlinking_forgets_everything_neos_said(client: Client) -> None:
    attendee = make_local_attendee(display_name="Me")
    client.force_login(attendee.user)
    sign_in(client)
    response = client.post("/auth/disconnect/neos/")
    assert response["Location"].endswith("/account/")
    attendee.refresh_from_db()
    blank = make_local_attendee(display_name="Me")
    facts = ("neos_id", "neos_username", "neos_tags", "verified_at", "patreon_cents")
    assert [getattr(attendee, f) for f in facts] == [getattr(blank, f) for f in facts]
    assert (attendee.display_name, UserSocialAuth.objects.count()) == ("Me", 0)


def test_unlinked_identity_may_be_linked_elsewhere(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    sign_in(client)
    client.post("/auth/disconnect/neos/")
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
    response = client.post("/auth/disconnect/neos/")
    assert response.status_code == 403
    assert "You hold places that need your Neos account." in response.content.decode()
    attendee.refresh_from_db()
    assert (attendee.neos_id, UserSocialAuth.objects.count()) == ("U-gearfox", 1)
    places.cancel(registration=held)
    assert client.post("/auth/disconnect/neos/").status_code == 302


def test_unlinking_the_only_way_in_is_refused(client: Client) -> None:
    sign_in(client)
    response = client.post("/auth/disconnect/neos/")
    assert response.status_code == 403
    assert "Set a password on your account page first." in response.content.decode()
    assert Attendee.objects.get().neos_id == "U-gearfox"


def test_unlinking_somebody_elses_link_is_not_even_an_address(client: Client) -> None:
    sign_in(client)
    link = UserSocialAuth.objects.get()
    stranger = make_local_attendee()
    client.force_login(stranger.user)
    assert client.post(f"/auth/disconnect/neos/{link.pk}/").status_code == 404
    client.post("/auth/disconnect/neos/")
    assert UserSocialAuth.objects.get() == link
    assert Attendee.objects.get(neos_id="U-gearfox").user == link.user


# --- Two browsers at once ----------------------------------------------------------------------


class FakeBackend:
    name = "neos"


def test_enroll_finds_the_rows_of_a_browser_that_was_faster() -> None:
    vouched = parse_profile(PROFILE, scopes=["profile", "email", "patreon"])
    response = {"neos_profile": vouched}
    first = pipeline.enroll(FakeBackend(), "U-gearfox", response, id_key="id")  # type: ignore[arg-type] - only the name is used
    second = pipeline.enroll(FakeBackend(), "U-gearfox", response, id_key="id")  # type: ignore[arg-type] - only the name is used
    assert (first["user"], first["is_new"]) == (second["user"], True)
    assert (User.objects.count(), Attendee.objects.count()) == (1, 1)


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


def test_enroll_refuses_a_username_that_a_local_account_has(client: Client) -> None:
    make_user(username="U-gearfox")
    response = sign_in(client)
    assert (response.status_code, Attendee.objects.count()) == (409, 0)


def test_database_keeps_one_attendee_per_neos_id() -> None:
    make_attendee(neos_id="U-one")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_attendee(neos_id="U-one", user=make_user())
    assert make_attendee(neos_id="U-One").neos_id == "U-One"


# --- Failures ----------------------------------------------------------------------------------


def test_declined_consent_says_so_and_changes_nothing(client: Client) -> None:
    state = start(client)
    response = client.get("/auth/complete/neos/", {"state": state, "error": "access_denied"})
    assert response.status_code == 403
    assert "You did not allow the sign-in at Neos" in response.content.decode()
    assert (signed_in_as(client), User.objects.count()) == ("", 0)


def test_declined_consent_keeps_where_the_person_wanted_to_go(client: Client) -> None:
    state = start(client, next="/events/jam/")
    response = client.get("/auth/complete/neos/", {"state": state, "error": "access_denied"})
    assert 'href="/accounts/login/?next=/events/jam/"' in response.content.decode()


def test_declined_consent_uses_the_state_up(client: Client) -> None:
    state = start(client)
    client.get("/auth/complete/neos/", {"state": state, "error": "access_denied"})
    assert come_back(client, state).status_code == 403


@pytest.mark.parametrize(
    "parameters",
    [{}, {"code": "x"}, {"state": "x", "code": "x"}, {"error": "server_error", "state": "x"}],
    ids=str,
)
def test_foreign_callback_is_refused_without_asking_neos(
    client: Client, parameters: dict[str, str]
) -> None:
    with responses.RequestsMock():
        response = client.get("/auth/complete/neos/", parameters)
    assert response.status_code in {400, 403}
    assert (signed_in_as(client), User.objects.count()) == ("", 0)


def test_state_of_another_browser_is_refused(client: Client) -> None:
    state = start(Client())
    start(client)
    with responses.RequestsMock():
        response = come_back(client, state)
    assert (response.status_code, signed_in_as(client)) == (403, "")
    assert "Please start again." in response.content.decode()


def test_sign_in_started_by_one_person_is_not_finished_by_another(client: Client) -> None:
    first, second = make_local_attendee(), make_local_attendee()
    for starter in (None, first):
        client.logout()
        if starter is not None:
            client.force_login(starter.user)
        state = start(client)
        client.force_login(second.user)
        with responses.RequestsMock():
            response = come_back(client, state)
        assert response.status_code == 403
        second.refresh_from_db()
        assert (second.neos_id, UserSocialAuth.objects.count()) == (None, 0)


def test_sign_in_started_before_logging_out_is_not_finished_by_nobody(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    state = start(client)
    client.logout()
    with responses.RequestsMock():
        response = come_back(client, state)
    assert (response.status_code, signed_in_as(client)) == (403, "")


def test_callback_works_once(client: Client) -> None:
    with responses.RequestsMock() as neos:
        answer(neos)
        state = start(client)
        come_back(client, state)
        assert come_back(client, state).status_code == 403
    assert signed_in_as(client) == "U-gearfox"


def test_text_of_the_provider_is_never_shown(client: Client) -> None:
    state = start(client)
    response = client.get(
        "/auth/complete/neos/",
        {"state": state, "error": "server_error", "error_description": "<script>pwned</script>"},
    )
    assert "pwned" not in response.content.decode()
    assert response.status_code < 504


@pytest.mark.parametrize(("status", "answered"), [(500, 503), (503, 503), (429, 503), (400, 502)])
def test_provider_in_trouble_is_told_apart_from_a_bad_request(
    client: Client, status: int, answered: int
) -> None:
    with responses.RequestsMock() as neos:
        neos.add(responses.POST, TOKEN_URL, status=status, json={})
        response = come_back(client, start(client))
    assert (response.status_code, signed_in_as(client)) == (answered, "")
    assert "no-store" in response["Cache-Control"]


def test_profile_without_an_id_signs_nobody_in(client: Client) -> None:
    with responses.RequestsMock() as neos:
        neos.add(responses.POST, TOKEN_URL, json={"access_token": "t", "token_type": "Bearer"})
        neos.add(responses.GET, PROFILE_URL, json={"username": "nobody"})
        response = come_back(client, start(client))
    assert (response.status_code, User.objects.count()) == (502, 0)


def test_closed_account_is_told_so_and_stays_out(client: Client) -> None:
    sign_in(client)
    client.logout()
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert response["Location"].startswith("/accounts/closed/")
    assert signed_in_as(client) == ""


def test_deactivated_person_is_out_at_the_next_request(client: Client) -> None:
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get("/registrations/").status_code == 302


def test_stale_verification_is_renewed_by_signing_in_again(client: Client) -> None:
    sign_in(client)
    Attendee.objects.update(verified_at=NOON - timedelta(days=31))
    assert Attendee.objects.get().is_verified is False
    sign_in(client)
    assert Attendee.objects.get().is_verified is True
