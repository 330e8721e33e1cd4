"""A username that is taken decides nothing about a Neos account."""

import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from social_django.models import UserSocialAuth

from events.accounts import neos
from events.models import Attendee
from neos_backend.profile import parse_profile
from tests import platform
from tests.factories import make_local_attendee, make_organizer, make_user
from tests.platform import DISCONNECT
from tests.sign_in import profile, sign_in, signed_in_as

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class FakeBackend:
    name = platform.KEY


def test_sign_in_gets_another_name_if_a_stranger_has_its_own_h1(client: Client) -> None:
    stranger = make_local_attendee(user=make_user(username="U-gearfox"))
    assert sign_in(client).status_code == 302
    assert signed_in_as(client) == "U-gearfox"
    name = Attendee.objects.get(neos_id="U-gearfox").user.username
    assert (name.startswith("U-gearfox-"), len(name)) == (True, len("U-gearfox-") + 16)
    stranger.refresh_from_db()
    assert (stranger.user.username, stranger.neos_id) == ("U-gearfox", None)


def test_second_sign_in_finds_the_account_with_the_other_name_h1(client: Client) -> None:
    make_user(username="U-gearfox")
    sign_in(client)
    client.logout()
    sign_in(client)
    assert signed_in_as(client) == "U-gearfox"
    assert (User.objects.count(), Attendee.objects.count()) == (2, 1)


@pytest.mark.parametrize("other", ["U-\uff47earfox", "U-gear\ufb00ox", "U-\u1d4dearfox"])
def test_ids_that_are_one_name_when_normalized_are_two_accounts_h1(
    client: Client, other: str
) -> None:
    """Django normalizes usernames, so a look-alike id could take the name of the other one."""
    make_user(username=unicodedata.normalize("NFKC", other))
    sign_in(client, profile(id=other))
    assert signed_in_as(client) == other
    assert Attendee.objects.get(neos_id=other).user.username != other


@pytest.mark.parametrize("is_taken", [False, True])
def test_id_that_grows_when_normalized_still_fits_h1(client: Client, *, is_taken: bool) -> None:
    """One sign of Arabic becomes eighteen: PostgreSQL would refuse the name as too long."""
    neos_id = "U-" + "\ufdfa" * 126
    if is_taken:
        make_user(username=unicodedata.normalize("NFKC", neos_id)[:150])
    assert sign_in(client, profile(id=neos_id)).status_code == 302
    name = Attendee.objects.get(neos_id=neos_id).user.username
    assert (len(name) <= 150, unicodedata.normalize("NFKC", name) == name) == (True, True)


def test_organizer_reads_no_neos_id_beside_a_stranger_with_such_a_name_h1(client: Client) -> None:
    stranger = make_local_attendee(user=make_user(username="U-gearfox"))
    sign_in(client)
    real = Attendee.objects.get(neos_id="U-gearfox")
    client.force_login(make_organizer(is_superuser=True))
    page = client.get("/admin/events/attendee/").content.decode()
    rows = [row for row in page.split("<tr>") if "field-neos" in row]
    found = {row.count('<span class="nowrap">U-gearfox</span>') for row in rows}
    assert (len(rows), found) == (2, {0, 1})
    assert (str(stranger), str(real)) == ("U-gearfox (–)", "gearfox (U-gearfox)")


def test_who_unlinked_comes_back_with_neos_as_somebody_new_m14(client: Client) -> None:
    sign_in(client)
    made = User.objects.get()
    made.set_password("secret")
    made.save()
    client.force_login(made)
    assert client.post(DISCONNECT).status_code == 302
    client.logout()
    response = sign_in(client)
    assert (response.status_code, signed_in_as(client)) == (302, "U-gearfox")
    assert client.session["_auth_user_id"] != str(made.pk)
    assert made.check_password("secret") is True


def test_who_unlinked_may_link_the_same_account_again_m14(client: Client) -> None:
    sign_in(client)
    made = User.objects.get()
    made.set_password("secret")
    made.save()
    client.force_login(made)
    client.post(DISCONNECT)
    sign_in(client)
    assert (signed_in_as(client), User.objects.count()) == ("U-gearfox", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_taken", [False, True])
def test_browsers_that_finish_a_first_sign_in_at_once_get_one_account_h1(*, is_taken: bool) -> None:
    """Real threads: what is to be seen is what each transaction sees of the other."""
    if is_taken:
        make_user(username="U-gearfox")
    everybody = threading.Barrier(6)
    response = {"profile": parse_profile(profile(), scopes=["profile"]).as_json()}

    def finish(_number: int) -> int:
        try:
            connection.ensure_connection()
            everybody.wait(30)
            made = neos.enroll(FakeBackend(), "U-gearfox", response, id_key="id")  # type: ignore[arg-type] - only the name is used
            return User.objects.get(pk=made["user"].pk).pk  # type: ignore[attr-defined]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(finish, range(6)))
    assert len(found) == 1
    assert (User.objects.count(), Attendee.objects.count()) == (1 + is_taken, 1)
    assert UserSocialAuth.objects.count() == 1
