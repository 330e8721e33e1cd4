"""Say whether somebody is still to be told of a role, and what they have at the event by then."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext

from events.formatting.marked import Marked, sentence
from events.models import Notification, Role

from . import when
from .fates import Fate
from .values import Values, said


def judge(notification: Notification) -> Fate:
    """Withdraw it while the event is not published: it is owed anew when that is.

    A message names all roles of its person at the event, so one that was sent since this role was
    given has told of it.
    """
    pk = notification.subject.removeprefix("role:")
    role = _roles(notification).filter(pk=pk).select_related("event").first()
    if role is None:
        return Fate.NEVER
    if not role.event.is_published:
        return Fate.LATER
    sent = Notification.objects.filter(
        attendee=notification.attendee_id,
        event=notification.event_id,
        kind=Notification.Kind.ROLE_GIVEN,
        sent_at__gte=role.created_at,
    )
    return Fate.NEVER if sent.exclude(pk=notification.pk).exists() else Fate.GOES


def look_up(notification: Notification) -> Values:
    found = list(_roles(notification).select_related("workshop__event").order_by("pk"))
    event = notification.event
    if event is None:
        return {}
    early = max((role.early_minutes for role in found), default=0)
    enters = event.session_opens_at - timedelta(minutes=early)
    return {
        "roles": [_line(role) for role in found],
        "is_outside": any(role.outside_capacity for role in found),
        "enters": when.in_words(enters, notification.attendee, event) if early else "",
    }


def _roles(notification: Notification) -> QuerySet[Role]:
    return Role.objects.filter(event=notification.event, attendee=notification.attendee_id)


def _line(role: Role) -> Marked | str:
    kind = role.get_kind_display()
    if role.workshop is None:
        return kind
    text = gettext("%(role)s at the workshop “%(title)s”")
    return sentence(text, role=kind, title=said(role.workshop.shown_title))
