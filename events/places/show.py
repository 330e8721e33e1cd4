"""Show somebody's name among the people who come, if they say so themselves."""

from events.models import Registration


def show(*, registration: Registration, is_shown: bool) -> bool:
    """Return False if there is no confirmed place at an event, so that nothing was changed.

    It holds for this place only: one that is given up, or taken anew, is not shown.
    """
    mine = Registration.objects.filter(
        pk=registration.pk, workshop=None, status=Registration.Status.CONFIRMED
    )
    return bool(mine.update(is_shown=is_shown))
