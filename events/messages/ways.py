"""The links of a mail: the first is its button, and each has words before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from events.access import entrance
from events.formatting import lists
from events.models import Event, MailTopic, Notification, Registration

from . import topics
from .confirmation import confirmation_link, refusal_link
from .password_reset import reset_link
from .stop_link import following_address, stop_link
from .values import one_line

Kind = Notification.Kind


@dataclass(frozen=True, slots=True)
class Way:
    """A link and its words; `before` is a sentence that it follows."""

    label: str
    address: str
    before: str = ""

    @property
    def is_web(self) -> bool:
        """False for an address of a world: mail programs often take such a link away."""
        return self.address.startswith(("http:", "https:"))


def ways_of(notification: Notification) -> list[Way]:
    """Return the links that a mail leads back with; the first one is what to do now."""
    make = WAYS.get(Kind(notification.kind), _to_the_place)
    return make(notification)


def page(name: str, **values: object) -> str:
    """Return the whole address of a page of the site."""
    return settings.SITE_URL + reverse(f"events:{name}", kwargs=values)


# --- About a registration ------------------------------------------------------------------------


def _to_the_place(notification: Notification) -> list[Way]:
    registration = notification.registration
    return [_place(registration)] if registration else [_all_places()]


def _place(registration: Registration) -> Way:
    is_waiting = registration.status == Registration.Status.WAITLISTED
    label = gettext("See your spot") if is_waiting else gettext("See your place")
    return Way(label, page("place", code=registration.code))


def _all_places() -> Way:
    return Way(gettext("See your places"), page("registrations"))


def _to_the_place_or_event(notification: Notification) -> list[Way]:
    """Lead organizers, who test a message and may have no place, to the event."""
    if notification.registration or notification.event is None:
        return _to_the_place(notification)
    return [_event(notification.event)]


def _to_pay(notification: Notification) -> list[Way]:
    """Lead to the page to pay on, as long as there is something to pay."""
    registration = notification.registration
    if registration is None or not registration.is_payable(timezone.now()):
        return _to_the_place(notification)
    address = page("pay", code=registration.code)
    return [Way(gettext("Pay now"), address), _place(registration)]


def _to_the_event(notification: Notification) -> list[Way]:
    registration = notification.registration
    event = registration.event if registration else notification.event
    return [_event(event), _all_places()] if event else [_all_places()]


def _event(event: Event) -> Way:
    return Way(gettext("See the event"), settings.SITE_URL + event.get_absolute_url())


def _to_the_receipt(notification: Notification) -> list[Way]:
    registration = notification.registration
    if registration is None:
        return [_all_places()]
    return [Way(gettext("See the receipt"), page("receipt", code=registration.code))]


def _into_the_session(notification: Notification) -> list[Way]:
    """Lead into the session first, if this person may come in now; else to their place."""
    registration = notification.registration
    if registration is None:
        return [_all_places()]
    found = entrance.entrance_of(registration, timezone.now())
    label = gettext("Open the world") if found.is_world else gettext("Enter the session")
    inside = [Way(label, found.address)] if found.address else []
    return [*inside, _place(registration)]


# --- About what somebody follows -----------------------------------------------------------------


def _to_the_opening(notification: Notification) -> list[Way]:
    event = notification.event
    if event is None:
        return []
    return [Way(gettext("Take a place"), settings.SITE_URL + event.get_absolute_url())]


def _to_the_news(notification: Notification) -> list[Way]:
    return [_event(notification.event)] if notification.event else []


def _to_the_role(notification: Notification) -> list[Way]:
    event = notification.event
    if event is None:
        return []
    address = f"{settings.SITE_URL}{event.get_absolute_url()}#your-role"
    return [Way(gettext("See your role"), address)]


# --- About the account ---------------------------------------------------------------------------


def _confirm(notification: Notification) -> list[Way]:
    back = str(notification.facts.get("back", ""))
    address = confirmation_link(notification.attendee, back)
    return [Way(gettext("Confirm your e-mail address"), address)]


def _keep_address(notification: Notification) -> list[Way]:
    address = refusal_link(notification.attendee)
    return [Way(gettext("Keep my address"), address)] if address else []


def _choose_password(notification: Notification) -> list[Way]:
    return [Way(gettext("Choose a new password"), reset_link(notification.attendee.user))]


def _second_factor(_notification: Notification) -> list[Way]:
    return [Way(gettext("See your second factor"), page("second-factor"))]


WAYS: Mapping[Kind, Callable[[Notification], list[Way]]] = {
    Kind.REGISTERED: _into_the_session,
    Kind.PLACE_GIVEN: _into_the_session,
    Kind.REMINDER_DAY: _into_the_session,
    Kind.REMINDER_HOUR: _into_the_session,
    Kind.SESSION_OPEN: _into_the_session,
    Kind.SESSION_CHANGED: _into_the_session,
    Kind.PAYMENT_DUE: _to_pay,
    Kind.HOLD_ENDS: _to_pay,
    Kind.PAYMENT_MISTAKEN: _to_pay,
    Kind.EVENT_RESTORED: _to_pay,
    Kind.HOLD_LAPSED: _to_the_event,
    Kind.GIVEN_UP: _to_the_event,
    Kind.CANCELLED: _to_the_event,
    Kind.EVENT_CANCELLED: _to_the_event,
    Kind.THANKS: _to_the_event,
    Kind.PAID: _to_the_receipt,
    Kind.REFUNDED: _to_the_receipt,
    Kind.REGISTRATION_OPEN: _to_the_opening,
    Kind.NEW_EVENT: _to_the_news,
    Kind.ROLE_GIVEN: _to_the_role,
    Kind.ANNOUNCEMENT: _to_the_place_or_event,
    Kind.CONFIRM_ADDRESS: _confirm,
    Kind.ADDRESS_CHANGE: _keep_address,
    Kind.PASSWORD_RESET: _choose_password,
    Kind.SECOND_FACTOR: _second_factor,
}


# --- Why somebody gets a mail --------------------------------------------------------------------


def small_print(notification: Notification, hosts: str, stop: str) -> list[Way]:
    """Return why an unnecessary mail came, each with the link to get no more of them."""
    topic = topics.topic_of(notification.kind)
    if topic is None:
        return []
    choose = topics.link(notification.attendee_id, topic)
    other = Way(gettext("Choose which mails you get"), choose, _why(topic))
    if topic is MailTopic.NEW_EVENTS:
        return [*_stop_following(hosts, stop), other]
    if topic is MailTopic.OPENINGS:
        because = gettext("This is the only mail about this opening.")
        label = gettext("What else you follow, and how to stop")
        return [Way(label, following_address(), because), other]
    if topic is MailTopic.ORGANIZERS:
        return [Way(other.label, choose, _who_wrote(notification))]
    return [other]


def _stop_following(hosts: str, stop: str) -> list[Way]:
    """Return no link for somebody who has just stopped following all of them."""
    if not hosts:
        return []
    because = gettext("You get this mail because you follow %(hosts)s.") % {"hosts": hosts}
    return [Way(gettext("Stop following"), stop, because)]


def _who_wrote(notification: Notification) -> str:
    """Say that the words are not the site's own."""
    registration = notification.registration
    event = registration.event if registration else notification.event
    said = gettext("The organizers of “%(title)s” wrote this mail.")
    return said % {"title": one_line(event.title)} if event else ""


def _why(topic: MailTopic) -> str:
    if topic is MailTopic.THANKS:
        return gettext("You get this mail because you had a place.")
    if topic in (MailTopic.REMINDERS, MailTopic.SESSIONS):
        return gettext("You get this mail because you have a place.")
    return ""


def stop_following(notification: Notification) -> tuple[str, str]:
    """Return the names of the hosts that the person follows, and the link with which they stop."""
    event, attendee = notification.event, notification.attendee
    if event is None:
        return "", ""
    theirs = list(event.hosts.filter(follows__attendee=attendee))
    names = [one_line(host.name) for host in theirs]
    return lists.joined(names), stop_link(attendee, theirs)
