"""Kinds of messages and states, in words for the person whom they are about.

The labels of the models are for organizers.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Notification, Payment

Kind, Sent, Paid = Notification.Kind, Notification.State, Payment.Status
Words = dict[str, str | Promise]

MESSAGES: Words = {
    Kind.REGISTERED: _("You have a place"),
    Kind.WAITLISTED: _("You are on the waitlist, or take part in the draw"),
    Kind.PASSED_OVER: _("You were skipped for a free place"),
    Kind.PLACE_GIVEN: _("You moved up or were drawn"),
    Kind.PAYMENT_DUE: _("Please pay for your place"),
    Kind.HOLD_ENDS: _("Your place is kept for one more day"),
    Kind.HOLD_LAPSED: _("You did not pay in time"),
    Kind.PAID: _("Receipt"),
    Kind.GIVEN_UP: _("You gave up your place or your spot"),
    Kind.CANCELLED: _("The organizers cancelled your place or your spot"),
    Kind.EVENT_CANCELLED: _("The event was cancelled"),
    Kind.EVENT_RESTORED: _("The event takes place after all"),
    Kind.TIME_CHANGED: _("The event was moved to another time"),
    Kind.TIME_CLASH: _("Two of your workshops are at the same time"),
    Kind.DRAW_MOVED: _("The draw was moved to another time"),
    Kind.MONEY_GOES_BACK: _("We could not keep your payment"),
    Kind.REFUNDED: _("Your money went back to you"),
    Kind.PAYMENT_MISTAKEN: _("Your payment was noted by mistake"),
    Kind.CONFIRM_ADDRESS: _("Link to confirm your e-mail address"),
    Kind.ADDRESS_CHANGE: _("Your e-mail address was changed"),
    Kind.PASSWORD_RESET: _("Link to choose a new password"),
    Kind.SECOND_FACTOR: _("About your second factor"),
    Kind.REGISTRATION_OPEN: _("Registration opened"),
    Kind.NEW_EVENT: _("New event of a host that you follow"),
    Kind.REMINDER_DAY: _("Reminder one day before"),
    Kind.REMINDER_HOUR: _("Reminder one hour before"),
    Kind.SESSION_OPEN: _("The session opened"),
    Kind.SESSION_CHANGED: _("The link into the session changed"),
    Kind.THANKS: _("Thanks for coming"),
    Kind.ANNOUNCEMENT: _("Message from the organizers"),
    Kind.ROLE_GIVEN: _("You were given a role"),
}
DELIVERY: Words = {
    Sent.QUEUED: _("not sent yet"),
    Sent.SENDING: _("being sent"),
    Sent.SENT: _("was sent"),
    Sent.DEAD: _("could not be delivered"),
    Sent.NOBODY: _("not sent: there was no confirmed address"),
}
PAYMENTS: Words = {
    Paid.OPEN: _("not paid yet"),
    Paid.PAID: _("you paid this"),
    Paid.FAILED: _("the payment failed"),
    Paid.REFUND_DUE: _("goes back to you"),
    Paid.REFUNDED: _("went back to you"),
    Paid.MISTAKEN: _("was noted by mistake"),
}


def about(message: Notification) -> str:
    return str(MESSAGES.get(message.kind, message.kind))


def delivery(message: Notification) -> str:
    return str(DELIVERY.get(message.state, message.state))


def state_of(payment: Payment) -> str:
    return str(PAYMENTS.get(payment.status, payment.status))
