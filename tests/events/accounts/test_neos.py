"""Signing in with Neos: which account it is, what is stored, what is refused."""

from datetime import UTC, datetime
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import responses
from django.contrib.auth.models import User
from django.core import signing
from django.db import connection
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from social_django.models import UserSocialAuth

from events import places
from events.accounts import local
from events.http.requests import safe_next
from events.messages import confirmation
from events.models import Attendee, Event
from tests.factories import NOON, make_event, make_user
from tests.lines import status
from tests.platform import COMPLETE, DISCONNECT, KEY, LOGIN, PLATFORM
from tests.sign_in import PROFILE, answer, come_back, profile, sign_in, signed_in_as, start

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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
    assert attendee.patreon_until == PLATFORM.support_until


def test_first_sign_in_invents_no_names_and_keeps_nothing_beside(client: Client) -> None:
    sign_in(client)
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.email) == ("", "", "gearfox@example.org")
    assert UserSocialAuth.objects.get().extra_data == {}


def test_sign_in_takes_no_address_that_neos_has_not_verified(client: Client) -> None:
    sign_in(client, profile(isVerified=False))
    attendee = Attendee.objects.get()
    assert (attendee.user.email, attendee.email_confirmed_at) == ("", None)
    assert attendee.neos_email_verified is False


def test_sign_in_stores_until_when_somebody_is_banned_s9(client: Client) -> None:
    sign_in(client, profile(publicBanExpiration="2030-07-01T00:00:00Z"))
    assert Attendee.objects.get().neos_banned_until == datetime(2030, 7, 1, tzinfo=UTC)


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
        client.post(LOGIN, {"next": address}),
        client.post(f"{LOGIN}?" + urlencode({"next": address})),
        client.get(COMPLETE, {"next": address}),
        client.post(DISCONNECT, {"next": address}),
    ]
    assert [answer.status_code for answer in answers] == [400] * 4
    assert "We could not read that" in answers[0].content.decode()


def test_sign_in_on_https_never_leads_to_http(client: Client) -> None:
    """The host is the site's own each time, so that the scheme alone decides."""
    own = client.get("/accounts/login/").wsgi_request.get_host()
    asked = [(f"http://{own}/x", True), (f"https://{own}/x", True), (f"http://{own}/x", False)]
    answers = [
        client.post(LOGIN, {"next": address}, secure=is_https).status_code
        for address, is_https in asked
    ]
    assert answers == [400, 302, 302]


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
    told = {
        "neos": {"patreonData": PROFILE.get("patreonData", {}) | private},
        "resonite": {"supporterMetadata": [{"$type": "patreon", "isActive": True} | private]},
    }
    sign_in(client, profile(**secrets, **told[KEY]))
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


def test_support_that_is_not_told_any_more_is_unknown_again(client: Client) -> None:
    """Neos leaves it out where the scope was declined, Resonite where the account has none."""
    sign_in(client)
    of_resonite = ("isActiveSupporter", "supporterMetadata")
    without = {name: value for name, value in PROFILE.items() if name not in of_resonite}
    sign_in(client, without, scope="profile email")
    attendee = Attendee.objects.get()
    assert (attendee.patreon_known, attendee.patreon_supporter) == (False, False)
    assert (attendee.patreon_cents, attendee.patreon_total_cents) == (0, 0)
    assert attendee.patreon_until is None


@pytest.mark.parametrize("way", ["neos", "mail"])
def test_person_moves_up_once_nothing_is_in_the_way_any_more_s9(client: Client, way: str) -> None:
    sign_in(client)
    person = Attendee.objects.get()
    event = make_event(capacity=0, neos_required=way == "neos")
    waiting = places.register(user=person.user, bookable=event)
    Attendee.objects.update(neos_locked=True, email_confirmed_at=None)
    if way == "mail":
        Attendee.objects.update(neos_id=None)
    Event.objects.update(capacity=1)
    places.settle(event=event)
    assert status(waiting) == "waitlisted"
    if way == "neos":
        sign_in(client)
    else:
        token = [person.pk, person.user.email]
        local.confirm_address(signing.dumps(token, salt=confirmation.CONFIRMATION_SALT))
    assert status(waiting) == "confirmed"
