"""Set up a second factor, replace it, give new recovery codes, remove it.

The person is locked first: two browsers end with one app, and an erased person with none. Each
change tells the person by mail, in the same transaction.
"""

import re
from base64 import b32encode
from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.messages import texts

from . import codes, recovery
from .codes import Came, Try

NAME = "app"
#: A key that was shown and not confirmed is of no use afterwards.
FRESH = timedelta(minutes=15)


def app_of(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def key_in_fours(device: TOTPDevice) -> str:
    """Return the key as apps take it when it is typed."""
    return " ".join(re.findall(".{1,4}", b32encode(device.bin_key).decode()))


@transaction.atomic
def begin(user: User) -> TOTPDevice:
    """Make a key that counts once a code of it was typed; an earlier one like it is dropped."""
    codes.lock_person(user)
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    made: TOTPDevice = TOTPDevice.objects.create(user=user, name=NAME, confirmed=False)
    return made


def begun(user: User, pk: object) -> TOTPDevice | None:
    """Return the key that waits to be confirmed, unless it is old or was replaced."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False)
    return waiting.filter(pk=pk, created_at__gt=timezone.now() - FRESH).first()


@transaction.atomic
def confirm(user: User, pk: object, code: str) -> tuple[Try, list[str]]:
    """Let a new key count instead of an old one; return the try, and new recovery codes.

    After a wrong code the key stays as it is.
    """
    attendee = codes.lock_person(user)
    device = begun(user, pk)
    if device is None:
        return Try(Came.NOTHING), []
    tried = codes.judge(device, code, attendee)
    if not tried.is_taken:
        return tried, []
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    texts.second_factor_set_up(attendee)
    return tried, recovery.renew(user)[1]


@transaction.atomic
def renew_recovery_codes(user: User) -> tuple[StaticDevice, list[str]]:
    attendee = codes.lock_person(user)
    renewed = recovery.renew(user)
    texts.recovery_codes_renewed(attendee)
    return renewed


@transaction.atomic
def remove(user: User, code: str) -> Try:
    """Remove all that a person has set up, if the code is right."""
    attendee = codes.lock_person(user)
    tried = codes.check(user, code)
    if tried.is_taken:
        forget(user)
        texts.second_factor_removed(attendee)
    return tried


@transaction.atomic
def reset(user: User) -> None:
    """Remove it for somebody who has lost app and codes; the log of the admin keeps that.

    Nobody is signed in on the command line, so the entry stands under the person's own name.
    """
    attendee = codes.lock_person(user)
    forget(user)
    said = gettext("The second factor was removed on the command line.")
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, change_message=said)
    texts.second_factor_reset(attendee)


def forget(user: User) -> None:
    """Delete the rows. Sessions that were proved by them are not proved any more."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def drop_unconfirmed() -> int:
    """Delete keys that were shown and never confirmed; return how many."""
    old = TOTPDevice.objects.filter(confirmed=False, created_at__lte=timezone.now() - FRESH)
    return old.delete()[0] if old.exists() else 0
