"""The words of entries: a title that says what one has, and a few whole sentences.

Public entries have the main texts of an event, those of one person the texts in their language.
A calendar is fetched long before the event, and may be read by others. So an entry always leads to
a page of the site, and has the link into the session only while that page shows it, too.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from events.access.entrance import session_address
from events.formatting import text
from events.models import Bookable, Registration
from events.models.event_kind import EventKind
from events.models.session_address import is_world

Status = Registration.Status


def kind(bookable: Bookable) -> str:
    return str(EventKind(bookable.event.kind).label)


def way_in(registration: Registration, now: datetime) -> str:
    """Return the link into the session for somebody who may use it now; "" otherwise."""
    if not registration.event.is_published:
        return ""
    return text.clean_line(session_address(registration, now))


def public_summary(bookable: Bookable) -> str:
    title = text.clean_line(bookable.title)
    return _("Cancelled: {title}").format(title=title) if bookable.event.is_cancelled else title


def public_description(bookable: Bookable, page: str) -> str:
    return _lines(_about(bookable, bookable.event.title, bookable.summary), page)


def own_summary(registration: Registration, now: datetime) -> str:
    title = text.clean_line(registration.bookable.shown_title)
    sentence = _summary_of(registration, now)
    return sentence.format(title=title)


def _summary_of(registration: Registration, now: datetime) -> str:
    if not registration.is_active:
        return _("No place any more: {title}")
    if registration.event.is_cancelled:
        return _("Cancelled: {title}")
    if registration.event.is_published and registration.has_lapsed(now):
        return _("No place any more: {title}")
    if registration.status == Status.AWAITING_PAYMENT:
        return _("Not paid yet: {title}")
    if registration.awaits_draw:
        return _("In the draw: {title}")
    if registration.status == Status.WAITLISTED:
        return _("On the waitlist: {title}")
    return "{title}"


def own_description(registration: Registration, page: str, now: datetime) -> str:
    state, entrance = _state(registration, now), _entrance(registration, now)
    place = _("Your place: {page}").format(page=page)
    bookable = registration.bookable
    about = _about(bookable, bookable.event.shown_title, bookable.shown_summary)
    return _lines(state, about, entrance, place)


def _about(bookable: Bookable, event_title: str, summary: str) -> str:
    summary = text.clean_line(summary)
    if bookable.workshop_id is None:
        return summary
    event = _("Workshop at {event}").format(event=text.clean_line(event_title))
    return _lines(event, summary)


def _state(registration: Registration, now: datetime) -> str:
    if not registration.is_active:
        return _("You no longer have this place or spot.")
    if registration.event.is_cancelled:
        return _("The event does not take place.")
    if registration.event.is_draft:
        return _(
            "The organizers have taken this event off the site for now. You keep what you have."
        )
    if registration.has_lapsed(now):
        return _("You no longer have this place or spot.")
    if registration.status == Status.AWAITING_PAYMENT:
        return _("A place is kept for you. It is yours once you have paid.")
    if registration.awaits_draw:
        return _("You take part in the draw. You have no place yet.")
    if registration.status == Status.WAITLISTED:
        return _("You are on the waitlist. You have no place yet.")
    return _("You are in.") if now < registration.bookable.ends_at else _("You had a place.")


def _entrance(registration: Registration, now: datetime) -> str:
    event = registration.event
    is_in = registration.status == Status.CONFIRMED and event.is_published
    if not is_in or now >= event.ends_at:
        return ""
    if registration.workshop_id is not None:
        return _(
            "The workshop is at the event. The link into the session is with your place there."
        )
    address = way_in(registration, now)
    if is_world(address):
        return _("Open the world: {address}").format(address=address)
    if address:
        return _("Enter the session: {address}").format(address=address)
    return _("The link into the session appears on the page of your place when it is time.")


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
