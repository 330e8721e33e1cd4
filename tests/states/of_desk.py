"""The organizer's desk, and the page of a registration."""

from collections.abc import Iterator

from django.utils import timezone

from events.models import Notification, Registration
from events.payments.providers import manual
from tests.factories import make_attendee, make_event, make_organizer, make_perk, make_workshop

from .state import DAY, HOUR, State, change, take


def of_desks() -> Iterator[State]:
    """An event with something of everything, a draft, and one that nobody has signed up for."""
    mika, now = make_organizer(username="mika"), timezone.now()
    busy = make_event(
        title="Busy", organizers=[mika], capacity=3, price=500, time_zone="Asia/Tokyo"
    )
    make_workshop(busy, title="霧の中のお茶会" * 5, capacity=0)
    make_perk(busy, label="Patron")
    held, paid, *_others = [take(make_attendee(), busy) for _ in range(5)]
    manual.mark_paid(registration=paid, by=mika, note="", reference="")
    change(busy, neos_required=True)
    paid.attendee.neos_locked = True
    paid.attendee.save()
    Registration.objects.filter(pk=held.pk).update(hold_until=now + HOUR)
    Notification.objects.filter(registration=held).update(state=Notification.State.DEAD)
    yield State("desk-busy", f"/admin/events/event/{busy.pk}/desk/", "needs you", mika)
    draft = make_event(title="Draft", organizers=[mika], status="draft")
    yield State("desk-draft", f"/admin/events/event/{draft.pk}/desk/", "All is well", mika)
    over = make_event(title="Over", organizers=[mika], starts_at=now - DAY)
    yield State("desk-over", f"/admin/events/event/{over.pk}/desk/", "No-shows", mika)
    page = "/admin/events/registration/{}/change/"
    yield State("registration-held", page.format(held.pk), "What happened", mika)
    yield State("registration-paid", page.format(paid.pk), "noted as received", mika)
    yield State("event-own", busy.get_absolute_url(), "Edit this event", mika)
