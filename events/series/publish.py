"""Publish the drafts of a series, each as saving it as published does."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from events.models import Event, Series
from events.models.event_set import EventQuerySet
from events.places import event_edits


class NotYet(StrEnum):
    """Why a draft was left one."""

    PAST = "past"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class Published:
    events: list[Event]
    left: list[tuple[Event, NotYet]]


def drafts_of(series: Series) -> EventQuerySet:
    found: EventQuerySet = series.events.filter(status=Event.Status.DRAFT).order_by("starts_at")
    return found


def publish(series: Series, keys: list[int], now: datetime) -> Published:
    """Publish these drafts of the series, by their keys; those that are none any more are skipped.

    Followers of the hosts are told of the first one only: nobody wants a mail for each week.
    """
    done = Published([], [])
    for event in drafts_of(series).filter(pk__in=keys):
        with transaction.atomic():
            _publish(event, now, done)
    return done


def _publish(event: Event, now: datetime, done: Published) -> None:
    before = event_edits.begin(event.pk)
    event = Event.objects.get(pk=event.pk)
    if not event.is_draft:
        return
    if problem := problem_of(event, now):
        done.left.append((event, problem))
        return
    event.status = Event.Status.PUBLISHED
    if done.events:
        event.announced_at = event.announced_at or now
    event.save(update_fields=["status", "announced_at", "changed_at"])
    event_edits.follow_up(before)
    done.events.append(event)


def problem_of(event: Event, now: datetime) -> NotYet | None:
    """Return what the form would ask about before it publishes this draft."""
    if event.has_ended(now) or event.registration_ends_at <= now:
        return NotYet.PAST
    is_drawn_late = event.draw_at is not None and event.drawn_at is None and event.draw_at <= now
    return NotYet.DRAW if is_drawn_late else None
