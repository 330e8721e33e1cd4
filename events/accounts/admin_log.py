"""The admin's log of changes, which writes names and ids down."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_noop

from events.models import Attendee, Block, Event, Notification, Payment, Refund, Registration

ERASED = "erased"
ABOUT_PEOPLE = (User, Attendee, Registration, Notification, Payment, Refund)


def forget(attendee: Attendee) -> None:
    """Take the person's names and ids, and what was said of them, out of the log.

    It stays written who changed something of which kind, and when.
    """
    for entries in _about(attendee):
        empty(entries)
    _about_organizing(attendee.user.get_username()).update(change_message="")


def old(before: datetime) -> QuerySet[LogEntry]:
    """Return what was written about people before an instant, and still says something of them."""
    kinds = ContentType.objects.get_for_models(*ABOUT_PEOPLE).values()
    about = LogEntry.objects.filter(content_type__in=list(kinds), action_time__lt=before)
    return about.exclude(object_repr=ERASED, change_message="")


def empty(entries: QuerySet[LogEntry]) -> int:
    return entries.update(object_repr=ERASED, change_message="")


def _about(attendee: Attendee) -> Iterator[QuerySet[LogEntry]]:
    registrations = attendee.registrations.order_by()
    payments = Payment.objects.filter(registration__in=registrations)
    yield _log(User, [attendee.user_id])
    yield _log(Attendee, [attendee.pk])
    yield _log(Registration, _pks(registrations))
    yield _log(Notification, _pks(attendee.notifications.all()))
    yield _log(Payment, _pks(payments))
    yield _log(Refund, _pks(Refund.objects.filter(payment__in=payments)))
    former = attendee.former_neos_ids.values_list("neos_id", flat=True)
    yield _about_blocks({*former, attendee.neos_id or ""} - {""})


def about_organizer(username: str) -> dict[str, str]:
    """Return what the history of an event says of an organizer who was added or removed."""
    return {"name": gettext_noop("organizer"), "object": username}


def _about_organizing(username: str) -> QuerySet[LogEntry]:
    said = json.dumps(about_organizer(username))
    return _log(Event).filter(change_message__contains=said)


def _about_blocks(neos_ids: set[str]) -> QuerySet[LogEntry]:
    """Find also those of blocks that are gone, which have the id as their name, and those that say
    that a block once had the id.
    """
    there = [str(pk) for pk in _pks(Block.objects.filter(neos_id__in=neos_ids))]
    about = Q(object_id__in=there) | Q(object_repr__in=neos_ids)
    for neos_id in neos_ids:
        about |= Q(change_message__contains=json.dumps(neos_id))
    return _log(Block).filter(about)


def _log(model: type[Model], pks: Iterable[int] | None = None) -> QuerySet[LogEntry]:
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    return entries if pks is None else entries.filter(object_id__in=[str(pk) for pk in pks])


def _pks(rows: QuerySet[Model]) -> list[int]:
    return list(rows.values_list("pk", flat=True))
