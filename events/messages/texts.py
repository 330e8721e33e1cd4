"""One function per message: it writes the words and the row, and decides nothing.

The row is written in the caller's transaction and its words wait in the mail queue, which
`delivery` empties: nobody hears of what did not happen, and no page waits for a mail server.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from post_office.models import STATUS, Email

from events.access.refusals import Refusal, Step
from events.formatting import money, times
from events.models import Attendee, Notification, Registration

#: The kind of message that goes to an address before it is proved.
CONFIRM_ADDRESS = "confirm-address"
#: Stands in the stored words for the link, which is made at delivery.
LINK = "[link]"


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


def entered_draw(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("You take part in the draw: %(title)s") % _words(registration)
        body = _(
            "Places at “%(title)s” are drawn on %(draw)s. We write to you if you get one; "
            "otherwise you are on the waitlist then, in the order of the draw.\n\n"
            "To check the draw, keep this. SHA-256 of its secret seed: %(commitment)s; "
            "your code: %(code)s"
        ) % _words(registration)
        _owe(registration, "waitlisted", title, body)


def passed_over(refused: Iterable[tuple[Registration, Sequence[Refusal]]]) -> None:
    """Tell those who wait why a free place was not theirs, once for the same reasons."""
    people = [registration.attendee_id for registration, _refusals in refused]
    told = Notification.objects.filter(kind="passed-over", attendee__in=people)
    known = set(told.values_list("subject", flat=True))
    for registration, refusals in refused:
        if refusals and _about(registration, _codes(refusals)) not in known:
            _tell_passed_over(registration, refusals)


def money_goes_back(registration: Registration, payment: int, why: str) -> None:
    """`payment` tells this money from other money for the same place; `why` ends a sentence."""
    with translation.override(registration.attendee.language):
        words = _words(registration) | {"why": why}
        title = _("Your money goes back: %(title)s") % words
        body = (
            _(
                "Money for “%(title)s” cannot be kept, because %(why)s. You get it back; the "
                "organizers see to it."
            )
            % words
        )
        _owe(registration, "money-goes-back", title, body, str(payment))


def refunded(registration: Registration, amount: str, payment: int) -> None:
    """`amount` as it is read, like "€15.00"."""
    with translation.override(registration.attendee.language):
        words = _words(registration) | {"back": amount}
        title = _("You have your money back: %(title)s") % words
        body = (
            _(
                "%(back)s for “%(title)s” is on its way to you, in the way in which you paid. "
                "Banks may take a few days."
            )
            % words
        )
        _owe(registration, "refunded", title, body, str(payment))


def _about(registration: Registration, suffix: str = "") -> str:
    """What a message is about; `suffix` tells reasons apart that may come more than once."""
    return f"registration:{registration.code}" + (f":{suffix}" if suffix else "")


def _codes(refusals: Sequence[Refusal]) -> str:
    return "+".join(refusal.code.value for refusal in refusals)


def _tell_passed_over(registration: Registration, refusals: Sequence[Refusal]) -> None:
    with translation.override(registration.attendee.language):
        title = _("A free place could not be yours: %(title)s") % _words(registration)
        intro = _(
            "A place at “%(title)s” became free, but you could not have it. You keep your spot on "
            "the waitlist. This is in the way:"
        ) % _words(registration)
        reasons = [f"– {refusal.sentence}\n  {_link(refusal.step)}" for refusal in refusals]
        body = "\n\n".join([intro, *reasons])
        _owe(registration, "passed-over", title, body, _codes(refusals))


def _link(step: Step) -> str:
    return f"{step.label}: {settings.SITE_URL}{step.address}"


def drawn(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("You were drawn, you are in: %(title)s") % _words(registration)
        body = _(
            "The draw was held, and you have a place at “%(title)s”.\n\nIt starts %(start)s."
        ) % _words(registration)
        _owe(registration, "place-given", title, body)


def draw_moved(registration: Registration, changes: int) -> None:
    with translation.override(registration.attendee.language):
        title = _("Another time for the draw: %(title)s") % _words(registration)
        body = _("Places at “%(title)s” are now drawn on %(draw)s.") % _words(registration)
        _owe(registration, "draw-moved", title, body, str(changes))


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
            "The place at “%(title)s” was kept for you until %(deadline)s, and is not any more. "
            "You are welcome to sign up again. If you have paid all the same, we write again."
        ) % _words(registration)
        _owe(registration, "hold-lapsed", title, body)


def cancelled(registration: Registration) -> None:
    with translation.override(registration.attendee.language):
        title = _("Cancelled: %(title)s") % _words(registration)
        body = _("Your registration for “%(title)s” is cancelled.") % _words(registration)
        _owe(registration, "cancelled", title, body)


def event_cancelled(registration: Registration, changes: int) -> None:
    with translation.override(registration.attendee.language):
        title = _("Cancelled by the organizers: %(title)s") % _words(registration)
        body = _(
            "“%(title)s” does not take place. You need not do anything. What you paid goes back to "
            "you; the organizers see to it."
        ) % _words(registration)
        _owe(registration, "event-cancelled", title, body, str(changes))


def event_restored(registration: Registration, changes: int) -> None:
    with translation.override(registration.attendee.language):
        title = _("It takes place after all: %(title)s") % _words(registration)
        body = _(
            "“%(title)s” was cancelled, and now takes place after all. You keep what you had.\n\n"
            "It starts %(start)s."
        ) % _words(registration)
        _owe(registration, "event-restored", title, body, str(changes))


def time_changed(registration: Registration, before: datetime, changes: int) -> None:
    """`before` is the start until now; `changes` tells this change from the ones before it."""
    zone = registration.event.zone
    with translation.override(registration.attendee.language):
        title = _("Another time: %(title)s") % _words(registration)
        body = _(
            "“%(title)s” was moved.\n\nIt now starts %(start)s, and ends %(end)s.\n"
            "Before, it was to start %(before)s.\n\n"
            "You keep what you have. If the new time does not suit you, give it up here, so that "
            "somebody else can come:"
        ) % (_words(registration) | {"before": times.in_words(before, zone)})
        _owe(registration, "time-changed", title, body, str(changes))


def time_clash(registration: Registration, other: Registration, changes: int) -> None:
    """Two workshops that somebody signed up for are at the same time now."""
    with translation.override(registration.attendee.language):
        words = _words(registration) | {"other": _words(other)["title"]}
        title = _("At the same time now: %(title)s and %(other)s") % words
        body = (
            _(
                "“%(title)s” and “%(other)s” now overlap, because one of them was moved. "
                "You keep both places. Please give up the one that you will not come to:"
            )
            % words
        )
        _owe(registration, "time-clash", title, body, f"{other.code}:{changes}")


def confirm_address(attendee: Attendee) -> None:
    """Owes the link that proves an address. It is a secret: what is stored has its place only."""
    with translation.override(attendee.language):
        title = _("Confirm your e-mail address")
        body = _(
            "Somebody, hopefully you, gave this address at %(site)s.\n\n"
            "Confirm it here:\n%(link)s\n\n"
            "The link works for three days. If it was not you, there is nothing to do."
        ) % {"site": settings.SITE_URL, "link": LINK}
    # Each request is a reason of its own.
    _write(attendee, CONFIRM_ADDRESS, f"address:{timezone.now().isoformat()}", title, body)


def _words(registration: Registration) -> dict[str, str]:
    """What the sentences may name. A title is one line of text, whatever was typed into it."""
    zone = registration.event.zone
    deadline, draw_at = registration.hold_until, registration.event.draw_at
    return {
        "title": " ".join(registration.bookable.title.split()),
        "start": times.in_words(registration.bookable.starts_at, zone),
        "end": times.in_words(registration.bookable.ends_at, zone),
        "commitment": registration.event.draw_commitment,
        "code": str(registration.code),
        "draw": times.in_words(draw_at, zone) if draw_at else "",
        "deadline": times.in_words(deadline, zone) if deadline else "",
        "amount": money.format_amount(registration.amount, registration.currency),
    }


def _owe(registration: Registration, kind: str, title: str, body: str, suffix: str = "") -> None:
    """Owes the message once; with a `suffix`, once for each reason that one names."""
    subject = _about(registration, suffix)
    address = settings.SITE_URL + reverse("events:registrations")
    _write(registration.attendee, kind, subject, title, f"{body}\n\n{address}\n")


def _write(attendee: Attendee, kind: str, subject: str, title: str, body: str) -> None:
    """The row, once per key, and the words in the queue for somebody who can be written to.

    A key that is there keeps its row: the words of the second are nobody's, and delivery drops
    them. To look first would cost every sign-up a statement.
    """
    notification = Notification(attendee=attendee, kind=kind, subject=subject)
    notification.created_at = timezone.now()
    if address := address_for(attendee, kind):
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{attendee.pk} {kind} {subject}")
        notification.email = _enqueue(address, title, body, f"<{name}@{settings.SITE_HOST}>")
    Notification.objects.bulk_create([notification], ignore_conflicts=True)


def _enqueue(address: str, title: str, body: str, message_id: str) -> Email:
    """Not by post_office's `send`, to which names and titles would be template code."""
    email = Email(  # type: ignore[no-untyped-call]  # post_office is not annotated
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=address,
        subject=" ".join(title.split())[:200],
        message=body,
        status=STATUS.queued,
        message_id=message_id,
    )
    Email.objects.bulk_create([email])  # its `save` may refuse, and no registration waits for that
    return email


def address_for(attendee: Attendee, kind: str) -> str:
    """Where a message of this kind may go to, or an empty string: to a proved address, and what
    proves one to an unproved address.
    """
    user = attendee.user
    if not user.is_active or attendee.erased_at is not None:
        return ""
    is_proved = attendee.email_confirmed_at is not None
    return "" if is_proved == (kind == CONFIRM_ADDRESS) else user.email
