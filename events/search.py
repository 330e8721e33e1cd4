"""Search events by words: what a search looks at, and how it is kept up to date.

`Event.search_text` holds all of it folded: the title, a line break, the titles of workshops and the
names of hosts, a tab, and the rest in one line. A word is looked up with LIKE, which both databases
have and which needs no words between spaces, as Japanese has none. docs/design.md says why no
full-text engine does it.
"""

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Case, IntegerChoices, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from events.formatting.folding import fold
from events.models import Bookable, Event, Host
from events.models.event_set import EventQuerySet

logger = logging.getLogger(__name__)

MOST_WORDS = 10
#: Folded text has neither.
END_OF_TITLE, END_OF_NAMES = "\n", "\t"


class Place(IntegerChoices):
    """The part of the text that has all the words, maybe together with the parts before it."""

    TITLE = 1, _("Found in the title")
    NAMES = 2, _("Found in the name of a workshop or a host")
    TEXT = 3, _("Found in the text")


def document(event: Event) -> str:
    """Return all texts in all their languages: nobody is asked in which one they search."""
    workshops, hosts = list(event.workshops.all()), event.hosts.all()
    titles = _in_all_languages("title", event)
    names = [*_in_all_languages("title", *workshops), *(host.name for host in hosts)]
    texts = [
        *_in_all_languages("summary", event),
        *_in_all_languages("description", event),
        *_in_all_languages("summary", *workshops),
    ]
    title, named, rest = (fold(" ".join(part)) for part in (titles, names, texts))
    return f"{title}{END_OF_TITLE}{named}{END_OF_NAMES}{rest}"


def _in_all_languages(name: str, *bookables: Bookable) -> Iterator[str]:
    for bookable in bookables:
        yield getattr(bookable, name)
        yield from bookable.translated(name).values()


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
    """Return events with all of these folded words; `found_in` is the `Place` of the words."""
    is_in_title, is_in_names = Q(), Q()
    for word in [*words][:MOST_WORDS]:
        q = q.filter(search_text__contains=word)
        is_in_title &= Q(_begins_before(END_OF_TITLE, word))
        is_in_names &= Q(_begins_before(END_OF_NAMES, word))
    in_title, in_names = When(is_in_title, then=Place.TITLE), When(is_in_names, then=Place.NAMES)
    return q.annotate(found_in=Case(in_title, in_names, default=Place.TEXT))


def _begins_before(end: str, word: str) -> GreaterThan:
    """Compare the places of the end of a part and of the word, which is in the text."""
    return GreaterThan(StrIndex("search_text", Value(end)), StrIndex("search_text", Value(word)))


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
