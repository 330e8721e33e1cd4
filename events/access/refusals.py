"""Say why somebody may not have a place: a stable code, and its words when somebody reads them.

The same codes appear on the page, in the admin and on the command line. Rules only
choose a code; sentence and next step are made here, in the language of that moment.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from events.formatting.contact import Contact, contact_of, site_contact
from events.models import Bookable, Event, Registration

from .aim import Aim, sign_in_sentence
from .clash import clash_sentence
from .later import opening_sentence
from .pledge import pledge_sentence


class Code(StrEnum):
    EVENT_CANCELLED = "event-cancelled"
    EVENT_DRAFT = "event-draft"
    REGISTRATION_NOT_OPEN = "registration-not-open"
    REGISTRATION_CLOSED = "registration-closed"
    SIGN_IN_REQUIRED = "sign-in-required"
    ACCOUNT_CLOSED = "account-closed"
    EMAIL_UNCONFIRMED = "email-unconfirmed"
    NEOS_REQUIRED = "neos-required"
    NEOS_UNVERIFIED = "neos-unverified"
    NEOS_LOCKED = "neos-locked"
    NEOS_BANNED = "neos-banned"
    NEOS_STALE = "neos-stale"
    PATREON_UNKNOWN = "patreon-unknown"
    PATREON_REQUIRED = "patreon-required"
    BLOCKED = "blocked"
    EVENT_PLACE_REQUIRED = "event-place-required"
    TIME_CLASH = "time-clash"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Step:
    """A link to the next step. The address is a path of ours, or a whole address elsewhere."""

    label: str
    address: str

    def absolute(self, site: str) -> str:
        return f"{site}{self.address}" if self.address.startswith("/") else self.address


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against a place at `bookable`.

    `instant` is when the reason ends by itself. `held` is the person's other registration that the
    reason is about: the workshop at the same time, with more of them in `also_held`, or the place
    at the event that is not confirmed. `aim` is what somebody signed out would sign in for.
    `missed` are events to which the person did not come, and because of which they have to wait.
    `without_amount`: the person is a supporter, and the platform has told no amount.
    """

    code: Code
    bookable: Bookable
    instant: datetime | None = None
    held: Registration | None = None
    also_held: tuple[Registration, ...] = ()
    aim: Aim = Aim.PLACE
    missed: tuple[Event, ...] = ()
    without_amount: bool = False

    @property
    def is_curable(self) -> bool:
        """Return whether a step of the person's own can end it."""
        return self.code in CURABLE

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code](self)

    @property
    def step(self) -> Step:
        return STEPS.get(self.code, _other_events)(self)


#: Nothing that a person does gets them a place here, so nobody is asked to sign in for it.
FINAL = (Code.EVENT_CANCELLED, Code.EVENT_DRAFT, Code.REGISTRATION_CLOSED, Code.FULL)
CURABLE = frozenset(
    {
        Code.SIGN_IN_REQUIRED,
        Code.EMAIL_UNCONFIRMED,
        Code.NEOS_REQUIRED,
        Code.NEOS_UNVERIFIED,
        Code.NEOS_STALE,
        Code.PATREON_UNKNOWN,
        Code.EVENT_PLACE_REQUIRED,
        Code.TIME_CLASH,
    }
)
#: Reasons that an event's page gives once for all of its workshops.
SAID_ONCE = frozenset({Code.SIGN_IN_REQUIRED, Code.EVENT_PLACE_REQUIRED})


