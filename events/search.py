"""Search events by words: what a search looks at, and how it is kept up to date.

`Event.search_text` holds all of it folded: the title, a line break, and the rest in one line. A
word is looked up with LIKE, which both databases have and which needs no words between spaces, as
Japanese has none. docs/design.md says why no full-text engine does it.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from events.formatting.folding import fold
from events.models import Event, Host
from events.models.event_set import EventQuerySet

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
    for event in events.prefetch_related("workshops", "hosts").order_by("pk"):
        text = document(event)
        if text != event.search_text:
            Event.objects.filter(pk=event.pk).update(search_text=text)


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


def host_saved(instance: Host, *, created: bool, raw: bool = False, **_signal: Any) -> None:
    if not created and not raw:
        renew(Event.objects.filter(hosts=instance))


def host_deleted(instance: Host, **_signal: Any) -> None:
    """Take the host off its events first: the deletion itself does so without a signal."""
    instance.events.clear()


def hosts_changed(instance: Event | Host, action: str, pk_set: Any, **_signal: Any) -> None:
    """Hear of both ends: an event gets hosts, a host gets events."""
    if action == "pre_clear" and isinstance(instance, Host):
        instance.events.remove(*instance.events.all())  # afterwards nobody knows which they were
    if action in ("post_add", "post_remove", "post_clear"):
        renew(Event.objects.filter(pk__in=_events_of(instance, pk_set)))


def _events_of(instance: Event | Host, pk_set: Any) -> list[int]:
    return [instance.pk] if isinstance(instance, Event) else [*(pk_set or ())]
