"""Show somebody's name among the people who come, if they say so themselves."""

from events.models import Attendee, Registration, Role


def show(*, registration: Registration, is_shown: bool) -> bool:
    """Return False if there is no confirmed place at an event, so that nothing was changed.

    The same if there is no name to show, because the person has only that of their account. It
    holds for this place only: one that is given up, or taken anew, is not shown.
    """
    mine = Registration.objects.filter(
        pk=registration.pk, workshop=None, status=Registration.Status.CONFIRMED
    )
    if is_shown:
        named = Attendee.objects.with_public_name()
        mine = mine.filter(attendee__in=named.values("pk"))
    return bool(mine.update(is_shown=is_shown))


def hide_nameless(*, attendee: Attendee) -> None:
    """Stop showing somebody who has lost the name that they agreed to show.

    They are asked anew once they have another one. Nobody sees them until this is done:
    `facts.shown_people` leaves out who has no name. So it needs no lock of the person, which those
    wait for who hold the rows of registrations.
    """
    nameless = Attendee.objects.filter(pk=attendee.pk, display_name="", neos_username="")
    for rows in (Registration.objects.all(), Role.objects.all()):
        shown = rows.filter(attendee__in=nameless.values("pk"), is_shown=True)
        if shown.exists():  # a write that changes nothing would keep others waiting on SQLite
            shown.update(is_shown=False)
