"""The signed link that proves an e-mail address."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from events.models import Attendee

CONFIRMATION_SALT = "events.accounts.confirm-address"  # in links that were mailed
CONFIRMATION_MAX_AGE = timedelta(days=3)


def confirmation_link(attendee: Attendee) -> str:
    """Build the secret link when it is mailed. It is stored nowhere."""
    token = signing.dumps([attendee.pk, attendee.user.email], salt=CONFIRMATION_SALT)
    return settings.SITE_URL + reverse("confirm-address", kwargs={"token": token})


def read_token(token: str) -> tuple[int, str]:
    """Raises `signing.BadSignature`."""
    pk, address = signing.loads(token, salt=CONFIRMATION_SALT, max_age=CONFIRMATION_MAX_AGE)
    return pk, address
