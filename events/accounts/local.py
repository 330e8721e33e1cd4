"""Accounts of people: the local ones, and the attendee that belongs to each user."""

from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from social_django.models import UserSocialAuth

from events import places
from events.messages import texts
from events.models import Attendee, Event, Notification, Registration
from events.models.attendee import new_calendar_token

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
    """Store a new local account, and owe the link that confirms its address; or `NameTaken`."""
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
    """Store another e-mail address, unconfirmed, and mail its link; False when it is the same, or
    the person was erased in the meantime.
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
    """Store what the person says about themselves, unless they were erased in the meantime."""
    there = Attendee.objects.filter(pk=attendee.pk, erased_at=None)
    there.update(display_name=display_name, time_zone=time_zone)


def send_confirmation(attendee: Attendee) -> None:
    """Owe the link once more."""
    texts.confirm_address(attendee)


def confirmation_link(attendee: Attendee) -> str:
    """The secret that proves the address: made when it is mailed, and stored nowhere."""
    token = signing.dumps([attendee.pk, attendee.user.email], salt=CONFIRMATION_SALT)
    return settings.SITE_URL + reverse("confirm-address", kwargs={"token": token})


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


def confirm_address(token: str) -> Attendee:
    """Confirm the address the link was mailed to; doing it twice changes nothing."""
    attendee = _confirm_address(token)
    places.fill_waited_for(attendee=attendee)
    return attendee


@transaction.atomic
def _confirm_address(token: str) -> Attendee:
    """The address is read again under the lock: one that is being changed is not proved by it."""
    Attendee.objects.select_for_update().get(pk=read_confirmation(token).pk)
    attendee = read_confirmation(token)
    if attendee.email_confirmed_at is None:
        attendee.email_confirmed_at = timezone.now()
        attendee.save(update_fields=["email_confirmed_at"])
    return attendee


# --- Closing an account ------------------------------------------------------------------------


def deactivate(user: User) -> int:
    """Close an account: what the person holds or waits for goes on to others; how many that was.

    The account is closed first. Interrupted after that, housekeeping gives up the rest.
    """
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    attendee = Attendee.objects.filter(user=user).first()
    return places.release(attendee=attendee) if attendee else 0


def erase(user: User) -> int:
    """Forget who somebody was, for good, and give up what they hold; how many that was.

    Registrations stay without a name: places and money still have to add up. The same Neos account
    may come back, as somebody new.
    """
    _anonymize(user)
    return deactivate(user)


@transaction.atomic
def _anonymize(user: User) -> None:
    attendee, _created = Attendee.objects.select_for_update().get_or_create(user=user)
    attendee.forget_neos()
    attendee.display_name = ""
    attendee.calendar_token = new_calendar_token()
    attendee.email_confirmed_at = None
    attendee.erased_at = timezone.now()
    attendee.save()
    _forget_in_logs(attendee)
    Email.objects.filter(notification__attendee=attendee).delete()
    attendee.notifications.all().delete()
    UserSocialAuth.objects.filter(user=user).delete()
    user.organized_events.clear()
    user.groups.clear()
    user.user_permissions.clear()
    user.username = f"erased-{user.pk}"
    user.first_name = user.last_name = user.email = ""
    user.is_staff = user.is_superuser = user.is_active = False
    user.set_unusable_password()
    user.save()


def _forget_in_logs(attendee: Attendee) -> None:
    """The admin's log keeps what happened, and not to whom: it wrote the names down."""
    registrations = attendee.registrations.values_list("pk", flat=True)
    logged = {
        User: [attendee.user_id],
        Attendee: [attendee.pk],
        Registration: list(registrations),
        Notification: list(attendee.notifications.values_list("pk", flat=True)),
    }
    for model, pks in logged.items():
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        entries.filter(object_id__in=[str(pk) for pk in pks]).update(object_repr="erased")
