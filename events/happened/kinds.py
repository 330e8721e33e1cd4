"""All kinds of things that are noted, and the fields of each; docs/operations.md says it in words.

A field holds the id of a row, a code, a number or a currency.
"""

from enum import StrEnum


class Kind(StrEnum):
    PLACE_TAKEN = "place-taken"
    PLACE_HELD = "place-held"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"
    MOVED_UP = "moved-up"
    LET_IN = "let-in"
    CONFIRMED = "confirmed"
    GIVEN_UP = "given-up"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CHECKED_IN = "checked-in"
    WENT_OUT = "went-out"
    PAID = "paid"
    REFUND_DUE = "refund-due"
    PAYMENT_FAILED = "payment-failed"
    PAYMENT_MISTAKEN = "payment-mistaken"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund-failed"
    NOTICE = "notice"
    MAIL_SENT = "mail-sent"
    MAIL_RETRIED = "mail-retried"
    MAIL_DEAD = "mail-dead"
    MAIL_DROPPED = "mail-dropped"
    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    DOOR = "door"


PLACE = ("registration", "event", "workshop")
MONEY = ("payment", "registration", "amount", "currency", "provider", "reference")
REFUND = ("refund", "payment", "registration", "amount", "currency", "reference")
MAIL = ("notification", "about")

FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.PLACE_TAKEN: PLACE,
    Kind.PLACE_HELD: PLACE,
    Kind.WAITLISTED: PLACE,
    Kind.REFUSED: ("event", "workshop", "codes"),
    Kind.MOVED_UP: PLACE,
    Kind.LET_IN: PLACE,
    Kind.CONFIRMED: PLACE,
    Kind.GIVEN_UP: PLACE,
    Kind.CANCELLED: PLACE,
    Kind.EXPIRED: PLACE,
    Kind.CHECKED_IN: PLACE,
    Kind.WENT_OUT: PLACE,
    Kind.PAID: MONEY,
    Kind.REFUND_DUE: (*MONEY, "problem"),
    Kind.PAYMENT_FAILED: ("payment", "error"),
    Kind.PAYMENT_MISTAKEN: ("payment", "registration"),
    Kind.REFUNDED: REFUND,
    Kind.REFUND_FAILED: (*REFUND, "error"),
    Kind.NOTICE: ("notice", "provider", "about", "outcome"),
    Kind.MAIL_SENT: MAIL,
    Kind.MAIL_RETRIED: (*MAIL, "error"),
    Kind.MAIL_DEAD: (*MAIL, "error"),
    Kind.MAIL_DROPPED: MAIL,
    Kind.SIGNED_IN: ("user",),
    Kind.SIGN_IN_FAILED: ("way",),
    Kind.DOOR: ("key", "event", "question", "answer"),
}