def shown(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Return the reasons to read: only the final one if there is one, else the curable first."""
    final = [r for code in FINAL for r in refusals if r.code is code]
    return final[:1] or sorted(refusals, key=lambda refusal: not refusal.is_curable)


class PlaceRefused(Exception):
    """The attendee may not do this; `refusals` says why and what to do next."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals


class TooLate(Exception):
    """The registration can no longer be given up: what it was for is over."""


class DrawNotDue(Exception):
    """The event has no lottery, or its draw comes later."""


# --- Sentences -----------------------------------------------------------------------------------


def _sign_in_sentence(refusal: Refusal) -> str:
    return sign_in_sentence(refusal.aim, requires_neos=refusal.bookable.requires_neos)


def _clash_sentence(refusal: Refusal) -> str:
    if refusal.held is None:
        return gettext("It is at the same time as another workshop of yours.")
    return clash_sentence([refusal.held, *refusal.also_held])


def _full_sentence(refusal: Refusal) -> str:
    if refusal.bookable.capacity == 0:
        return gettext("There are no places yet, and there is no waitlist.")
    return gettext("All places are taken, and there is no waitlist.")


def _closed_sentence(_refusal: Refusal) -> str:
    sentence = gettext(
        "This account is closed. If you think that this is a mistake, write to %(contact)s."
    )
    return sentence % {"contact": site_contact()}


def _locked_sentence(_refusal: Refusal) -> str:
    sentence = gettext(
        "Neos has locked your Neos account. Ask Neos about it (%(contact)s). Once it is "
        "unlocked, come back and verify with Neos again."
    )
    return sentence % {"contact": settings.PLATFORM.contact}


def _banned_sentence(refusal: Refusal) -> str:
    until, bookable = refusal.instant, refusal.bookable
    if until is not None and until >= bookable.ends_at:
        return gettext(
            "Your Neos account is banned at Neos, and the ban ends only after this is over."
        )
    return gettext("Your Neos account is banned at Neos for now.")


def _blocked_sentence(refusal: Refusal) -> str:
    sentence = gettext(
        "The organizers do not let this Neos account take part. If you do not know why, "
        "write to %(contact)s."
    )
    return sentence % {"contact": contact_of(refusal.bookable.event.contact)}


SENTENCES: Mapping[Code, Callable[[Refusal], str]] = {
    Code.EVENT_CANCELLED: lambda _: gettext("This event was cancelled."),
    Code.EVENT_DRAFT: lambda _: gettext(
        "This event is not published at the moment, so nobody can take a place or move up."
    ),
    Code.REGISTRATION_NOT_OPEN: lambda r: opening_sentence(r.bookable.event, r.missed),
    Code.REGISTRATION_CLOSED: lambda _: gettext("Registration is closed."),
    Code.SIGN_IN_REQUIRED: _sign_in_sentence,
    Code.ACCOUNT_CLOSED: _closed_sentence,
    Code.EMAIL_UNCONFIRMED: lambda _: gettext(
        "Confirm your e-mail address first: follow the link in the mail we sent you."
    ),
    Code.NEOS_REQUIRED: lambda _: gettext(
        "This place needs a verified Neos account, and your account has none yet."
    ),
    Code.NEOS_UNVERIFIED: lambda _: gettext(
        "Neos says that the e-mail address of your Neos account is not verified. "
        "Verify the address at Neos. Then come back and verify with Neos again."
    ),
    Code.NEOS_LOCKED: _locked_sentence,
    Code.NEOS_BANNED: _banned_sentence,
    Code.NEOS_STALE: lambda _: gettext("Your Neos verification has expired."),
    Code.PATREON_UNKNOWN: lambda _: gettext(
        "This event is for Patreon supporters of Neos, and you have not let Neos tell us "
        "whether you are one. Verify with Neos again and tick Patreon."
    ),
    Code.PATREON_REQUIRED: lambda r: pledge_sentence(
        r.bookable.event, without_amount=r.without_amount
    ),
    Code.BLOCKED: _blocked_sentence,
    Code.EVENT_PLACE_REQUIRED: lambda _: gettext(
        "Workshops are for people with a confirmed place at the event."
    ),
    Code.TIME_CLASH: _clash_sentence,
    Code.FULL: _full_sentence,
}


# --- Next steps ----------------------------------------------------------------------------------


def _other_events(_refusal: Refusal) -> Step:
    return Step(gettext("See other events"), reverse("events:list"))


def _sign_in(refusal: Refusal) -> Step:
    return _step_and_back(gettext("Sign in"), "login", refusal.bookable)


def account_step(label: str, bookable: Bookable) -> Step:
    return _step_and_back(label, "events:account", bookable)


def neos_step(label: str, bookable: Bookable) -> Step:
    """Build a step to the part of the account that is about Neos."""
    step = account_step(label, bookable)
    return Step(label, f"{step.address}&step=neos#neos")


def _step_and_back(label: str, view: str, bookable: Bookable) -> Step:
    """Build a step that leads back to the event's page once it is done."""
    back = urlencode({"next": bookable.event.get_absolute_url()})
    return Step(label, f"{reverse(view)}?{back}")


def _verify_again(refusal: Refusal) -> Step:
    return neos_step(gettext("Verify with Neos again"), refusal.bookable)


def _event_place(refusal: Refusal) -> Step:
    label = (
        gettext("See your place at the event") if refusal.held else gettext("Take a place first")
    )
    return Step(label, f"{refusal.bookable.event.get_absolute_url()}#your-place")


def _own_registrations(_refusal: Refusal) -> Step:
    return Step(gettext("See your places"), reverse("events:registrations"))


def _write_to_organizers(refusal: Refusal) -> Step:
    return _write_to(contact_of(refusal.bookable.event.contact))


def _write_to_site(_refusal: Refusal) -> Step:
    return _write_to(site_contact())


def _write_to(contact: Contact) -> Step:
    return Step(gettext("Write to %(contact)s") % {"contact": contact}, contact.link)


#: Next steps by code; for every other code, the list of events.
STEPS: Mapping[Code, Callable[[Refusal], Step]] = {
    Code.SIGN_IN_REQUIRED: _sign_in,
    Code.EMAIL_UNCONFIRMED: lambda refusal: account_step(
        gettext("See your address or send the mail again"), refusal.bookable
    ),
    Code.NEOS_REQUIRED: lambda refusal: neos_step(
        gettext("Link your Neos account"), refusal.bookable
    ),
    Code.NEOS_UNVERIFIED: _verify_again,
    Code.NEOS_LOCKED: _verify_again,
    Code.NEOS_BANNED: _verify_again,
    Code.NEOS_STALE: _verify_again,
    Code.PATREON_UNKNOWN: _verify_again,
    Code.PATREON_REQUIRED: lambda refusal: neos_step(
        gettext("If your pledge has changed: verify with Neos again"), refusal.bookable
    ),
    Code.EVENT_PLACE_REQUIRED: _event_place,
    Code.TIME_CLASH: _own_registrations,
    Code.BLOCKED: _write_to_organizers,
}
