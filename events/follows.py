"""Following: a host, to hear of its events; an event, to hear of its opening once.

A follow of an event is spent when the mail is sent. So it is owed as long as it is there, an
opening that is moved before it was told is told at its new time, and nothing has to be remembered.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from events.access import no_shows, openings, pricing
from events.messages import texts, topics
from events.models import Attendee, Event, Follow, Host, MailTopic, Notification
from events.models.event_set import EventQuerySet

#: How many events are announced in one round at most.
BATCH = 100


# --- Following -----------------------------------------------------------------------------------


def follow(attendee: Attendee, *, host: Host | None = None, event: Event | None = None) -> bool:
    """Remember that the person asked, and that they want such mail; asking twice changes nothing.

    Return False if the person was erased meanwhile. Raises `ObjectDoesNotExist` if the host or the
    event was deleted. Both rows are locked, in the order of all locks, so that they stay.
    """
    with transaction.atomic():
        _lock_followed(host, event)
        if not Attendee.objects.lock_present(attendee.pk):
            return False
        topics.unmute(attendee.pk, MailTopic.NEW_EVENTS if host else MailTopic.OPENINGS)
        now = {"created_at": timezone.now()}
        Follow.objects.get_or_create(attendee=attendee, host=host, event=event, defaults=now)
        return True


def _lock_followed(host: Host | None, event: Event | None) -> None:
    if host is not None:
        Host.objects.select_for_update(no_key=True).get(pk=host.pk)
    if event is not None:
        Event.objects.select_for_update(no_key=True).get(pk=event.pk)


def stop(attendee: Attendee, *, host: Host | None = None, event: Event | None = None) -> None:
    Follow.objects.filter(attendee=attendee, host=host, event=event).delete()


def stop_hosts(attendee_pk: int, hosts: Iterable[Host]) -> None:
    Follow.objects.filter(attendee=attendee_pk, host__in=hosts).delete()


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
    """Return whether registration is still to open for this person."""
    perk = pricing.perk_of(attendee, event.perks.all(), now)
    is_later = bool(no_shows.missed_by(attendee, event, now))
    opens_at = pricing.opens_at(event, perk, is_later=is_later)
    return event.is_published and opens_at is not None and now < opens_at


# --- Telling -------------------------------------------------------------------------------------


def tell(now: datetime) -> None:
    """Owe mail about openings and new events. Writes nothing if there is none to tell of."""
    _tell_openings(now)
    _announce(now)


def _tell_openings(now: datetime) -> None:
    """Owe a message to people for whom registration has opened.

    Delivery forgets that they asked once it is sent: until then the opening may still be moved.
    Nothing is left to do for who has a place by now, and for who cannot be written to.
    """
    opened = openings.opened(now).exclude(Exists(_told()))
    if not opened.exists():
        return
    with transaction.atomic():
        texts.registration_open(opened.exclude(openings.has_signed_up(now)))
        signed_up = Q(pk__in=opened.filter(openings.has_signed_up(now)).values("pk"))
        unreachable = Q(Exists(_told().filter(state=Notification.State.NOBODY)))
        Follow.objects.filter(signed_up | unreachable, event__isnull=False).delete()


def _told() -> QuerySet[Notification]:
    """Return the messages about the opening that an outer query of follows asks for."""
    key = Concat(Value("follow:"), Cast(OuterRef("pk"), TextField()), output_field=TextField())
    kind = Notification.Kind.REGISTRATION_OPEN
    return Notification.objects.filter(attendee=OuterRef("attendee"), kind=kind, subject=key)


def _announce(now: datetime) -> None:
    """Tell followers of events that are public for the first time, with a host.

    The events are marked before: another process then finds them told. They are read again under
    their locks, because an organizer may take one off the site at this moment.
    """
    new = _to_announce(now)
    pks = list(new.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not pks:
        return
    with transaction.atomic():
        still = _still_to_announce(pks, now)
        Event.objects.filter(pk__in=still).update(announced_at=now)
        texts.new_event(Follow.objects.filter(host__events__in=still))


def _still_to_announce(pks: list[int], now: datetime) -> list[int]:
    locked = _to_announce(now).select_for_update(of=("self",), no_key=True).filter(pk__in=pks)
    return list(locked.order_by("pk").values_list("pk", flat=True))


def _to_announce(now: datetime) -> EventQuerySet:
    has_host = Exists(Host.objects.filter(events=OuterRef("pk")))
    return Event.objects.inviting(now).filter(has_host, announced_at=None)
