"""New passwords: the request that a page writes, and the signed link that is mailed for it.

The page only writes the address down, so it takes as long for a known address as for an unknown
one. `delivery` looks for accounts afterwards, where nobody can measure it.
"""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from events.models import Attendee, Notification, PasswordResetRequest

from . import texts
from .rounds import go_on_or_raise


def request(address: str) -> None:
    PasswordResetRequest.objects.create(address=address, created_at=timezone.now())


def answer_requests() -> None:
    """Owe every account that was asked for its link, and forget the requests.

    A request that fails is logged and stays; the others, and all other mail, have their turn.
    """
    for asked in PasswordResetRequest.objects.order_by("pk"):
        try:
            _answer(asked)
        except Exception:  # noqa: BLE001 - logged, and the next one has its turn
            go_on_or_raise(asked)


@transaction.atomic
def _answer(asked: PasswordResetRequest) -> None:
    deleted, _rows = PasswordResetRequest.objects.filter(pk=asked.pk).delete()
    if not deleted:
        return  # another process answers it
    # Django's own choice: active accounts with a password and exactly this address.
    people = [_attendee_of(user) for user in PasswordResetForm().get_users(asked.address)]
    texts.password_reset(*_not_owed_yet(people), asked_at=asked.created_at)


def _not_owed_yet(people: Sequence[Attendee]) -> list[Attendee]:
    """Leave out people whose link still waits to be mailed, however often it was asked for."""
    kind, state = Notification.Kind.PASSWORD_RESET, Notification.State.QUEUED
    waiting = Notification.objects.filter(kind=kind, state=state, attendee__in=people)
    owed = set(waiting.values_list("attendee", flat=True))
    return [attendee for attendee in people if attendee.pk not in owed]


def _attendee_of(user: User) -> Attendee:
    """Staff made on the command line have no attendee yet."""
    attendee, _created = Attendee.objects.get_or_create(user=user)
    attendee.user = user
    return attendee


def reset_link(user: User) -> str:
    """Build the secret link when it is mailed; it ends with the next sign-in or new password."""
    values = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    return settings.SITE_URL + reverse("password_reset_confirm", kwargs=values)
