"""Store which kinds of mail people do not want, and make the signed link with which they say so.

The link is built when it is mailed and stored nowhere. It works signed out and as long as the
secret of the site does, and can do nothing but choose among kinds of mail.
"""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from events.models import Attendee, MailTopic, MutedTopic, Notification

SALT = "events.messages.mail-topics"
Kind = Notification.Kind
#: All other kinds are about money, a place or the account, and always sent.
TOPICS: Mapping[Kind, MailTopic] = {
    Kind.REMINDER_DAY: MailTopic.REMINDERS,
    Kind.REMINDER_HOUR: MailTopic.REMINDERS,
    Kind.SESSION_OPEN: MailTopic.SESSIONS,
    Kind.SESSION_CHANGED: MailTopic.SESSIONS,
    Kind.REGISTRATION_OPEN: MailTopic.OPENINGS,
    Kind.NEW_EVENT: MailTopic.NEW_EVENTS,
    Kind.THANKS: MailTopic.THANKS,
    Kind.ANNOUNCEMENT: MailTopic.ORGANIZERS,
}


def topic_of(kind: str) -> MailTopic | None:
    """Return None for mail that nobody can choose not to get."""
    return TOPICS.get(Kind(kind))


def has_muted(topic: MailTopic) -> Exists:
    """Return a condition on rows with an `attendee`."""
    return Exists(MutedTopic.objects.filter(attendee=OuterRef("attendee"), topic=topic))


def is_muted(notification: Notification) -> bool:
    topic = topic_of(notification.kind)
    if topic is None or notification.facts.get("test"):
        return False
    return MutedTopic.objects.filter(attendee=notification.attendee_id, topic=topic).exists()


def muted_by(attendee_pk: int) -> set[str]:
    rows = MutedTopic.objects.filter(attendee=attendee_pk)
    return set(rows.values_list("topic", flat=True))


# --- Choosing ------------------------------------------------------------------------------------


def mute(attendee_pk: int, topic: MailTopic) -> None:
    """Send no more mail of this topic, and leave the others as they are."""
    with transaction.atomic():
        if Attendee.objects.lock_present(attendee_pk):
            row = MutedTopic(attendee_id=attendee_pk, topic=topic)
            MutedTopic.objects.bulk_create([row], ignore_conflicts=True)


def unmute(attendee_pk: int, topic: MailTopic) -> None:
    MutedTopic.objects.filter(attendee=attendee_pk, topic=topic).delete()


def choose(attendee_pk: int, wanted: Iterable[MailTopic | str]) -> None:
    """Send mail of these topics only. Somebody who was erased meanwhile stays forgotten."""
    unwanted = set(MailTopic) - {MailTopic(topic) for topic in wanted}
    with transaction.atomic():
        if not Attendee.objects.lock_present(attendee_pk):
            return
        mine = MutedTopic.objects.filter(attendee=attendee_pk)
        mine.exclude(topic__in=unwanted).delete()
        rows = [MutedTopic(attendee_id=attendee_pk, topic=topic) for topic in sorted(unwanted)]
        MutedTopic.objects.bulk_create(rows, ignore_conflicts=True)


# --- The link ------------------------------------------------------------------------------------


def link(attendee_pk: int, topic: MailTopic) -> str:
    """Return the address of the page on which somebody chooses; the mail is of this topic."""
    token = signing.dumps([attendee_pk, topic.value], salt=SALT)
    return settings.SITE_URL + reverse("events:mail-topics", kwargs={"token": token})


def read_token(token: str) -> tuple[int, MailTopic]:
    """Return whose mail it is, and the topic of the mail. Raises `signing.BadSignature`."""
    attendee_pk, topic = signing.loads(token, salt=SALT)
    return attendee_pk, MailTopic(topic)


def headers(notification: Notification) -> dict[str, str]:
    """Return what lets a mail program show a button to unsubscribe (RFC 8058); {} if there is
    nothing to unsubscribe from.
    """
    topic = topic_of(notification.kind)
    if topic is None:
        return {}
    address = link(notification.attendee_id, topic)
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
