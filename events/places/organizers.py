"""Add and remove organizers of an event, under its lock. The last one cannot leave."""

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from events.models import Event
from events.permissions import GROUP

from .lock import locked_event


class NoOrganizer(Exception):
    """No account with the role of organizers has this name or address."""


class LastOrganizer(Exception):
    """Nobody would be left who may see the event."""


def add_organizer(*, event: Event, name: str, address: str) -> User | None:
    """Add somebody by the exact name or mail address of their account, as text cleans them; None
    if they were there.

    Raises `NoOrganizer`, which is the same for an account without the role, a closed account and
    no account at all: it must not tell who has one.
    """
    with locked_event(event.pk) as locked:
        user = _named(name, address)
        if locked.organizers.filter(pk=user.pk).exists():
            return None
        locked.organizers.add(user)
        return user


def remove_organizer(*, event: Event, user: User) -> bool:
    """Return False if they were no organizer of it. Raises `LastOrganizer`."""
    with locked_event(event.pk) as locked:
        mine = Q(pk=user.pk)
        if not locked.organizers.filter(mine).exists():
            return False
        if not _able().filter(organized_events=locked).exclude(mine).exists():
            raise LastOrganizer
        locked.organizers.remove(user)
        return True


def _able() -> QuerySet[User]:
    """Return the accounts that may organize: open, staff, and in the group or superusers."""
    may = Q(groups__name=GROUP) | Q(is_superuser=True)
    return User.objects.filter(may, is_active=True, is_staff=True).distinct()


def _named(name: str, address: str) -> User:
    """A name is one account's only. An address may be that of several; then it names nobody."""
    able = _able()
    found = list(able.filter(username=name)) or list(able.filter(email__iexact=address)[:2])
    if not name or len(found) != 1:
        raise NoOrganizer
    return found[0]
