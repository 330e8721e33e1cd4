"""A block outlives the link to Neos: the account keeps the bare id that it had."""

import pytest
from django.test import Client

from events import places
from events.accounts import closing
from events.models import Attendee, Block, Event, FormerNeosId
from tests.events.admin.pages import delete, errors
from tests.factories import make_event, make_local_attendee, make_user, statuses
from tests.platform import DISCONNECT
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody with a password whose Neos account was linked, and who is signed in."""
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    sign_in(client)
    return attendee


def unlink(client: Client) -> None:
    assert client.post(DISCONNECT).status_code == 302


def press(client: Client, event: Event) -> int:
    return client.post(f"{event.get_absolute_url()}register/").status_code


@pytest.mark.parametrize("of_site", [False, True])
def test_unlinking_lifts_no_block_l7(client: Client, attendee: Attendee, *, of_site: bool) -> None:
    event = make_event()
    Block.objects.create(neos_id="U-gearfox", event=None if of_site else event)
    assert press(client, event) == 409
    unlink(client)
    assert (press(client, event), event.registrations.count()) == (409, 0)


def test_block_of_somebody_who_has_unlinked_already_holds_l7(
    client: Client, attendee: Attendee
) -> None:
    event, other = make_event(), make_event()
    unlink(client)
    Block.objects.create(neos_id="U-gearfox", event=event)
    assert (press(client, event), press(client, other)) == (409, 302)


def test_linking_another_neos_account_lifts_no_block_l7(client: Client, attendee: Attendee) -> None:
    event = make_event()
    Block.objects.create(neos_id="U-gearfox", event=event)
    unlink(client)
    sign_in(client, profile(id="U-other"))
    attendee.refresh_from_db()
    assert (attendee.neos_id, press(client, event)) == ("U-other", 409)


def test_nobody_else_is_blocked_by_a_former_id_l7(client: Client, attendee: Attendee) -> None:
    event = make_event()
    Block.objects.create(neos_id="U-gearfox", event=event)
    unlink(client)
    client.force_login(make_local_attendee().user)
    assert press(client, event) == 302


def test_waiting_person_who_unlinked_does_not_move_up_l7(client: Client) -> None:
    event = make_event(capacity=1)
    holder = places.register(user=make_local_attendee().user, bookable=event)
    waiting = make_local_attendee()
    client.force_login(waiting.user)
    sign_in(client)
    assert press(client, event) == 302
    Block.objects.create(neos_id="U-gearfox", event=event)
    unlink(client)
    places.cancel(registration=holder, in_full=False)
    assert statuses(event) == ["cancelled", "waitlisted"]


def test_removed_block_lets_somebody_move_up_who_unlinked_l7(client: Client) -> None:
    test_waiting_person_who_unlinked_does_not_move_up_l7(client)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    block = Block.objects.get()
    with pytest.MonkeyPatch.context() as patch:
        # The page fills places after the commit, which a test's transaction never reaches.
        patch.setattr("django.db.transaction.on_commit", lambda act, **_: act())
        delete(client, f"/admin/events/block/{block.pk}/")
    assert statuses(block.event or make_event()) == ["cancelled", "confirmed"]


def test_organizer_is_warned_of_a_place_of_somebody_who_unlinked_l7(
    client: Client, attendee: Attendee
) -> None:
    event = make_event()
    press(client, event)
    unlink(client)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    fields = {"neos_id": "U-gearfox", "event": event.pk, "reason": ""}
    asked = client.post("/admin/events/block/add/", fields)
    assert [text.startswith("This person has something there now") for text in errors(asked)] == [
        True
    ]
    assert Block.objects.count() == 0
    found = client.get("/admin/events/registration/", {"q": "U-gearfox"}).content.decode()
    assert "1 registration" in found


def test_only_the_bare_id_is_kept_and_erasing_forgets_it_l7(
    client: Client, attendee: Attendee
) -> None:
    unlink(client)
    sign_in(client)
    unlink(client)
    assert list(FormerNeosId.objects.values_list("attendee", "neos_id")) == [
        (attendee.pk, "U-gearfox")
    ]
    closing.erase(attendee.user)
    assert FormerNeosId.objects.count() == 0
