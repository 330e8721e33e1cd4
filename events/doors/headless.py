"""Build the settings of a world for a headless server, as an item of its `startWorlds`.

The names are those of the published schemas: Neos-Metaverse/JSONSchemas
(`NeosHeadlessConfig.schema.json`) and Yellow-Dog-Man/JSONSchemas (`HeadlessConfig.schema.json`).
Only `useCustomJoinVerifier` is Resonite's alone.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from events.access.door import Guest, answer_at_door
from events.formatting import text
from events.models import Bookable, Role

from .guests import FIELDS, ROWS_IN_MEMORY, registrations_at

#: Roles of worlds. Speakers build, because they show something; guests get the world's usual role.
WORLD_ROLES = {
    Role.Kind.HOST.value: "Admin",
    Role.Kind.HELPER.value: "Moderator",
    Role.Kind.SPEAKER.value: "Builder",
}
CUSTOM_SESSION = re.compile(r"S-U-[A-Za-z0-9_-]+:[A-Za-z0-9_-]+")
WORLD_RECORD = re.compile(r"(?:neosrec|resrec):///\S+", re.IGNORECASE)
#: A name with these would be read as marked-up text, or is another person's in disguise.
MARKS = frozenset("<>")


@dataclass(frozen=True, slots=True)
class Lock:
    """A way to keep people without a place out of the session; without either, it is private.

    `variable`: the full name of a cloud variable, like `G-Example.jam.guests`.
    """

    variable: str = ""
    is_verified: bool = False

    @property
    def invites(self) -> bool:
        """Invite nobody beside a variable: invitations hold also after a place is lost."""
        return not self.variable and not self.is_verified


@dataclass(frozen=True, slots=True)
class World:
    """`settings` is the item of `startWorlds`, for so many `people`. `left_out` counts those who
    would be named in it, but have no safe name, or share it with somebody else at this door.
    """

    settings: dict[str, object]
    people: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a place, or who waits for one. `is_expected`: the door lets them in."""

    name: str
    is_outside: bool
    guest: Guest
    is_expected: bool


def world_of(bookable: Bookable, lock: Lock, now: datetime) -> World:
    """Return the settings, with people by their user names: the schemas know no ids."""
    everybody = list(_everybody(bookable, now))
    visitors = [visitor for visitor in everybody if visitor.is_expected]
    known = Counter(visitor.name.casefold() for visitor in everybody)
    wanted = [v for v in visitors if lock.invites or v.guest.role in WORLD_ROLES]
    named = [v for v in wanted if is_safe(v.name) and known[v.name.casefold()] == 1]
    with translation.override(bookable.event.written_in):
        built = {**_session(bookable, visitors), **_entry(bookable, lock, named)}
    filled = {name: value for name, value in built.items() if value is not None}
    return World(filled, len(visitors), len(wanted) - len(named))


def is_safe(name: str) -> bool:
    """Return whether it is a name as Neos would write it, without hidden signs or marks."""
    return name != "" and text.clean_line(name) == name and MARKS.isdisjoint(name)


def _everybody(bookable: Bookable, now: datetime) -> Iterator[Visitor]:
    q = registrations_at(bookable).exclude(attendee__neos_id=None).order_by("attendee__neos_id")
    columns = ("attendee__neos_username", "outside_capacity", *FIELDS)
    for name, is_outside, *facts in q.values_list(*columns).iterator(ROWS_IN_MEMORY):
        guest = Guest(*facts)
        is_expected = answer_at_door(bookable, guest, now).is_expected
        yield Visitor(name, is_outside, guest, is_expected)


def _session(bookable: Bookable, visitors: list[Visitor]) -> dict[str, object]:
    event = bookable.event
    found = CUSTOM_SESSION.search(event.session_url)
    return {
        "isEnabled": True,
        "sessionName": bookable.title,
        "customSessionId": found[0] if found else None,
        "description": bookable.summary or None,
        "maxUsers": most_users(bookable, visitors),
        "hideFromPublicListing": not event.listed,
        "tags": list(dict.fromkeys([event.kind, event.slug])),  # an address may be "meetup"
        "loadWorldURL": event.session_url if WORLD_RECORD.fullmatch(event.session_url) else None,
    }


def most_users(bookable: Bookable, visitors: list[Visitor]) -> int:
    """Return the capacity and everybody whose place is outside of it; without a capacity, or where
    more people are in, those who are expected. At least one: the schema's own default is 32.
    """
    outside = sum(visitor.is_outside for visitor in visitors)
    inside = len(visitors) - outside
    return max(bookable.capacity or 0, inside) + outside or 1


def _entry(bookable: Bookable, lock: Lock, named: list[Visitor]) -> dict[str, object]:
    page = f"{settings.SITE_URL}{bookable.event.get_absolute_url()}"
    words = {"title": text.quoted(bookable.title), "url": page}
    invitation = gettext("You have a place at %(title)s. Come in!") % words
    denied = gettext("%(title)s is for people who have a place: %(url)s") % words
    roles = {v.name: WORLD_ROLES[v.guest.role] for v in named if v.guest.role in WORLD_ROLES}
    return {
        "accessLevel": "RegisteredUsers" if lock.variable else "Private",
        "useCustomJoinVerifier": True if lock.is_verified else None,
        "defaultUserRoles": roles,
        "requiredUserJoinCloudVariable": lock.variable or None,
        "requiredUserJoinCloudVariableDenyMessage": denied if lock.variable else None,
        "autoInviteUsernames": [v.name for v in named] if lock.invites else None,
        "autoInviteMessage": invitation if lock.invites else None,
    }
