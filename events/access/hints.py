"""Say what somebody could do for themselves beside a place: nothing here is against one."""

from dataclasses import dataclass
from enum import StrEnum

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
            "whether you are one. If you are, verify again and tick Patreon."
        )

    @property
    def step(self) -> Step:
        return neos_step(gettext("Verify again"), self.bookable)


class MailHintCode(StrEnum):
    NO_ADDRESS = "no-address"
    ADDRESS_UNCONFIRMED = "address-unconfirmed"


@dataclass(frozen=True, slots=True)
class MailHint:
    """Nothing against a place, but no message about it can reach the person."""

    code: MailHintCode
    bookable: Bookable | None = None

    @property
    def sentence(self) -> str:
        if self.code is MailHintCode.NO_ADDRESS:
            return gettext(
                "We have no e-mail address of yours, so no message reaches you: not when a place "
                "becomes free for you, nor when the event is moved or cancelled."
            )
        return gettext(
            "Your e-mail address is not confirmed, so no message reaches you: not when a place "
            "becomes free for you, nor when the event is moved or cancelled."
        )

    @property
    def step(self) -> Step:
        label = gettext("Add an address")
        if self.code is MailHintCode.ADDRESS_UNCONFIRMED:
            label = gettext("Confirm it")
        if self.bookable is None:
            return Step(label, f"{reverse('events:account')}#profile")
        return account_step(label, self.bookable)
