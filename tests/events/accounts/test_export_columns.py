"""Every column about a person is in the file of their data, or left out for a reason."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

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
    PlaceInvitation,
    Refund,
    Registration,
    Role,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both]

#: Fields that are not in the file, and why; the others are, under the names of docs/export.md.
LEFT_OUT: dict[type[Model], dict[str, str]] = {
    User: {
        **dict.fromkeys(["id", "first_name", "last_name"], "never shown, or never filled"),
        "password": "a secret",
        **dict.fromkeys(["is_active", "is_superuser"], "true, and about rights"),
    },
    Attendee: {
        **dict.fromkeys(["id", "user", "picture_of", "picture_tried_at"], "of no meaning outside"),
        "calendar_token": "a secret",
        **dict.fromkeys(["erased_at", "left_by_choice"], "nobody erased signs in"),
    },
    Registration: {
        **dict.fromkeys(["id", "attendee", "turn", "filling_pass", "overtook"], "about the line"),
        **dict.fromkeys(["promoted_by", "checked_in_by"], "somebody else's name"),
        "is_owed_reasons": "a message is being written",
        "given_because": "others' words",
        "refund_days": "`refund_until` follows from it",
    },
    Answer: {
        **dict.fromkeys(["id", "registration", "question", "number"], "of no meaning outside"),
        "agreed_digest": "of the question, which is there",
    },
    Payment: {
        **dict.fromkeys(["key", "reference", "intent"], "a provider's"),
        **dict.fromkeys(["recorded_by", "decided_by"], "others' names"),
        **dict.fromkeys(["note", "decision"], "others' words"),
        "error": "of the provider, for organizers",
    },
    Refund: {
        **dict.fromkeys(["id", "payment", "key", "reference", "spent_keys"], "a provider's"),
        **dict.fromkeys(["requested_by", "note"], "others' names and words"),
        **dict.fromkeys(["error", "by_provider", "tries", "try_at"], "how it was tried"),
    },
    Dispute: {**dict.fromkeys(["id", "payment", "reference"], "a provider's")},
    Notification: {
        **dict.fromkeys(["id", "attendee", "subject", "facts"], "the key, and what a link needs"),
        **dict.fromkeys(["tries", "next_try_at", "last_error"], "how it was tried"),
        "announcement": "words of organizers, to many people",
    },
    PlaceInvitation: {
        **dict.fromkeys(["id", "used_by", "revoked_at"], "of no meaning outside"),
        "digest": "of a secret",
        **dict.fromkeys(["reason", "created_by"], "others' names and words"),
        **dict.fromkeys(["created_at", "expires_at"], "about the link, not about who used it"),
    },
    TOTPDevice: {
        **dict.fromkeys(["id", "user", "name"], "of no meaning outside"),
        "key": "a secret",
        "confirmed": "true",
        **dict.fromkeys(["step", "t0", "digits", "tolerance", "drift"], "the same for everybody"),
        **dict.fromkeys(["last_t", "throttling_failure_timestamp"], "how codes are taken"),
        "throttling_failure_count": "how codes are taken",
    },
    StaticDevice: {
        **dict.fromkeys(["id", "user", "name"], "of no meaning outside"),
        **dict.fromkeys(["confirmed", "created_at", "last_used_at"], "a frame of the codes"),
        **dict.fromkeys(["throttling_failure_timestamp"], "how codes are taken"),
        "throttling_failure_count": "how codes are taken",
    },
    StaticToken: {"device": "its frame", "token": "a digest of a secret"},
    Role: {
        **dict.fromkeys(["id", "attendee"], "of no meaning outside"),
        "created_by": "somebody else's name",
    },
    Agreement: {**dict.fromkeys(["id", "attendee"], "of no meaning outside")},
    Follow: {**dict.fromkeys(["id", "attendee"], "of no meaning outside")},
    MutedTopic: {**dict.fromkeys(["id", "attendee"], "of no meaning outside")},
    FormerNeosId: {
        **dict.fromkeys(["id", "attendee"], "of no meaning outside"),
        "platform": "that of the person: a site has one",
    },
    Block: {
        "id": "of no meaning outside",
        "platform": "that of the person: a site has one",
        **dict.fromkeys(["reason", "created_by"], "others' names and words"),
    },
}  # fmt: skip
TOLD: dict[type[Model], set[str]] = {
    User: {"username", "email", "is_staff", "last_login", "date_joined"},
    Attendee: {
        *("display_name", "time_zone", "language", "email_confirmed_at", "pending_email"),
        *("platform", "neos_id", "neos_username", "neos_icon", "picture", "neos_registered_at"),
        *("neos_email_verified", "neos_locked", "neos_banned_until", "neos_tags", "verified_at"),
        *("patreon_known", "patreon_supporter", "patreon_cents", "patreon_total_cents"),
        "patreon_until",
    },
    Registration: {
        *("code", "event", "workshop", "status", "amount", "currency", "perk_label", "is_shown"),
        *("refund_until", "hold_until", "created_at", "waitlisted_at", "draw_rank", "promoted_at"),
        *("taken_at", "passed_over_for", "confirmed_at", "ended_at", "checked_in_at"),
        "left_at",
        *("overruled", "outside_capacity", "early_minutes"),
    },
    Answer: {"text", "asked", "answered_at"},
    Payment: {
        *("id", "registration", "provider", "amount", "currency", "status", "problem"),
        *("created_at", "paid_at"),
    },
    Refund: {"amount", "currency", "status", "created_at", "finished_at"},
    Dispute: {"amount", "currency", "status", "created_at", "told_at"},
    Notification: {"kind", "registration", "event", "state", "created_at", "sent_at"},
    PlaceInvitation: {"event", "workshop", "used_at"},
    TOTPDevice: {"created_at", "last_used_at"},
    StaticDevice: set(),
    StaticToken: {"id"},  # their number
    Role: {
        *("event", "workshop", "kind", "is_shown", "outside_capacity", "early_minutes"),
        "created_at",
    },
    Agreement: {"version", "registration", "language", "agreed_at"},
    Follow: {"event", "host", "created_at"},
    MutedTopic: {"topic"},
    FormerNeosId: {"neos_id"},
    Block: {"neos_id", "event", "created_at"},
}


@pytest.mark.parametrize("model", TOLD, ids=lambda model: model.__name__)
def test_every_column_about_a_person_is_told_or_left_out_for_a_reason(model: type[Model]) -> None:
    columns = {field.name for field in model._meta.concrete_fields}
    assert columns == TOLD[model] | set(LEFT_OUT[model])


def test_every_table_about_a_person_is_told() -> None:
    """Those that belong to an attendee, or to what they have; what organizers did is not theirs."""
    about = {
        relation.related_model
        for model in (Attendee, Registration, Payment)
        for relation in model._meta.related_objects
    }
    assert about - set(TOLD) == set()
