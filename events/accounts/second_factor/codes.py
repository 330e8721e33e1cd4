"""Take a code: of the app, or one for recovery. Each works once, and guesses are slowed down.

The library keeps the last step whose code was taken, and a count of wrong codes for each device.
Both are read and written under the lock of the person, so that a code that comes twice at the same
moment is taken once. Results are returned and not raised: the count has to be committed.
"""

import re
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.accounts import attendees
from events.messages import texts
from events.models import Attendee

from . import recovery

Device: TypeAlias = TOTPDevice | StaticDevice

#: After each wrong code the pause doubles, from a second on. It ends at 2**12 seconds: somebody who
#: has the password may keep its person waiting for little more than an hour, and guesses 20 codes
#: a day.
MOST_COUNTED = 13
#: So many wrong codes are no mistyping any more: the person is told.
SUSPICIOUS = 8


class Came(StrEnum):
    """The outcomes of a try."""

    TAKEN = "taken"
    WRONG = "wrong"
    USED = "used"
    TOO_SOON = "too soon"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Try:
    """A try; `until` is when the next one counts if it came `TOO_SOON`."""

    came: Came
    device: Device | None = None
    until: datetime | None = None

    @property
    def is_taken(self) -> bool:
        return self.came is Came.TAKEN


def clean(typed: str) -> str:
    """Return the code in the one spelling, without blanks and dashes; wide digits are digits."""
    return re.sub(r"[\s\-–]", "", unicodedata.normalize("NFKC", typed)).lower()


def is_of_app(code: str) -> bool:
    return re.fullmatch(r"[0-9]{6}", code) is not None


def is_code(code: str) -> bool:
    return is_of_app(code) or recovery.is_code(code)


def lock_person(user: User) -> Attendee:
    """Keep other browsers of the same person waiting until the commit.

    Raises `PermissionDenied` if the person was erased meanwhile.
    """
    attendee = attendees.attendee_of(user)
    if not Attendee.objects.lock_present(attendee.pk):
        raise PermissionDenied
    return attendee


@transaction.atomic
def check(user: User, code: str) -> Try:
    """Try a cleaned code of either kind on what the person has set up."""
    attendee = lock_person(user)
    device = _device_for(user, code)
    if device is None:
        return Try(Came.NOTHING)
    tried = judge(device, code, attendee)
    if tried.is_taken and isinstance(device, StaticDevice):
        texts.recovery_code_used(attendee, recovery.count(user))
    return tried


def _device_for(user: User, code: str) -> Device | None:
    if is_of_app(code):
        return TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return StaticDevice.objects.filter(user=user, confirmed=True).first()


def judge(device: Device, code: str, attendee: Attendee) -> Try:
    """Try a code on a device of a person who is locked, and write down that it was tried."""
    device.throttling_failure_count = min(device.throttling_failure_count, MOST_COUNTED)
    is_allowed, why = device.verify_is_allowed()  # type: ignore[no-untyped-call]  # it has no types
    if not is_allowed:
        return Try(Came.TOO_SOON, until=why["locked_until"])
    was_used = isinstance(device, TOTPDevice) and _was_used(device, code)
    if device.verify_token(_as_stored(device, code)):  # type: ignore[no-untyped-call]  # likewise
        return Try(Came.TAKEN, device)
    if device.confirmed and device.throttling_failure_count == SUSPICIOUS:
        texts.second_factor_guessed(attendee)
    return Try(Came.USED if was_used else Came.WRONG)


def _as_stored(device: Device, code: str) -> str:
    return recovery.digest(device, code) if isinstance(device, StaticDevice) else code


def _was_used(device: TOTPDevice, code: str) -> bool:
    """Tell a right code that was taken before from a wrong one: its person waits for the next.

    A code of a step before the last one that was taken counts as used, too.
    """
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    is_right = bool(totp.verify(int(code), device.tolerance))
    return is_right and int(totp.t()) <= device.last_t
