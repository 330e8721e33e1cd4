"""Accounts of people: the local ones, and the attendee that belongs to each user."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from . import notifications
from .models import Attendee, Event

CONFIRMATION_SALT = "events.accounts.confirm-address"
CONFIRMATION_MAX_AGE = timedelta(days=3)


class InvalidLink(Exception):
    """The link is not one of ours, too old, or about an address that is no longer the person's."""


def attendee_of(user: User) -> Attendee:
    """The user's attendee, made on first need: staff made on the command line have none."""
    attendee, _created = Attendee.objects.get_or_create(user=user)
    attendee.user = user
    return attendee


def viewer_of(user: User | AnonymousUser) -> Attendee | None:
    """The person who looks at a page, if signed in and known as an attendee."""
    return Attendee.objects.filter(user=user.pk).first() if user.is_authenticated else None


def attendee_facing(event: Event, user: User | AnonymousUser) -> Attendee | None:
    """The person before this event, with blocks known; nobody when signed out. Writes nothing."""
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None
    attendee = Attendee.objects.facing(event).filter(user=user).first()
    if attendee is None:
        attendee = Attendee()
        attendee.is_blocked = False
    attendee.user = user
    return attendee


class NameTaken(Exception):
    """Somebody else has just taken the same username."""


def sign_up(*, user: User, language: str) -> Attendee:
    """Store a new local account and mail the link that confirms its address; or `NameTaken`."""
    try:
        with transaction.atomic():
            user.save()
            attendee = Attendee.objects.create(user=user, language=language)
            send_confirmation(attendee)
    except IntegrityError as error:
        raise NameTaken from error
    return attendee


@transaction.atomic
def change_address(attendee: Attendee, address: str) -> bool:
    """Store another e-mail address, unconfirmed, and mail its link; False when it is the same."""
    if attendee.user.email == address:
        return False
    Attendee.objects.select_for_update().get(pk=attendee.pk)
    attendee.user.email = address
    attendee.user.save(update_fields=["email"])
    attendee.email_confirmed_at = None
    attendee.save(update_fields=["email_confirmed_at"])
    if address:
        send_confirmation(attendee)
    return True


def send_confirmation(attendee: Attendee) -> None:
    token = signing.dumps([attendee.pk, attendee.user.email], salt=CONFIRMATION_SALT)
    link = settings.SITE_URL + reverse("confirm-address", kwargs={"token": token})
    notifications.confirm_address(attendee, link)


def read_confirmation(token: str) -> Attendee:
    """The attendee that the link is for; raises `InvalidLink`."""
    try:
        pk, address = signing.loads(token, salt=CONFIRMATION_SALT, max_age=CONFIRMATION_MAX_AGE)
    except signing.BadSignature as error:
        raise InvalidLink from error
    q = Attendee.objects.select_related("user")
    attendee = q.filter(pk=pk, user__email=address, user__is_active=True).first()
    if attendee is None:
        raise InvalidLink
    return attendee


@transaction.atomic
def confirm_address(token: str) -> Attendee:
    """Confirm the address the link was mailed to; doing it twice changes nothing.

    The address is read again under the lock: one that is just being changed is not proved by it.
    """
    Attendee.objects.select_for_update().get(pk=read_confirmation(token).pk)
    attendee = read_confirmation(token)
    if attendee.email_confirmed_at is None:
        attendee.email_confirmed_at = timezone.now()
        attendee.save(update_fields=["email_confirmed_at"])
    return attendee
