"""Make the event of the drill: `manage.py shell` reads this."""

from datetime import timedelta

from django.utils import timezone

from events.models import Event
from events.search import renew

soon = timezone.now() + timedelta(days=7)
Event.objects.create(
    title="Drill",
    slug="drill",
    starts_at=soon,
    ends_at=soon + timedelta(hours=2),
    status=Event.Status.PUBLISHED,
)
renew(Event.objects.filter(slug="drill"))
