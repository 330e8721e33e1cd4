"""One id on two platforms is of two people: a sign-in compares both."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings
from social_django.models import UserSocialAuth

from events.models import Attendee, Block, FormerNeosId
from tests.factories import make_attendee, make_local_attendee
from tests.other_platform import OTHER, change_platform, sign_in_there
from tests.platform import COMPLETE, DISCONNECT, KEY, PLATFORM
from tests.sign_in import sign_in, signed_in_as, start

#: A session that was begun by a backend which is gone is nobody's.
BY_PASSWORD = "django.contrib.auth.backends.ModelBackend"
pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def move_rows() -> None:
    """The control of these tests: the same rows, said to be of the other platform."""
    Attendee.objects.update(platform=PLATFORM.other)
    UserSocialAuth.objects.update(provider=PLATFORM.other)


@pytest.mark.parametrize("is_moved", [False, True])
def test_same_id_of_the_other_platform_signs_in_as_somebody_else(
    settings: Settings, client: Client, *, is_moved: bool
) -> None:
    """A site that is let start on such rows would do it; theirs are of one person then."""
    sign_in(client)
    if is_moved:
        move_rows()
    change_platform(settings, PLATFORM.other)
    other = Client()
    sign_in_there(other)
    assert signed_in_as(other) == "U-gearfox"
    is_same = other.session["_auth_user_id"] == client.session["_auth_user_id"]
    assert (is_same, User.objects.count()) == (is_moved, 1 if is_moved else 2)


@pytest.mark.parametrize("is_moved", [False, True])
def test_person_without_a_link_is_found_by_platform_and_id(
    settings: Settings, *, is_moved: bool
) -> None:
    there = make_attendee(neos_id="U-gearfox")
    if is_moved:
        move_rows()
    change_platform(settings, PLATFORM.other)
    client = Client()
    sign_in_there(client)
    is_same = client.session["_auth_user_id"] == str(there.user.pk)
    assert (is_same, Attendee.objects.count()) == (is_moved, 1 if is_moved else 2)


@pytest.mark.parametrize("is_moved", [False, True])
def test_account_of_the_other_platform_is_not_linked_on_top(
    settings: Settings, client: Client, *, is_moved: bool
) -> None:
    """Not even with the same id: the account on this one is another."""
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    sign_in(client)
    if is_moved:
        move_rows()
    change_platform(settings, PLATFORM.other)
    client.force_login(attendee.user, backend=BY_PASSWORD)
    assert sign_in_there(client).status_code == (302 if is_moved else 403)
    platforms = UserSocialAuth.objects.values_list("provider", flat=True)
    assert list(platforms) == [PLATFORM.other if is_moved else KEY]


def test_return_of_one_platform_is_none_of_the_other(settings: Settings, client: Client) -> None:
    """The state belongs to the backend that gave it."""
    state = start(client)
    change_platform(settings, PLATFORM.other)
    response = client.get(OTHER.complete, {"state": state, "code": "a-code"})
    assert (response.status_code, signed_in_as(client)) == (403, "")
    assert client.get(COMPLETE, {"state": state, "code": "a-code"}).status_code == 404


def test_linking_and_unlinking_write_the_platform(settings: Settings, client: Client) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    sign_in(client)
    assert client.post(DISCONNECT).status_code == 302
    change_platform(settings, PLATFORM.other)
    client.force_login(attendee.user, backend=BY_PASSWORD)
    sign_in_there(client)
    attendee.refresh_from_db()
    assert attendee.identity == (PLATFORM.other, "U-gearfox")
    client.post(OTHER.disconnect)
    attendee.refresh_from_db()
    former = FormerNeosId.objects.order_by("pk").values_list("platform", "neos_id")
    assert list(former) == [(KEY, "U-gearfox"), (PLATFORM.other, "U-gearfox")]
    assert (attendee.identity, attendee.neos_id) == (None, None)


def test_rows_are_one_of_their_kind_on_each_platform() -> None:
    """The same id there is another row, the same id here is none."""
    first, second, third = make_local_attendee(), make_local_attendee(), make_local_attendee()
    for attendee, platform in ((first, KEY), (second, PLATFORM.other)):
        Attendee.objects.filter(pk=attendee.pk).update(platform=platform, neos_id="U-gearfox")
        Block.objects.create(neos_id="U-gearfox", platform=platform)
        FormerNeosId.objects.create(attendee=third, neos_id="U-old", platform=platform)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.filter(pk=third.pk).update(platform=KEY, neos_id="U-gearfox")
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(neos_id="U-gearfox", platform=KEY)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormerNeosId.objects.create(attendee=third, neos_id="U-old", platform=KEY)


def test_new_rows_are_of_the_platform_of_the_site(settings: Settings) -> None:
    change_platform(settings, PLATFORM.other)
    attendee = make_attendee()
    block = Block.objects.create(neos_id="U-griefer")
    former = FormerNeosId.objects.create(attendee=attendee, neos_id="U-old")
    assert {one.platform for one in (attendee, block, former)} == {PLATFORM.other}
