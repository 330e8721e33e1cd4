"""Say what somebody could do for themselves beside a place: nothing here is against one."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from events.models import Bookable

from .refusals import Code, Step, account_step, neos_step


@dataclass(frozen=True, slots=True)
class PatreonHint:
    """Nothing against a place, but a way to a perk, for somebody whose pledge is not known."""

    bookable: Bookable
    code: Code = Code.PATREON_UNKNOWN

    @property
    def sentence(self) -> str:
        return gettext(
            "Patreon supporters of Neos have advantages here, and you have not let Neos tell us "
            "whether you are one. If you are, verify with Neos again and tick Patreon."
        )

    @property
    def step(self) -> Step:
        return neos_step(gettext("Verify with Neos again"), self.bookable)


class MailHintCode(StrEnum):
    NO_ADDRESS = "no-address"
    ADDRESS_UNCONFIRMED = "address-unconfirmed"


class MailAbout(StrEnum):
    """Name the messages that the person would miss."""

    PLACES = "places"
    OPENING = "opening"
    HOST = "host"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class MailHint:
    """Nothing against a place, but no message about it can reach the person.

    `back` is the page to come back to where there is no `bookable`.
    """

    code: MailHintCode
    bookable: Bookable | None = None
    about: MailAbout = MailAbout.PLACES
    back: str = ""

    @property
    def sentence(self) -> str:
        is_missing = self.code is MailHintCode.NO_ADDRESS
        return (_without_address() if is_missing else _with_unproved_address())[self.about]

    @property
    def step(self) -> Step:
        is_missing = self.code is MailHintCode.NO_ADDRESS
        label = gettext("Add an address") if is_missing else gettext("Confirm it")
        if self.bookable is not None:
            return account_step(label, self.bookable)
        query = f"?{urlencode({'next': self.back})}" if self.back else ""
        part = "profile" if is_missing else "to-prove"
        return Step(label, f"{reverse('events:account')}{query}#{part}")


def _without_address() -> dict[MailAbout, str]:
    return {
        MailAbout.PLACES: gettext(
            "We have no e-mail address of yours, so no message reaches you: not when a place "
            "becomes free for you, nor when the event is moved or cancelled."
        ),
        MailAbout.OPENING: gettext(
            "We have no e-mail address of yours, so we cannot tell you when it opens."
        ),
        MailAbout.HOST: gettext(
            "We have no e-mail address of yours, so we cannot tell you about new events."
        ),
        MailAbout.ACCOUNT: gettext(
            "We have no e-mail address of yours, so no message about your places or about what you "
            "follow reaches you."
        ),
    }


def _with_unproved_address() -> dict[MailAbout, str]:
    return {
        MailAbout.PLACES: gettext(
            "Your e-mail address is not confirmed, so no message reaches you: not when a place "
            "becomes free for you, nor when the event is moved or cancelled."
        ),
        MailAbout.OPENING: gettext(
            "Your e-mail address is not confirmed, so we cannot tell you when it opens."
        ),
        MailAbout.HOST: gettext(
            "Your e-mail address is not confirmed, so we cannot tell you about new events."
        ),
        MailAbout.ACCOUNT: gettext(
            "Your e-mail address is not confirmed, so no message about your places or about what "
            "you follow reaches you."
        ),
    }
