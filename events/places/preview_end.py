"""End the preview of a draft once the event is public."""

from datetime import datetime

from events.models import Event, PreviewLink


def end_preview(event: Event, *, was_draft: bool, now: datetime) -> None:
    """End the secret link for good if a draft became public: it shows no later draft. Call it
    under the event's lock.
    """
    if was_draft and not event.is_draft:
        PreviewLink.objects.filter(event=event, ended_at=None).update(ended_at=now)
