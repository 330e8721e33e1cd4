"""Record that somebody came."""

from django.utils import timezone

from events.models import Registration


def check_in(*, registration: Registration) -> bool:
    """Return False if there is no confirmed place, or if they were checked in before."""
    confirmed = Registration.objects.filter(
        pk=registration.pk, status=Registration.Status.CONFIRMED
    )
    return bool(confirmed.filter(checked_in_at=None).update(checked_in_at=timezone.now()))
