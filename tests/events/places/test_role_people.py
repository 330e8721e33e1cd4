"""Roles: people are named if they agree, told once, and taken along by copies."""

import pytest

from events import places
from events.messages import texts
from events.models import Event, Role
from events.places import event_edits
from tests.factories import make_attendee, make_event, make_role, make_workshop
from tests.lines import kinds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_only_who_has_a_public_name_is_shown() -> None:
    event, speaker = make_event(), make_attendee(neos_username="")
    make_role(event, speaker)
    assert places.show_roles(event=event, attendee=speaker, is_shown=True) is False
    speaker.display_name = "Ada"
    speaker.save()
    assert places.show_roles(event=event, attendee=speaker, is_shown=True) is True
    assert Role.objects.shown().count() == 1
    speaker.display_name = ""
    speaker.save()
    assert Role.objects.shown().count() == 0
    places.hide_nameless(attendee=speaker)
    assert Role.objects.get().is_shown is False


def test_people_hear_of_a_role_at_a_draft_once_it_is_published() -> None:
    event, speaker = make_event(status="draft"), make_attendee()
    role = make_role(event, speaker)
    assert kinds(speaker) == []
    for _ in range(2):
        before = event_edits.begin(event.pk)
        Event.objects.filter(pk=event.pk).update(status="published")
        event_edits.follow_up(before)
        texts.role_given(role)
    assert kinds(speaker) == ["role-given"]


def test_copy_has_the_roles_and_nobody_is_named_or_told() -> None:
    event, copy = make_event(), make_event(status="draft", capacity=0)
    own, gone = make_workshop(event), make_workshop(event)
    new = make_workshop(copy)
    speaker = make_attendee()
    make_role(event, speaker, workshop=own, early_minutes=20)
    make_role(event, speaker, workshop=gone)
    make_role(event, speaker, kind="host")
    places.show_roles(event=event, attendee=speaker, is_shown=True)
    found = [places.copy_roles(of=event, to=copy, workshops={own.pk: new}) for _ in range(2)]
    fields = ("kind", "workshop", "outside_capacity", "early_minutes", "is_shown")
    rows = list(copy.roles.order_by("kind").values_list(*fields))
    expected = [("host", None, True, 0, False), ("speaker", new.pk, True, 20, False)]
    assert (found, rows) == ([2, 0], expected)
    assert kinds(speaker).count("role-given") == 3
