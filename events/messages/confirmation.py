"""The signed links about an e-mail address: one proves it, the other refuses a change of it.

They are built when they are mailed, and stored nowhere.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from events.models import Attendee

CONFIRMATION_SALT = "events.accounts.confirm-address"  # in links that were mailed
REFUSAL_SALT = "events.accounts.refuse-address"
CONFIRMATION_MAX_AGE = timedelta(days=3)
#: A change may be confirmed in the last minute, so the link that refuses it works longer.
REFUSAL_MAX_AGE = 2 * CONFIRMATION_MAX_AGE


def confirmation_link(attendee: Attendee, back: str = "") -> str:
    """`back` is the page of this site to which it leads once the address is confirmed."""
    told = [attendee.pk, attendee.address_to_prove, back]
    token = signing.dumps(told, salt=CONFIRMATION_SALT, compress=True)
    return settings.SITE_URL + reverse("confirm-address", kwargs={"token": token})


def read_token(token: str) -> tuple[int, str]:
    """Raises `signing.BadSignature`."""
    told = signing.loads(token, salt=CONFIRMATION_SALT, max_age=CONFIRMATION_MAX_AGE)
    return told[0], told[1]


def read_way_back(token: str) -> str:
    """Return the page to which the link leads, also if it is too old; "" for none."""
    try:
        told = signing.loads(token, salt=CONFIRMATION_SALT)
    except signing.BadSignature:
        return ""
    return told[2] if len(told) > 2 else ""  # links of earlier mails have two parts


def refusal_link(attendee: Attendee) -> str:
    """Return the link for the old address; "" if no new one waits to be confirmed."""
    if not attendee.pending_email:
        return ""
    token = signing.dumps([attendee.pk, mark_of(attendee.pending_email)], salt=REFUSAL_SALT)
    return settings.SITE_URL + reverse("refuse-address", kwargs={"token": token})


def read_refusal_token(token: str) -> tuple[int, str]:
    """Raises `signing.BadSignature`."""
    pk, mark = signing.loads(token, salt=REFUSAL_SALT, max_age=REFUSAL_MAX_AGE)
    return pk, mark


def mark_of(address: str) -> str:
    """Return a sign for an address that does not tell it: the link goes to another mailbox."""
    return salted_hmac(REFUSAL_SALT, address).hexdigest()[:20]
