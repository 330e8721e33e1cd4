"""Find old messages that nothing needs any more: their events are over, and no audit reads them."""

from datetime import datetime

from django.db.models import Q, QuerySet

from events.models import Notification

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
