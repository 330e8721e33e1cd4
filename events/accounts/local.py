"""Local accounts: sign-up, profile, password, and proving an e-mail address.

An address counts once the link that was mailed to it was followed. Until then a proved one stays
in use, and the new one is kept beside it.
"""

from django.contrib.auth.models import User
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from events import places
from events.messages import confirmation, texts
from events.models import Attendee


class InvalidLink(Exception):
    """The link is not ours, is too old, or is for an address that was changed since."""


class NameTaken(Exception):
    """Somebody else took the same username meanwhile."""


def sign_up(*, user: User, language: str, back: str = "") -> Attendee:
    """Store a new local account and owe the link that confirms its address.

    Once it is confirmed, the link leads to the page `back`. Raises `NameTaken` if somebody else
    took the username meanwhile.
    """
    try:
        with transaction.atomic():
            user.save()
            attendee = Attendee.objects.create(user=user, language=language)
            texts.confirm_address(attendee, back)
    except IntegrityError as error:
        raise NameTaken from error
    return attendee


def describe(attendee: Attendee, *, display_name: str, time_zone: object, language: str) -> None:
    there = Attendee.objects.filter(pk=attendee.pk, erased_at=None)
    there.update(display_name=display_name, time_zone=time_zone, language=language)
    places.hide_nameless(attendee=attendee)


def _locked(pk: int) -> Attendee | None:
    """Lock an attendee and load the user anew; None if the person was erased meanwhile."""
    q = Attendee.objects.select_for_update(of=("self",)).select_related("user")
    return q.filter(pk=pk, erased_at=None).first()


@transaction.atomic
def set_password(user: User, password: str) -> bool:
    """Store a new password and drop a change of address that waits to be confirmed.

    A person who takes their account back may not know that somebody else asked for the change.
    Only the password is written: the rest of `user` may be out of date. Return False if the person
    was erased meanwhile.
    """
    attendee, _created = Attendee.objects.get_or_create(user=user)
    if _locked(attendee.pk) is None:
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    Attendee.objects.filter(pk=attendee.pk).update(pending_email="")
    return True


# --- The address ---------------------------------------------------------------------------------


@transaction.atomic
def change_address(attendee: Attendee, address: str, back: str = "") -> bool:
    """Take another address, or none, and owe the mails about it.

    Return False if it is the same, or the person was erased meanwhile.

    A proved address stays in use until the new one is confirmed, and hears of the change. One that
    was never proved is replaced at once: it may have been mistyped.
    """
    locked = _locked(attendee.pk)
    if locked is None or address in (locked.user.email, locked.pending_email or None):
        return False
    old = locked.user.email if locked.email_confirmed_at is not None else ""
    _take(locked, address)
    attendee.user.email, attendee.pending_email = locked.user.email, locked.pending_email
    attendee.email_confirmed_at = locked.email_confirmed_at
    if old:
        texts.address_change(locked, old)
    if address:
        texts.confirm_address(locked, back)
    return True


def _take(attendee: Attendee, address: str) -> None:
    if address and attendee.email_confirmed_at is not None:
        attendee.pending_email = address
    else:
        attendee.user.email, attendee.pending_email = address, ""
        attendee.email_confirmed_at = None
        attendee.user.save(update_fields=["email"])
    attendee.save(update_fields=["pending_email", "email_confirmed_at"])


def drop_pending_address(attendee: Attendee) -> bool:
    """Keep the proved address; return False if no other one waits to be confirmed."""
    waiting = Attendee.objects.filter(pk=attendee.pk).exclude(pending_email="")
    return bool(waiting.update(pending_email=""))


def send_confirmation(attendee: Attendee, back: str = "") -> None:
    texts.confirm_address(attendee, back)


def read_confirmation(token: str) -> Attendee:
    """Return the attendee that the link is for; raises `InvalidLink`."""
    return _read_confirmation(token)[0]


def way_back(token: str) -> str:
    return confirmation.read_way_back(token)


def address_to_confirm(token: str) -> str:
    """Return the address that the link is for; raises `InvalidLink`."""
    return _read_confirmation(token)[1]


def _read_confirmation(token: str) -> tuple[Attendee, str]:
    try:
        pk, address = confirmation.read_token(token)
    except signing.BadSignature as error:
        raise InvalidLink from error
    attendee = _open_account(pk)
    if attendee is None or address not in (attendee.pending_email, attendee.user.email):
        raise InvalidLink
    return attendee, address


def _open_account(pk: int) -> Attendee | None:
    q = Attendee.objects.select_related("user")
    return q.filter(pk=pk, user__is_active=True, erased_at=None).first()


def confirm_address(token: str) -> Attendee:
    """Confirm the address that the link was mailed to. A second time changes nothing."""
    attendee = _confirm_address(token)
    places.settle_waited_for(attendee=attendee)
    return attendee


@transaction.atomic
def _confirm_address(token: str) -> Attendee:
    """Read the address again under the lock: it may be changed at this moment."""
    Attendee.objects.select_for_update().get(pk=read_confirmation(token).pk)
    attendee, address = _read_confirmation(token)
    if address == attendee.pending_email:
        attendee.user.email, attendee.pending_email = address, ""
        attendee.user.save(update_fields=["email"])
    elif attendee.email_confirmed_at is not None:
        return attendee
    attendee.email_confirmed_at = timezone.now()
    attendee.save(update_fields=["pending_email", "email_confirmed_at"])
    return attendee


def read_refusal(token: str) -> Attendee:
    """Return the attendee whose change of address the link refuses; raises `InvalidLink`.

    The link works while that change waits to be confirmed.
    """
    try:
        pk, mark = confirmation.read_refusal_token(token)
    except signing.BadSignature as error:
        raise InvalidLink from error
    attendee = _open_account(pk)
    if attendee is None or mark != confirmation.mark_of(attendee.pending_email):
        raise InvalidLink
    return attendee
