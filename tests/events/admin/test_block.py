"""Blocks keep exact Neos ids out; superusers make them."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from events.models import Block, Event

from .conftest import SignedIn
from .pages import names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

BLOCKS = "/admin/events/block/"


def test_superuser_blocks_somebody_and_is_noted(
    signed_in: SignedIn, superuser: User, jam: Event
) -> None:
    browser = signed_in(superuser)
    new = {"neos_id": "U-rude", "event": str(jam.pk), "reason": "Shouts"}
    assert browser.post(f"{BLOCKS}add/", new).status_code == 302
    block = Block.objects.get()
    assert (block.neos_id, block.event, block.created_by) == ("U-rude", jam, superuser)


def test_change_of_a_block_keeps_who_made_it(
    signed_in: SignedIn, mika: User, superuser: User
) -> None:
    block = Block.objects.create(neos_id="U-rude", created_by=mika)
    changed = {"neos_id": "U-rude", "event": "", "reason": "Better now?"}
    signed_in(superuser).post(f"{BLOCKS}{block.pk}/change/", changed)
    block.refresh_from_db()
    assert (block.reason, block.created_by) == ("Better now?", mika)


def test_same_block_twice_is_an_error(signed_in: SignedIn, superuser: User, jam: Event) -> None:
    Block.objects.create(neos_id="U-rude", event=jam)
    new = {"neos_id": "U-rude", "event": str(jam.pk)}
    assert signed_in(superuser).post(f"{BLOCKS}add/", new).status_code == 200
    assert Block.objects.count() == 1


def test_organizer_with_the_permission_sees_own_blocks_only(
    browser: Client, mika: User, jam: Event, ball: Event
) -> None:
    """Nobody has it unless a superuser gives it; then it ends at the organizer's own events."""
    for neos_id, event in [("U-mine", jam), ("U-theirs", ball), ("U-everywhere", None)]:
        Block.objects.create(neos_id=neos_id, event=event)
    assert browser.get(BLOCKS).status_code == 403
    mika.user_permissions.add(Permission.objects.get(codename="view_block"))
    assert names(browser.get(BLOCKS)) == ["U-mine"]
