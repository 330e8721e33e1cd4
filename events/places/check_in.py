"""Note that a person came."""

from django.utils import timezone

from events.models import Registration


def check_in(*, registration: Registration) -> bool:
    """Note that the person came; False when they have no confirmed place or were noted before."""
    confirmed = Registration.objects.filter(
        pk=registration.pk, status=Registration.Status.CONFIRMED
    )
    return bool(confirmed.filter(checked_in_at=None).update(checked_in_at=timezone.now()))
