"""Keep a restored site from sending what may have been sent already.

Messages that wait in the file are not all: the site owes some by itself, because their time has
come, and it owed the same ones before, after the back-up was made. They are owed at once and held
with the others, so that housekeeping finds nobody who is left to be told.

What happens to places and money after a restore is told, even if the same had happened before: it
may come out otherwise now, and nobody may lose or get a place unheard.
"""

from datetime import datetime

from events import follows, places
from events.messages import announcements, reminders
from events.models import Event, Notification, PasswordResetRequest, Registration

#: The admin shows it beside a message that was held.
HELD = "Held: it was due before the back-up was restored, and may have been sent already."
State = Notification.State


def hold_mail(now: datetime) -> int:
    """Make dead letters of what waits or is due; return how many. Staff can send each again.

    It is repeated until nobody new is told: mail that is held does not keep a person from being
    told something else, and a round announces a limited number of events. People ask for a new
    password again.
    """
    PasswordResetRequest.objects.all().delete()
    held, before = _hold(), -1
    while before != (after := _count_told()):
        before = after
        _owe(now)
        held += _hold()
    return held


def _owe(now: datetime) -> None:
    """Owe what housekeeping would owe now because of the time alone."""
    owed = Registration.objects.filter(is_owed_reasons=True).order_by().values("event")
    for event in Event.objects.filter(pk__in=owed).order_by("pk"):
        places.tell_rest(event=event)
    follows.tell(now)
    reminders.tell(now)
    for announcement in announcements.unfinished():
        announcements.finish(announcement, now)


def _hold() -> int:
    waiting = Notification.objects.filter(state__in=[State.QUEUED, State.SENDING])
    return waiting.update(state=State.DEAD, next_try_at=None, last_error=HELD)


def _count_told() -> int:
    announced = Event.objects.filter(announced_at__isnull=False)
    return Notification.objects.count() + announced.count()
