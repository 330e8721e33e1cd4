"""A key of a door that everybody knows, so that people can try the door of the demo at once."""

from django.utils import timezone

from events.doors import keys
from events.models import DoorKey, Event

from .people import id_of

#: It opens the event that is running. Only a demo has it: its passwords are known as well.
SECRET = "demodoorkeydemodoorkeydemodoorke"  # noqa: S105 - printed on the terminal by the demo
GUEST = id_of(2)  # has a place there


def make_key(event: Event) -> None:
    DoorKey.objects.create(
        event=event,
        label="Demo",
        digest=keys.digest_of(SECRET),
        may_check_in=True,
        created_at=timezone.now(),
    )
