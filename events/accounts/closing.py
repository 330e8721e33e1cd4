"""Close an account, or erase the person behind it."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from social_django.models import UserSocialAuth

from events import pictures, places
from events.formatting import text
from events.models import Attendee, PasswordResetRequest, Payment, Refund
from events.models.attendee import new_calendar_token

from . import admin_log, names
from .second_factor import devices


def deactivate(user: User) -> int:
    """Close an account and give up its places; return how many registrations ended.

    The account is closed first. If this is interrupted, housekeeping gives up the rest.
    """
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    attendee = Attendee.objects.filter(user=user).first()
    return places.release(attendee=attendee) if attendee else 0


def erase(user: User, *, by_choice: bool = True) -> int:
    """Forget who somebody was and give up their places; return how many registrations ended.

    Registrations stay without a name, because places and money still have to add up. The same Neos
    account may come back as a new person. Money comes back as after cancelling if the person asked
    for this (`by_choice`), and in full if others decided it.
    """
    _anonymize(user, by_choice=by_choice)
    _end_sessions(user)
    return deactivate(user)


def erase_if(user: User, *, is_due: Callable[[], bool]) -> bool:
    """Erase somebody if `is_due` still says so, which is asked once nobody can sign in or sign up
    as this person any more; return whether it did. Others decided it, so money comes back in full.

    It is for people who have not been here for so long that no session of theirs is alive.
    """
    with transaction.atomic():
        locked = _lock(user)
        if locked is None or not is_due():
            return False
        _anonymize(locked, by_choice=False)
    deactivate(locked)
    return True


def _lock(user: User) -> User | None:
    """Lock the person, then their account, which signing in writes; None if it is gone."""
    Attendee.objects.select_for_update().filter(user=user.pk).first()
    return User.objects.select_for_update().filter(pk=user.pk).first()


def is_erased(user: User) -> bool:
    """Tell whether a person was erased, and lock them, so that they stay until the commit if not.

    Call it in the transaction that writes the user's row.
    """
    attendee, _created = Attendee.objects.select_for_update().get_or_create(user=user)
    return attendee.erased_at is not None


@transaction.atomic
def _anonymize(user: User, *, by_choice: bool) -> None:
    attendee, _created = Attendee.objects.select_for_update().get_or_create(user=user)
    admin_log.forget(attendee)
    _forget_typed_by_organizers(attendee)
    places.forget_answers(attendee=attendee)
    _forget_requests(attendee, user)
    attendee.notifications.all().delete()
    attendee.follows.all().delete()
    attendee.roles.all().delete()
    attendee.muted_topics.all().delete()
    user.announcements.update(author=None)  # the words belong to the event
    user.export_columns.all().delete()
    devices.forget(user)
    pictures.drop(attendee)
    _empty(attendee, by_choice=by_choice)
    attendee.former_neos_ids.all().delete()
    UserSocialAuth.objects.filter(user=user).delete()
    user.organized_events.clear()
    user.groups.clear()
    user.user_permissions.clear()
    user.username = names.nameless()
    user.first_name = user.last_name = user.email = ""
    user.is_staff = user.is_superuser = user.is_active = False
    user.last_login = None
    user.set_unusable_password()
    user.save()


def _empty(attendee: Attendee, *, by_choice: bool) -> None:
    """Put back every field that describes the person; somebody erased twice has left but once."""
    blank = Attendee()
    attendee.forget_neos()
    for name in ("display_name", "time_zone", "language", "pending_email", "email_confirmed_at"):
        setattr(attendee, name, getattr(blank, name))
    attendee.calendar_token = new_calendar_token()
    if attendee.erased_at is None:
        attendee.erased_at = timezone.now()
        attendee.left_by_choice = by_choice
    attendee.save()


def _forget_typed_by_organizers(attendee: Attendee) -> None:
    """Empty notes and reasons about money and places, and references of money that came or went by
    hand. Nobody knows any more whose link to a place it was.

    References of a provider stay: without them no refund could be asked for or accounted for.
    """
    payments = Payment.objects.filter(registration__attendee=attendee)
    payments.update(note="", decision="")
    payments.filter(provider=Payment.BY_HAND).update(reference="")
    refunds = Refund.objects.filter(payment__registration__attendee=attendee)
    refunds.update(note="")
    # No provider was asked for a refund that somebody noted without a try.
    by_hand = Q(payment__provider=Payment.BY_HAND) | Q(requested_by__isnull=False, tries=0)
    refunds.filter(by_hand).update(reference="")
    places.forget_reasons(attendee=attendee)
    attendee.used_invitations.update(used_by=None, reason="")


def _forget_requests(attendee: Attendee, user: User) -> None:
    """Forget requests for a new password in any spelling of the person's addresses."""
    own = {text.address_key(address) for address in (user.email, attendee.pending_email)} - {""}
    asked = PasswordResetRequest.objects.all()
    pks = [one.pk for one in asked.iterator() if text.address_key(one.address) in own]
    PasswordResetRequest.objects.filter(pk__in=pks).delete()


def _end_sessions(user: User) -> None:
    """Delete the person's sessions. They are encoded, so each that is alive has to be read."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    pk = str(user.pk)
    own = [s.pk for s in alive.iterator() if s.get_decoded().get("_auth_user_id") == pk]
    Session.objects.filter(pk__in=own).delete()
