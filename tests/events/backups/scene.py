"""A site with something in every table, for copies that must lose nothing.

The demo has people, money, waitlists and a draw; the rest is added to its rows.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from social_django.models import UserSocialAuth

from events import demo
from events.models import (
    Agreement,
    Announcement,
    Attendee,
    Block,
    Dispute,
    Event,
    ExportColumns,
    Follow,
    FormerAddress,
    FormerNeosId,
    MutedTopic,
    Notice,
    Notification,
    PasswordResetRequest,
    Payment,
    Picture,
    PlaceInvitation,
    PreviewLink,
    Refund,
    Series,
)
from tests.factories import make_event, make_role, write_page
from tests.second_factor import make_app, make_recovery_codes

#: Letters of several bytes, signs of CSV, SQL, COPY and JSON, and of no language.
ODD = "é 日本 👩‍🚀 \\N \\. \\u0041 \t\r\n '\";,%s {x} \x7f\u2028 e\u0301"
LATE = datetime(2031, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)
#: A zone that Python's database has not: the field reads it as UTC, and the column keeps it.
GONE_ZONE = "Neverland/Lagoon"


def furnish() -> None:
    demo.load()
    attendee, event = Attendee.objects.order_by("pk")[0], make_event(title="Odd", slug="odd")
    user = User.objects.filter(is_superuser=True)[0]
    add_people(attendee, user)
    add_around(event, attendee, user)
    add_money()
    add_oddities(event)


def add_people(attendee: Attendee, user: User) -> None:
    make_app(user, key="a" * 40, last_t=2**40)
    make_recovery_codes(user)
    user.user_permissions.add(Permission.objects.get(codename="view_refund"))
    picture = Picture.objects.create(
        digest="0" * 64, content=bytes(range(256)), content_type="image/webp"
    )
    Attendee.objects.filter(pk=attendee.pk).update(picture=picture, neos_tags=["a", ODD])
    FormerNeosId.objects.create(attendee=attendee, neos_id="U-former")
    Block.objects.create(neos_id="U-blocked", reason=ODD)
    MutedTopic.objects.create(attendee=attendee, topic="thanks")
    PasswordResetRequest.objects.create(address="who@example.org", created_at=LATE)
    UserSocialAuth.objects.create(
        user=attendee.user, provider="neos", uid="U-linked", extra_data={"a": [1, None, ODD]}
    )
    ExportColumns.objects.create(user=user, kind="payments", columns=["name", "amount"])


def add_around(event: Event, attendee: Attendee, user: User) -> None:
    make_role(event, attendee)
    Follow.objects.create(attendee=attendee, event=event, created_at=LATE)
    FormerAddress.objects.create(event=event, slug="former")
    secret: dict[str, Any] = {"event": event, "created_at": LATE}
    PlaceInvitation.objects.create(digest="1" * 64, reason=ODD, expires_at=LATE, **secret)
    PreviewLink.objects.create(digest="2" * 64, **secret)
    Announcement.objects.create(audience="everybody", texts={"en": {"body": ODD}}, **secret)
    series = Series.objects.create(
        title="Weekly", slug="weekly", frequency="weekly", starts_on=date(2030, 6, 8),
        clock=time(19, 30, 0, 1), template=event, created_at=LATE,
    )  # fmt: skip
    Event.objects.filter(pk=event.pk).update(series=series, series_index=0)
    version = write_page("imprint", ODD, translations={"ja": {"text": ODD}})
    Agreement.objects.create(attendee=attendee, version=version, language="ja", agreed_at=LATE)
    kind = ContentType.objects.get_for_model(Event)
    old = ContentType.objects.create(app_label="gone", model="thing")
    for each in (kind, old, None):
        row: dict[str, Any] = {"content_type": each, "object_id": str(event.pk), "action_flag": 2}
        user.logentry_set.create(object_repr=ODD, change_message="[]", **row)


def add_money() -> None:
    payment = Payment.objects.filter(status="paid").order_by("pk")[0]
    sum_: dict[str, Any] = {"amount": payment.amount, "currency": payment.currency}
    row = sum_ | {"payment": payment, "created_at": LATE}
    Refund.objects.create(key="refund:1", status="failed", finished_at=LATE, **row)
    Dispute.objects.create(reference="d_1", status="won", told_at=LATE, **row)
    notice = sum_ | {"amount": 2**53 + 1, "received_at": LATE, "processed_at": LATE}
    Notice.objects.create(provider="sandbox", external_id="evt_1", kind="paid", **notice)


def add_oddities(event: Event) -> None:
    """Add what a field would not show as it is stored."""
    texts = {"ja": {"title": ODD, "summary": ""}}
    Event.objects.filter(pk=event.pk).update(
        description=ODD, translations=texts, draw_at=LATE, capacity=2**31 - 1
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_event SET time_zone = %s WHERE id = %s", [GONE_ZONE, event.pk]
        )
        cursor.execute("UPDATE events_event SET descriptions = 'null' WHERE id = %s", [event.pk])
    now = timezone.now()
    waiting = Notification.objects.filter(state="queued").order_by("pk")
    pks = list(waiting.values_list("pk", flat=True)[:2])
    Notification.objects.filter(pk__in=pks[:1]).update(state="sending", next_try_at=now)
