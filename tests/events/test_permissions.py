"""The group of the organizers: what it may do, and above all what it may not."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from events import permissions
from events.permissions import GROUP, PERMISSIONS, ensure_group
from tests.factories import make_organizer, make_user

pytestmark = pytest.mark.django_db


def codenames(group: Group) -> set[str]:
    return set(group.permissions.values_list("codename", flat=True))


def test_group_is_there_after_migrations() -> None:
    assert codenames(Group.objects.get(name=GROUP)) == set(PERMISSIONS)


def test_group_may_do_nothing_outside_of_events() -> None:
    labels = ensure_group().permissions.values_list("content_type__app_label", flat=True)
    assert set(labels) == {"events"}


@pytest.mark.parametrize(
    "model", ["attendee", "registration", "payment", "fillingpass", "doorkey", "notification"]
)
def test_group_never_adds_or_deletes_what_the_site_writes(model: str) -> None:
    forbidden = {f"{verb}_{model}" for verb in ("add", "delete")}
    assert codenames(ensure_group()) & forbidden == set()


def test_migrating_again_takes_away_what_was_added() -> None:
    """The group means the same on every installation; more rights are given to people."""
    group = Group.objects.get(name=GROUP)
    group.permissions.set([Permission.objects.get(codename="change_user")])
    call_command("migrate", verbosity=0)
    assert codenames(group) == set(PERMISSIONS)


def test_every_permission_exists() -> None:
    found = Permission.objects.filter(content_type__app_label="events", codename__in=PERMISSIONS)
    assert found.count() == len(PERMISSIONS)


def test_only_members_have_the_permissions() -> None:
    organizer, stranger = make_organizer(), make_user(is_staff=True)
    asked = [f"events.{codename}" for codename in permissions.PERMISSIONS]
    assert (organizer.has_perms(asked), stranger.has_perms(asked)) == (True, False)
    assert organizer.has_perm("auth.change_user") is False
