"""Close an account, or erase the person behind it."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from social_django.models import UserSocialAuth

from events import places
from events.models import Attendee, Notification, PasswordResetRequest, Registration
from events.models.attendee import new_calendar_token


def deactivate(user: User) -> int:
    """Close an account and give up its places; return how many registrations ended.

    The account is closed first. If this is interrupted, housekeeping gives up the rest.
    """
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    attendee = Attendee.objects.filter(user=user).first()
    return places.release(attendee=attendee) if attendee else 0


def erase(user: User) -> int:
    """Forget who somebody was and give up their places; return how many registrations ended.

    Registrations stay without a name, because places and money still have to add up. The same Neos
    account may come back as a new person.
    """
    _anonymize(user)
    return deactivate(user)


@transaction.atomic
def _anonymize(user: User) -> None:
    attendee, _created = Attendee.objects.select_for_update().get_or_create(user=user)
    attendee.forget_neos()
    attendee.former_neos_ids.all().delete()
    attendee.display_name = ""
    attendee.calendar_token = new_calendar_token()
    attendee.email_confirmed_at = None
    attendee.erased_at = timezone.now()
    attendee.save()
    _forget_in_logs(attendee)
    attendee.notifications.all().delete()
    PasswordResetRequest.objects.filter(address__iexact=user.email).delete()
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
    """Take names out of the admin's log, which wrote them down. The rest of it stays."""
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
