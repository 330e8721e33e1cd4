"""The people as whom an organizer may look at a page: facts alone, with no rows behind them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.accounts.neos import take_over
from events.models import Attendee
from neos_backend.sandbox.person import Person
from neos_backend.sandbox.platforms import sandbox_of

SANDBOX = sandbox_of(settings.PLATFORM.backend)
#: All that somebody can let the platform tell us.
SCOPES = tuple(SANDBOX.scopes)
VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of person; `make` returns one as they are at an instant, None for signed out."""

    key: str
    label: str | StrPromise
    description: str | StrPromise
    make: Callable[[datetime], Attendee | None]


def kinds() -> list[Kind]:
    """Return a visitor first, then people of this site alone, then those of the sandbox."""
    return list(_by_key().values())


def find_kind(key: str) -> Kind | None:
    return _by_key().get(key)


@cache
def _by_key() -> dict[str, Kind]:
    return {kind.key: kind for kind in (*_of_this_site(), *_of_the_cast())}


def _of_this_site() -> Iterator[Kind]:
    yield Kind(VISITOR, _("Visitor"), _("Is not signed in."), lambda _now: None)
    text = _("Has an account of this site only, with a confirmed e-mail address.")
    yield Kind("local", _("Without Neos"), text, _local)
    text = _("Has an account of this site only, and has not confirmed the e-mail address yet.")
    yield Kind("unproved", _("Without Neos, address not confirmed"), text, _unproved)
    text = _("An ordinary account, but Neos confirmed it too long ago.")
    yield Kind("stale", _("Verified too long ago"), text, _stale)
    if "patreon" in SCOPES:
        text = _("An ordinary account that has not let Neos tell us about Patreon.")
        yield Kind("unshared", _("Patreon not shared"), text, _unshared)
    text = _("An ordinary account that you keep out of this event.")
    yield Kind("blocked", _("Blocked"), text, _blocked)


def _of_the_cast() -> Iterator[Kind]:
    for one in SANDBOX.people:
        # The sandbox marks its words for translation, and leaves the language to its pages.
        yield Kind(one.key, _(one.label), _(one.description), _maker(one))


def _maker(person: Person) -> Callable[[datetime], Attendee]:
    return lambda now: _signed_in(person, now)


def _signed_in(person: Person, now: datetime, scopes: tuple[str, ...] = SCOPES) -> Attendee:
    """Let somebody of the cast sign in at this instant, by the code of the sign-in, unsaved."""
    profile = SANDBOX.backend.parse_profile(person.profile(scopes, now), scopes=scopes, now=now)
    attendee = _nobody(person.id)
    take_over(attendee, attendee.user, profile, now)
    return attendee


def _nobody(username: str) -> Attendee:
    attendee = Attendee(user=User(username=username))
    attendee.is_blocked = False
    return attendee


def _unproved(_now: datetime) -> Attendee:
    attendee = _nobody("visitor")
    attendee.user.email = "visitor@example.org"
    return attendee


def _local(now: datetime) -> Attendee:
    attendee = _unproved(now)
    attendee.email_confirmed_at = now
    return attendee


def _stale(now: datetime) -> Attendee:
    attendee = _signed_in(SANDBOX.people[0], now)
    attendee.verified_at = None
    return attendee


def _unshared(now: datetime) -> Attendee:
    return _signed_in(SANDBOX.people[0], now, ("profile", "email"))


def _blocked(now: datetime) -> Attendee:
    attendee = _signed_in(SANDBOX.people[0], now)
    attendee.is_blocked = True
    return attendee
