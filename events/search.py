"""Search events by words: what a search looks at, and how it is kept up to date.

`Event.search_text` holds all of it folded: the title, a line break, and the rest in one line. A
word is looked up with LIKE, which both databases have and which needs no words between spaces, as
Japanese has none. docs/design.md says why no full-text engine does it.
"""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from events.formatting.folding import fold
from events.models import Event, Host
from events.models.event_set import EventQuerySet

logger = logging.getLogger(__name__)

MOST_WORDS = 10
END_OF_TITLE = "\n"


def document(event: Event) -> str:
    parts = [event.summary, event.description]
    for workshop in event.workshops.all():
        parts += [workshop.title, workshop.summary]
    parts += [host.name for host in event.hosts.all()]
    return f"{fold(event.title)}{END_OF_TITLE}{fold(' '.join(parts))}"


def renew(events: QuerySet[Event]) -> None:
    """Write the text of these events again. Call it after each change of what is in it."""
    for pk in _keys(events):
        _renew(pk)


def _keys(events: QuerySet[Event]) -> list[int]:
    return list(events.order_by("pk").values_list("pk", flat=True))


def _renew(pk: int) -> None:
    """Read what is in the text under the event's lock: saving an event holds it, too."""
    with transaction.atomic():
        event = _locked(pk)
        if event is not None and (text := document(event)) != event.search_text:
            Event.objects.filter(pk=pk).update(search_text=text)


def _locked(pk: int) -> Event | None:
    return Event.objects.select_for_update(no_key=True).filter(pk=pk).first()


def find(q: EventQuerySet, words: Iterable[str]) -> EventQuerySet:
    """Return events with all of these folded words; `is_title_hit` says that the title has them."""
    is_title_hit = Q()
    for word in [*words][:MOST_WORDS]:
        q = q.filter(search_text__contains=word)
        is_title_hit &= Q(_is_in_title(word))
    return q.annotate(is_title_hit=Case(When(is_title_hit, then=True), default=False))


def _is_in_title(word: str) -> GreaterThan:
    """Compare the places of the word and of the end of the title. The word is in the text."""
    return GreaterThan(
        StrIndex("search_text", Value(END_OF_TITLE)), StrIndex("search_text", Value(word))
    )


# --- Hosts ---------------------------------------------------------------------------------------
# They are edited apart from events, and deleted with their links to them: signals hear of all that.
# Their events are written after the commit, one by one. So a transaction that has changed a host
# waits for no event, and of two that change a host and its links, the later one reads both.


def host_saved(instance: Host, *, created: bool, raw: bool = False, **_signal: Any) -> None:
    if not created and not raw:
        _renew_later(Event.objects.filter(hosts=instance))


def host_deleted(instance: Host, **_signal: Any) -> None:
    _renew_later(_locked_events_of(instance))


def hosts_changed(instance: Event | Host, action: str, pk_set: Any, **_signal: Any) -> None:
    """Hear of both ends: an event gets hosts, a host gets events."""
    if action == "pre_clear" and isinstance(instance, Host):
        _renew_later(_locked_events_of(instance))  # afterwards nobody knows which they were
    if action in ("post_add", "post_remove", "post_clear"):
        pks = [instance.pk] if isinstance(instance, Event) else [*(pk_set or ())]
        _renew_later(Event.objects.filter(pk__in=pks))


def _locked_events_of(host: Host) -> QuerySet[Event]:
    """Return the events of a host that is about to lose them. The lock lets no more be added."""
    Host.objects.select_for_update().filter(pk=host.pk).first()
    return Event.objects.filter(pk__in=list(host.events.values_list("pk", flat=True)))


def _renew_later(events: QuerySet[Event]) -> None:
    """Renew what `events` finds after the commit."""
    transaction.on_commit(partial(_renew_or_log, events))


def _renew_or_log(events: QuerySet[Event]) -> None:
    """Go on if an event is busy for too long: what changed its host is committed already."""
    for pk in _keys(events):
        try:
            _renew(pk)
        except OperationalError as error:
            kind = type(error).__name__
            logger.error("Save event %s again, a search finds its former hosts: %s", pk, kind)
