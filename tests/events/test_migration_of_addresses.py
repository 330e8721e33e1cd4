"""The migration of proved addresses: erased people keep their rule, addresses become clean."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.models import Attendee
from tests.factories import NOON, make_attendee, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def newest() -> str:
    ((_app, name),) = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    return name


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("events", name)])


def test_erased_people_keep_their_rule_and_addresses_lose_unseen_signs_l1_r11() -> None:
    """Test the way there and back in one test: it rebuilds tables, which takes a while."""
    gone, here = make_attendee(erased_at=NOON), make_attendee()
    pasted, plain = make_user(email="zed@example.org\u200b"), make_user(email="Ann@example.org")
    migrate("0015_former_neos_ids")
    migrate(newest())
    rules = dict(Attendee.objects.values_list("pk", "left_by_choice"))
    assert rules == {gone.pk: True, here.pk: False}
    addresses = dict(User.objects.exclude(email="").values_list("pk", "email"))
    assert addresses == {pasted.pk: "zed@example.org", plain.pk: "Ann@example.org"}
