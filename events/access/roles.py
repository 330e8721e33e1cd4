"""Read whose roles stand on the page of an event: of people who agreed to that, and no others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from events.models import Bookable, Event, Role

from .facts import Facts

#: So many people at most: a page of a hundred faces is slow in a headset.
FACES = 60
HEADINGS: Mapping[str, str | Promise] = {
    Role.Kind.HOST: pgettext_lazy("people with a role", "Session hosts"),
    Role.Kind.SPEAKER: pgettext_lazy("people with a role", "Speakers"),
    Role.Kind.HELPER: pgettext_lazy("people with a role", "Helpers"),
    Role.Kind.GUEST: pgettext_lazy("people with a role", "Guests"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """People with the same kind of role, each of them once."""

    heading: str | Promise
    roles: list[Role]


def shown_roles(event: Event) -> list[Role]:
    """Return roles with their people, in one query; in none if it is known that nobody agreed."""
    if event.is_cancelled or not getattr(event, "has_shown_roles", True):
        return []
    there = Role.objects.shown().filter(event=event)
    return list(there.select_related("attendee__picture").order_by("pk")[:FACES])


def by_kind(roles: Iterable[Role]) -> list[Group]:
    found = list(roles)
    groups = []
    for kind, heading in HEADINGS.items():
        people = {role.attendee_id: role for role in reversed(found) if role.kind == kind}
        groups.append(Group(heading, [*reversed(people.values())]))
    return [group for group in groups if group.roles]


def leading(roles: Iterable[Role], bookable: Bookable) -> tuple[Role, ...]:
    """Return those at one workshop."""
    return tuple(role for role in roles if role.workshop_id == bookable.workshop_id)


@dataclass(frozen=True, slots=True)
class MyRoles:
    """The roles of one person at an event. `enters_at`: None if it is no earlier than others."""

    roles: tuple[Role, ...]
    enters_at: datetime | None
    is_outside: bool
    is_any_shown: bool
    is_any_hidden: bool


def my_roles(facts: Facts) -> MyRoles | None:
    """Return None for somebody without a role."""
    roles = facts.roles
    if not roles:
        return None
    early = max(role.early_minutes for role in roles)
    opens_at = facts.event.session_opens_at
    for role in roles:
        if role.workshop is not None:
            role.workshop.event = facts.event  # without a query
    return MyRoles(
        roles,
        enters_at=opens_at - timedelta(minutes=early) if early else None,
        is_outside=facts.is_outside(facts.event),
        is_any_shown=any(role.is_shown for role in roles),
        is_any_hidden=not all(role.is_shown for role in roles),
    )
