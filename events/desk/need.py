"""One thing about an event that waits for a person."""

from dataclasses import dataclass

SEE_PEOPLE, SEE_PAYMENTS = "events.view_registration", "events.view_payment"
CHANGE_EVENT = "events.change_event"


@dataclass(frozen=True, slots=True)
class Need:
    """A sentence, and the page on which it is done, for people with the permission."""

    sentence: str
    step: str
    address: str
    details: tuple[str, ...] = ()
    permission: str = SEE_PEOPLE


def counted(
    number: int,
    sentence: str,
    step: str,
    address: str,
    *,
    details: tuple[str, ...] = (),
    permission: str = SEE_PEOPLE,
) -> Need | None:
    """Return the need if there is anybody; `sentence` has the placeholder "n"."""
    return Need(sentence % {"n": number}, step, address, details, permission) if number else None
