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
from neos_backend.sandbox.platforms import Sandbox, sandbox_of

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
    return list(_by_key(_sandbox()).values())


def find_kind(key: str) -> Kind | None:
    return _by_key(_sandbox()).get(key)


def _sandbox() -> Sandbox:
    return sandbox_of(settings.PLATFORM.backend)


@cache
def _by_key(sandbox: Sandbox) -> dict[str, Kind]:
    found = (*_of_this_site(), *_like_the_first(sandbox), *_of_the_cast(sandbox))
    return {kind.key: kind for kind in found}


def _of_this_site() -> Iterator[Kind]:
    yield Kind(VISITOR, _("Visitor"), _("Is not signed in."), lambda _now: None)
    text = _("Has an account of this site only, with a confirmed e-mail address.")
    yield Kind("local", _("Without Neos"), text, _local)
    text = _("Has an account of this site only, and has not confirmed the e-mail address yet.")
    yield Kind("unproved", _("Without Neos, address not confirmed"), text, _unproved)


def _like_the_first(sandbox: Sandbox) -> Iterator[Kind]:
    """Yield people who are as the first of the cast, but for one thing."""
    make = _maker(sandbox, sandbox.people[0])
    text = _("An ordinary account, but Neos confirmed it too long ago.")
    yield Kind("stale", _("Verified too long ago"), text, lambda now: _stale(make(now)))
    if "patreon" in sandbox.scopes:
        text = _("An ordinary account that has not let Neos tell us about Patreon.")
        unshared = _maker(sandbox, sandbox.people[0], without="patreon")
        yield Kind("unshared", _("Patreon not shared"), text, unshared)
    text = _("An ordinary account that you keep out of this event.")
    yield Kind("blocked", _("Blocked"), text, lambda now: _blocked(make(now)))


def _of_the_cast(sandbox: Sandbox) -> Iterator[Kind]:
    for one in sandbox.people:
        # The sandbox marks its words for translation, and leaves the language to its pages.
        yield Kind(one.key, _(one.label), _(one.description), _maker(sandbox, one))


def _maker(
    sandbox: Sandbox, person: Person, *, without: str = ""
) -> Callable[[datetime], Attendee]:
    """Return what lets somebody sign in, having granted all scopes but one."""
    scopes = tuple(scope for scope in sandbox.scopes if scope != without)
    return lambda now: _signed_in(sandbox, person, now, scopes)


def _signed_in(
    sandbox: Sandbox, person: Person, now: datetime, scopes: tuple[str, ...]
) -> Attendee:
    """Let somebody of the cast sign in at this instant, by the code of the sign-in, unsaved."""
    answer = person.profile(scopes, now)
    profile = sandbox.backend.parse_profile(answer, scopes=scopes, now=now)
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


def _stale(attendee: Attendee) -> Attendee:
    attendee.verified_at = None
    return attendee


def _blocked(attendee: Attendee) -> Attendee:
    attendee.is_blocked = True
    return attendee
