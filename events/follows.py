"""Following: a host, to hear of its events; an event, to hear of its opening once.

A follow of an event is spent when the person is told. So it is owed as long as it is there, an
opening that is moved before it came is told at its new time, and nothing has to be remembered.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from events.access import pricing
from events.messages import texts
from events.models import Attendee, Event, Follow, Host, Notification, PatronPerk

#: How many events are announced in one round at most.
BATCH = 100
HOUR = Value(timedelta(hours=1), DurationField())


# --- Following -----------------------------------------------------------------------------------


def follow(attendee: Attendee, *, host: Host | None = None, event: Event | None = None) -> None:
    """Remember that the person asked; asking twice changes nothing."""
    now = {"created_at": timezone.now()}
    Follow.objects.get_or_create(attendee=attendee, host=host, event=event, defaults=now)


def stop(attendee: Attendee, *, host: Host | None = None, event: Event | None = None) -> None:
    Follow.objects.filter(attendee=attendee, host=host, event=event).delete()


def stop_hosts(attendee_pk: int, hosts: QuerySet[Host]) -> None:
    Follow.objects.filter(attendee=attendee_pk, host__in=hosts.values("pk")).delete()


def is_followed(
    attendee: Attendee | None, *, host: Host | None = None, event: Event | None = None
) -> bool:
    if attendee is None or attendee.pk is None:
        return False
    return Follow.objects.filter(attendee=attendee, host=host, event=event).exists()


def followed_by(attendee: Attendee, now: datetime) -> list[Follow]:
    """Return what the person follows, without events that are over or that they may not see."""
    visible = Event.objects.visible_to(attendee.user).ending_after(now)
    q = Follow.objects.filter(Q(host__isnull=False) | Q(event__in=visible), attendee=attendee)
    return list(q.select_related("host", "event").order_by("event__starts_at", "host__name", "pk"))


def is_opening_ahead(event: Event, attendee: Attendee | None, now: datetime) -> bool:
    """Return whether registration is still to open for this person, a patron earlier."""
    perk = pricing.perk_of(attendee, event.perks.all(), now)
    opens_at = pricing.opens_at(event, perk)
    return event.is_published and opens_at is not None and now < opens_at


# --- Telling -------------------------------------------------------------------------------------


def tell(now: datetime) -> None:
    """Owe mail about openings and new events. Writes nothing if there is none to tell of."""
    _tell_openings(now)
    _announce(now)


def _tell_openings(now: datetime) -> None:
    """Tell people for whom registration has opened, and forget that they asked.

    Only those are forgotten whose message is there: others may be asking at this moment.
    """
    opened = _opened(now)
    if not opened.exists():
        return
    with transaction.atomic():
        texts.registration_open(opened)
        key = Concat(Value("follow:"), Cast(OuterRef("pk"), TextField()), output_field=TextField())
        kind = Notification.Kind.REGISTRATION_OPEN
        told = Notification.objects.filter(attendee=OuterRef("attendee"), kind=kind, subject=key)
        Follow.objects.filter(Exists(told), event__isnull=False).delete()


def _opened(now: datetime) -> QuerySet[Follow]:
    published = Q(event__status=Event.Status.PUBLISHED, event__ends_at__gt=now)
    is_open = Q(event__opens_at=None) | Q(event__opens_at__lte=now) | Q(early_opening__lte=now)
    is_closed = Q(event__closes_at__isnull=False, event__closes_at__lte=now)
    asked = Follow.objects.alias(early_opening=_early_opening(now))
    return asked.filter(published & is_open).exclude(is_closed)


def _early_opening(now: datetime) -> Combinable:
    """Return `pricing.opens_at` of a patron as an expression; NULL for everybody else."""
    reached = PatronPerk.objects.filter(
        event=OuterRef("event"), min_cents__gt=0, min_cents__lte=OuterRef("attendee__patreon_cents")
    )
    has_run_out = Q(patreon_until__isnull=False, patreon_until__lte=now)
    pledging = Attendee.objects.filter(patreon_known=True).exclude(has_run_out)
    is_patron = Exists(pledging.filter(pk=OuterRef(OuterRef("attendee"))))
    hours = reached.filter(is_patron).order_by("-min_cents").values("early_hours")[:1]
    number = Subquery(hours, output_field=IntegerField())  # SQLite multiplies no positive ones
    early = ExpressionWrapper(number * HOUR, output_field=DurationField())
    return ExpressionWrapper(F("event__opens_at") - early, output_field=DateTimeField())


def _announce(now: datetime) -> None:
    """Tell followers of events that are public for the first time.

    The events are marked before: another process then finds them told, and takes the same lock of
    the row that everybody takes first.
    """
    new = Event.objects.listed().filter(status=Event.Status.PUBLISHED, announced_at=None)
    with_hosts = new.ending_after(now).filter(Exists(Host.objects.filter(events=OuterRef("pk"))))
    pks = list(with_hosts.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not pks:
        return
    with transaction.atomic():
        Event.objects.filter(pk__in=pks, announced_at=None).update(announced_at=now)
        texts.new_event(Follow.objects.filter(host__events__in=pks))
