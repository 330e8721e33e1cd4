"""A person with rows of every kind, and how to get the file of them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import (
    Agreement,
    Answer,
    Attendee,
    Block,
    Dispute,
    Follow,
    FormerNeosId,
    MutedTopic,
    Notification,
    Payment,
    Picture,
    PlaceInvitation,
    Refund,
    Registration,
    Role,
)
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_question,
    make_user,
    make_workshop,
    write_page,
)

FILE = "/account/data/file/"
SECRET = {"current_password": "secret"}
DAY = timedelta(days=1)


def download(client: Client, **typed: str) -> dict[str, Any]:
    response = client.post(FILE, SECRET | typed)
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="account-2030-06-01.json"'
    loaded: dict[str, Any] = json.loads(b"".join(response.streaming_content))
    return loaded


@pytest.fixture
def ada() -> Attendee:
    user = make_user(username="ada", email="ada@example.org")
    User.objects.filter(pk=user.pk).update(date_joined=NOON - 9 * DAY)
    picture = Picture.objects.create(digest="ab", content=b"x", content_type="image/webp")
    attendee = make_attendee(
        user=User.objects.get(pk=user.pk), display_name="Ada “雨” ☂", neos_id="U-ada",
        neos_username="Ada", neos_icon="icon", picture=picture, picture_of="icon",
        neos_registered_at=NOON - 99 * DAY, neos_banned_until=NOON - 3 * DAY,
        neos_tags=["mmc participant"], time_zone="Asia/Tokyo", language="ja",
        email_confirmed_at=NOON - 8 * DAY, pending_email="new@example.org",
        patreon_supporter=True, patreon_cents=600, patreon_total_cents=9000,
        patreon_until=NOON + 20 * DAY, calendar_token="token-of-ada",
    )  # fmt: skip
    FormerNeosId.objects.create(attendee=attendee, neos_id="U-old")
    return attendee


def write_history(attendee: Attendee, tag: str) -> Registration:
    """Write rows of every kind as they are, by no code of the site."""
    event = make_event(title=f"Walk {tag}", slug=f"walk-{tag}", price=500)
    part = make_workshop(event, title=f"Fog {tag}", slug="fog")
    organizer = make_organizer(username=f"organizer-{tag}")
    place = Registration.objects.create(
        attendee=attendee, event=event, workshop=part, status="cancelled", amount=500,
        currency="EUR", perk_label="Patron", created_at=NOON - 5 * DAY,
        waitlisted_at=NOON - 5 * DAY, draw_rank=7, promoted_at=NOON - 4 * DAY,
        promoted_by=organizer, taken_at=NOON - 3 * DAY, hold_until=NOON - 2 * DAY,
        refund_until=NOON + DAY, refund_days=1, confirmed_at=NOON - 2 * DAY,
        checked_in_at=NOON - DAY, checked_in_by=organizer, left_at=NOON - DAY,
        ended_at=NOON, is_shown=True,
        passed_over_for="full+blocked+", given_because=f"word of {tag}", overruled="closed+full+",
        outside_capacity=True, early_minutes=30,
    )  # fmt: skip
    Role.objects.create(
        event=event, attendee=attendee, kind="speaker", workshop=part, is_shown=True,
        outside_capacity=True, early_minutes=30, created_at=NOON - DAY, created_by=organizer,
    )  # fmt: skip
    question = make_question(event, workshop=part, text=f"Why {tag}?")
    Answer.objects.create(
        registration=place, question=question, text=f"Because {tag}", asked=f"Why {tag}?",
        agreed_digest=f"digest-{tag}", answered_at=NOON - 5 * DAY,
    )  # fmt: skip
    PlaceInvitation.objects.create(
        event=event, workshop=part, digest=f"digest-{tag}", reason=f"why {tag}",
        created_by=organizer, created_at=NOON - DAY, expires_at=NOON + DAY, used_at=NOON,
        used_by=attendee,
    )  # fmt: skip
    paid = Payment.objects.create(
        registration=place, provider="stripe", key=f"key-{tag}", reference=f"ref-{tag}",
        intent=f"intent-{tag}", amount=500, currency="EUR", status="refunded",
        problem="cancelled", recorded_by=organizer, note=f"note of {tag}", created_at=NOON - DAY,
        paid_at=NOON - DAY,
    )  # fmt: skip
    Refund.objects.create(
        payment=paid, key=f"back-{tag}", amount=300, currency="EUR", status="done",
        reference=f"re-{tag}", note="why", created_at=NOON - DAY, finished_at=NOON,
    )  # fmt: skip
    Dispute.objects.create(
        payment=paid, reference=f"dp-{tag}", amount=200, currency="EUR", status="won",
        told_at=NOON, created_at=NOON - DAY,
    )  # fmt: skip
    Notification.objects.create(
        attendee=attendee, kind="registered", subject=f"registration:{place.code}",
        registration=place, event=event, facts={"back": f"/secret-{tag}/"}, state="sent",
        created_at=NOON - DAY, sent_at=NOON,
    )  # fmt: skip
    terms = write_page(f"terms-{tag}", f"Words {tag}", title=f"Terms {tag}")
    Agreement.objects.create(
        attendee=attendee, version=terms, registration=place, language="ja",
        agreed_at=NOON - DAY,
    )  # fmt: skip
    MutedTopic.objects.get_or_create(attendee=attendee, topic="thanks")
    Follow.objects.create(attendee=attendee, event=event, created_at=NOON - DAY)
    host = make_host(name=f"Club {tag}", slug=f"club-{tag}")
    Follow.objects.create(attendee=attendee, host=host, created_at=NOON)
    block = Block.objects.create(
        neos_id=attendee.neos_id, event=event, reason=f"reason {tag}", created_by=organizer
    )
    Block.objects.filter(pk=block.pk).update(created_at=NOON - 6 * DAY)
    return place
