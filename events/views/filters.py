"""Read what a visitor looks for in the list of events from the query of its address.

Values that mean nothing are left out, also from the links that the page makes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import search
from events.access import room
from events.formatting import folding, text
from events.models import Attendee, Event, Host, Registration, Workshop
from events.models.event_set import EventQuerySet

MAX_QUERY = 200  # characters: the longest title fits
UPCOMING, PAST, MINE = "", "past", "mine"
Condition = Callable[[EventQuerySet, datetime], EventQuerySet]


def _free(q: EventQuerySet, _now: datetime) -> EventQuerySet:
    return q.filter(price=0)


def _with_workshops(q: EventQuerySet, _now: datetime) -> EventQuerySet:
    return q.filter(Exists(Workshop.objects.filter(event=OuterRef("pk"))))


@dataclass(frozen=True, slots=True)
class Switch:
    """A filter that is on or off. One that `is_of_future` does not fit events that are over."""

    name: str
    label: str | Promise
    narrow: Condition
    is_of_future: bool = False


SWITCHES = (
    Switch("free", _("free"), _free),
    Switch("open", _("registration is open"), room.open_to_all, is_of_future=True),
    Switch("places", _("has places"), room.with_places, is_of_future=True),
    Switch("workshops", _("has workshops"), _with_workshops),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter, and the address of the list without it."""

    label: str
    address_without: str


@dataclass(frozen=True, slots=True)
class Filters:
    when: str = UPCOMING
    query: str = ""
    on: frozenset[str] = frozenset()
    kind: str = ""
    language: str = ""
    host: Host | None = None
    hosts: tuple[Host, ...] = field(default=(), compare=False)

    @classmethod
    def read(cls, asked: QueryDict) -> Self:
        """Read what is known of the address, in one query: for the hosts that can be chosen."""
        hosts = tuple(listed_hosts())
        when = _one_of((PAST, MINE), asked.get("when"))
        return cls(
            when=when,
            query=_typed(asked.get("q", "")),
            on=frozenset(s.name for s in switches(when) if asked.get(s.name) == "1"),
            kind=_one_of(Event.Kind.values, asked.get("kind")),
            language=_one_of(Event.Language.values, asked.get("language")),
            host=next((host for host in hosts if host.slug == asked.get("host")), None),
            hosts=hosts,
        )

    @property
    def are_on(self) -> bool:
        return self != self.cleared

    @property
    def has_choices(self) -> bool:
        """Return whether to show the part of the form that is folded away otherwise."""
        return replace(self, query="").are_on

    @property
    def without_choices(self) -> Self:
        """Return the same with the words alone."""
        return type(self)(when=self.when, query=self.query)

    @property
    def cleared(self) -> Self:
        return type(self)(when=self.when)

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        return Event.Kind.choices

    @property
    def languages(self) -> list[tuple[str, Any]]:
        return Event.Language.choices

    @property
    def words(self) -> list[str]:
        return folding.words(self.query)

    @property
    def switches(self) -> list[Switch]:
        return switches(self.when)

    def narrow(self, q: EventQuerySet, now: datetime) -> EventQuerySet:
        """Return those of `q`, annotated `with_occupancy`, that fit all filters; hits first."""
        for switch in self.switches:
            q = switch.narrow(q, now) if switch.name in self.on else q
        q = q.filter(kind=self.kind) if self.kind else q
        q = q.filter(language=self.language) if self.language else q
        if self.host:
            links = Event.hosts.through.objects.filter(host=self.host, event=OuterRef("pk"))
            q = q.filter(Exists(links))
        return search.find(q, self.words) if self.words else q

    def address(self, **changes: Any) -> str:
        """Return the address of the list with these filters, changed like `replace` does."""
        return replace(self, **changes).address_of_page(1)

    def address_of_page(self, number: int) -> str:
        values = {
            "when": self.when,
            "q": self.query,
            **{switch.name: "1" for switch in self.switches if switch.name in self.on},
            "kind": self.kind,
            "language": self.language,
            "host": self.host.slug if self.host else "",
            "page": str(number) if number > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return reverse("events:list") + (f"?{query}" if query else "")

    @property
    def chips(self) -> list[Chip]:
        chips = [Chip(text.quoted(self.query), self.address(query=""))] if self.query else []
        chips += [
            Chip(str(switch.label), self.address(on=self.on - {switch.name}))
            for switch in self.switches
            if switch.name in self.on
        ]
        if self.kind:
            chips.append(Chip(str(Event.Kind(self.kind).label), self.address(kind="")))
        if self.language:
            label = str(Event.Language(self.language).label)
            chips.append(Chip(label, self.address(language="")))
        if self.host:
            label = gettext("with %(hosts)s") % {"hosts": self.host.name}
            chips.append(Chip(label, self.address(host=None)))
        return chips


def switches(when: str) -> list[Switch]:
    return [switch for switch in SWITCHES if when != PAST or not switch.is_of_future]


def listed_hosts() -> list[Host]:
    """Return the hosts that a list can be narrowed to: nobody learns of hosts of drafts only."""
    listed = Event.objects.listed().filter(hosts=OuterRef("pk"))
    return list(Host.objects.filter(Exists(listed)).only("name", "slug"))


def held_by(viewer: Attendee | None, now: datetime) -> Exists:
    """Return the condition for events at which the viewer has a place or waits for one."""
    held = Registration.objects.active().not_lapsed(now).filter(attendee=viewer)
    return Exists(held.filter(event=OuterRef("pk")))


def _typed(query: str) -> str:
    """Return what was typed without signs that nobody sees; nothing if there is no word in it."""
    cleaned = text.clean_line(query) if len(query) <= MAX_QUERY else ""
    return cleaned if folding.words(cleaned) else ""


def _one_of(known: Iterable[str], asked: str | None) -> str:
    return asked if asked and asked in known else ""
