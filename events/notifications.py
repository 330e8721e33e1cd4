"""One function per message: it writes the words and the row, and decides nothing.

The row is written in the caller's transaction; delivery follows the commit, so nobody hears of what
did not happen, and a mail server that is down undoes no registration.
"""

import logging
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import pricing, times
from .models import Attendee, Notification, Registration

logger = logging.getLogger(__name__)


def registered(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("You are in: %(title)s") % _words(registration)
        body = _("You have a place at “%(title)s”.\n\nIt starts %(start)s.") % _words(registration)
        _owe(registration, "registered", title, body)


def waitlisted(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("On the waitlist: %(title)s") % _words(registration)
        body = _(
            "All places at “%(title)s” are taken, so you are on the waitlist. "
            "You move up by yourself when a place becomes free, and we write to you then."
        ) % _words(registration)
        _owe(registration, "waitlisted", title, body)


def place_given(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("A place became free, you are in: %(title)s") % _words(registration)
        body = _(
            "You moved up from the waitlist: you have a place at “%(title)s”.\n\n"
            "It starts %(start)s."
        ) % _words(registration)
        _owe(registration, "place-given", title, body)


def payment_due(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("Please pay to keep your place: %(title)s") % _words(registration)
        body = _(
            "A place at “%(title)s” is kept for you until %(deadline)s.\n\n"
            "Pay %(amount)s by then, or the place goes to the next person."
        ) % _words(registration)
        _owe(registration, "payment-due", title, body)


def hold_lapsed(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("Your place was not paid for in time: %(title)s") % _words(registration)
        body = _(
            "The place at “%(title)s” was kept for you until %(deadline)s and has gone on. "
            "You are welcome to sign up again."
        ) % _words(registration)
        _owe(registration, "hold-lapsed", title, body)


def cancelled(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("Cancelled: %(title)s") % _words(registration)
        body = _("Your registration for “%(title)s” is cancelled.") % _words(registration)
        _owe(registration, "cancelled", title, body)


def confirm_address(attendee: Attendee, link: str) -> None:
    """Mails the link that proves an address. No row: its secret must not lie in the database."""
    with translation.override(attendee.language):
        title = _("Confirm your e-mail address")
        body = _(
            "Somebody, hopefully you, gave this address at %(site)s.\n\n"
            "Confirm it here:\n%(link)s\n\n"
            "The link works for three days. If it was not you, there is nothing to do."
        ) % {"site": settings.SITE_URL, "link": link}
    send = partial(send_mail, title, body, None, [attendee.user.email])
    transaction.on_commit(send, robust=True)


def _words(registration: Registration) -> dict[str, str]:
    """What the sentences may name. A title is one line of text, whatever was typed into it."""
    zone = registration.event.zone
    deadline = registration.hold_until
    return {
        "title": " ".join(registration.bookable.title.split()),
        "start": times.in_words(registration.bookable.starts_at, zone),
        "deadline": times.in_words(deadline, zone) if deadline else "",
        "amount": pricing.format_amount(registration.amount, registration.currency),
    }


def _owe(registration: Registration, kind: str, title: str, body: str) -> None:
    address = settings.SITE_URL + reverse("events:registrations")
    notification = Notification.objects.create(
        attendee=registration.attendee,
        kind=kind,
        subject=f"registration:{registration.code}",
        title=title,
        body=f"{body}\n\n{address}\n",
        created_at=timezone.now(),
    )
    transaction.on_commit(partial(deliver, notification), robust=True)


def deliver(notification: Notification) -> bool:
    """Mail one notification to a confirmed address, once; True when it was handed over.

    The row is claimed first, so that two processes never send the same message.
    """
    attendee = notification.attendee
    if not (attendee.user.email and attendee.email_confirmed_at and attendee.user.is_active):
        return False
    unsent = Notification.objects.filter(pk=notification.pk, sent_at__isnull=True)
    if not unsent.update(sent_at=timezone.now()):
        return False
    try:
        send_mail(notification.title, notification.body, None, [attendee.user.email])
    except OSError:  # smtplib's errors too: the registration stands, the message waits
        logger.exception("Could not deliver notification %s", notification.pk)
        Notification.objects.filter(pk=notification.pk).update(sent_at=None)
        return False
    return True
