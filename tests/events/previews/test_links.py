"""A secret link to a draft: what is stored of it, and when it ends."""

import hashlib

import pytest

from events.models import Event, PreviewLink
from events.places import event_edits
from events.previews import links
from events.previews.links import LinkChanged, NotDraft
from tests.factories import NOON, make_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def draft() -> Event:
    return make_event(status="draft")


def made(event: Event) -> str:
    return links.make_link(event, instead_of=links.link_of(event))


def becomes(event: Event, status: str) -> None:
    """Let an organizer save the event with this status."""
    before = event_edits.begin(event.pk)
    Event.objects.filter(pk=event.pk).update(status=status)
    event_edits.follow_up(before)


def test_secret_of_a_preview_is_long_and_only_its_digest_is_stored(draft: Event) -> None:
    token = made(draft)
    row = PreviewLink.objects.values().get()
    assert row == {
        "id": row["id"],
        "event_id": draft.pk,
        "digest": hashlib.sha256(token.encode()).hexdigest(),
        "created_at": NOON,
        "ended_at": None,
    }
    assert len(token) == 43
    assert token not in str(PreviewLink.objects.get())


def test_link_leads_to_its_draft_and_no_other_word_does(draft: Event) -> None:
    token = made(draft)
    assert links.find_previewed(token) == draft
    digest = PreviewLink.objects.get().digest
    others = ["", "x", token[:-1], f"{token}x", token.swapcase(), digest, "\ud800"]
    assert [links.find_previewed(other) for other in others] == [None] * len(others)


def test_another_link_takes_the_place_of_the_present_one(draft: Event) -> None:
    first, second = made(draft), made(draft)
    assert [links.find_previewed(token) for token in (first, second)] == [None, draft]
    assert PreviewLink.objects.count() == 1


def test_revoked_link_leads_nowhere(draft: Event) -> None:
    token = made(draft)
    links.revoke_link(draft, link=links.link_of(draft))
    assert (links.find_previewed(token), links.link_of(draft)) == (None, None)


def test_link_that_was_made_anew_meanwhile_is_left_alone(draft: Event) -> None:
    made(draft)
    seen = links.link_of(draft)
    token = made(draft)
    with pytest.raises(LinkChanged):
        links.make_link(draft, instead_of=seen)
    with pytest.raises(LinkChanged):
        links.make_link(draft, instead_of=None)
    with pytest.raises(LinkChanged):
        links.revoke_link(draft, link=seen)
    assert links.find_previewed(token) == draft


@pytest.mark.parametrize("status", ["published", "cancelled"])
def test_only_drafts_get_a_link(status: str) -> None:
    event = make_event(status=status)
    with pytest.raises(NotDraft):
        made(event)


@pytest.mark.parametrize("status", ["published", "cancelled"])
def test_link_ends_for_good_once_the_event_is_public(draft: Event, status: str) -> None:
    token = made(draft)
    becomes(draft, status)
    assert (links.find_previewed(token), links.link_of(draft)) == (draft, None)
    becomes(draft, "draft")
    assert links.find_previewed(token) is None
    again = made(draft)
    assert [links.find_previewed(each) for each in (token, again)] == [None, draft]


def test_other_changes_of_a_draft_leave_the_link(draft: Event) -> None:
    token = made(draft)
    becomes(draft, "draft")
    assert links.find_previewed(token) == draft


def test_link_goes_with_its_event(draft: Event) -> None:
    token = made(draft)
    draft.delete()
    assert links.find_previewed(token) is None
    assert PreviewLink.objects.count() == 0
