"""Forget facts of messages that were sent; find messages that nothing needs any more.

Of those the events are over, and no audit reads them.
"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from events.models import Notification

from .render import ABOUT_ACCOUNTS

Kind, State = Notification.Kind, Notification.State
#: `audit` compares these with the registrations, and money is told once by them. Their rows have no
#: words and soon no facts; they go with the person.
RECOUNTED = (
    Kind.REGISTERED,
    Kind.WAITLISTED,
    Kind.PLACE_GIVEN,
    Kind.PAYMENT_DUE,
    Kind.HOLD_LAPSED,
    Kind.GIVEN_UP,
    Kind.CANCELLED,
    Kind.PAID,
    Kind.MONEY_GOES_BACK,
    Kind.REFUNDED,
    Kind.PAYMENT_MISTAKEN,
)
#: How long the facts of a message stay after it was sent.
KEEP_FACTS = timedelta(days=30)
DONE = (State.SENT, State.DEAD, State.NOBODY)


def old(before: datetime) -> QuerySet[Notification]:
    """Return messages that were written before an instant about what had ended by then, or about
    an account. Nobody is told of such a thing again, so their keys may go.
    """
    written = Notification.objects.filter(state__in=DONE, created_at__lt=before)
    no_place, no_event = Q(registration=None), Q(registration=None, event=None)
    ended = (
        Q(registration__event__ends_at__lt=before)
        | Q(no_place, event__ends_at__lt=before)
        | Q(no_event, announcement__event__ends_at__lt=before)
        | Q(no_event, announcement=None)
    )
    return written.filter(ended).exclude(kind__in=RECOUNTED)


def purge_facts(before: datetime) -> int:
    """Forget the facts and errors of messages that were sent before; return how many.

    The keys stay, so nobody is told again. Mail about an account has a new key each time, so its
    rows go. Dead letters stay whole for the staff.
    """
    q = with_facts(before)
    if not q.exists():
        return 0  # a write that changes nothing would keep others waiting on SQLite
    return forget_facts(q)


def with_facts(before: datetime) -> QuerySet[Notification]:
    q = Notification.objects.filter(state=State.SENT, sent_at__lt=before)
    return q.filter(Q(kind__in=ABOUT_ACCOUNTS) | ~Q(facts={}, last_error=""))


def forget_facts(sent: QuerySet[Notification]) -> int:
    deleted, _rows = sent.filter(kind__in=ABOUT_ACCOUNTS).delete()
    return deleted + sent.exclude(facts={}, last_error="").update(facts={}, last_error="")


# --- The queue -----------------------------------------------------------------------------------
