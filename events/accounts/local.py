"""Local accounts: sign-up, profile, and proving an e-mail address."""

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


def sign_up(*, user: User, language: str) -> Attendee:
    """Store a new local account and owe the link that confirms its address.

    Raises `NameTaken` if somebody else took the username meanwhile.
    """
    try:
        with transaction.atomic():
            user.save()
            attendee = Attendee.objects.create(user=user, language=language)
            texts.confirm_address(attendee)
    except IntegrityError as error:
        raise NameTaken from error
    return attendee


@transaction.atomic
def change_address(attendee: Attendee, address: str) -> bool:
    """Save the new address as unconfirmed and owe the mail with its link.

    Return False if it is the same, or the person was erased meanwhile.
    """
    locked = Attendee.objects.select_for_update().select_related("user").get(pk=attendee.pk)
    if locked.user.email == address or locked.erased_at is not None:
        return False
    locked.user.email = attendee.user.email = address
    locked.user.save(update_fields=["email"])
    locked.email_confirmed_at = attendee.email_confirmed_at = None
    locked.save(update_fields=["email_confirmed_at"])
    if address:
        texts.confirm_address(locked)
    return True


def describe(attendee: Attendee, *, display_name: str, time_zone: object) -> None:
    there = Attendee.objects.filter(pk=attendee.pk, erased_at=None)
    there.update(display_name=display_name, time_zone=time_zone)


def send_confirmation(attendee: Attendee) -> None:
    texts.confirm_address(attendee)


def read_confirmation(token: str) -> Attendee:
    """Return the attendee that the link is for; raises `InvalidLink`."""
    try:
        pk, address = confirmation.read_token(token)
    except signing.BadSignature as error:
        raise InvalidLink from error
    q = Attendee.objects.select_related("user")
    attendee = q.filter(pk=pk, user__email=address, user__is_active=True).first()
    if attendee is None:
        raise InvalidLink
    return attendee


def confirm_address(token: str) -> Attendee:
    """Confirm the address that the link was mailed to. A second time changes nothing."""
    attendee = _confirm_address(token)
    places.settle_waited_for(attendee=attendee)
    return attendee


@transaction.atomic
def _confirm_address(token: str) -> Attendee:
    """Read the address again under the lock: it may be changed at this moment."""
    Attendee.objects.select_for_update().get(pk=read_confirmation(token).pk)
    attendee = read_confirmation(token)
    if attendee.email_confirmed_at is None:
        attendee.email_confirmed_at = timezone.now()
        attendee.save(update_fields=["email_confirmed_at"])
    return attendee
