"""An event with something of everything that the admin has a page for: one of each, or many."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.utils import timezone

from events.messages import announcements
from events.models import (
    Block,
    Dispute,
    DoorKey,
    Event,
    FillingPass,
    Notice,
    Payment,
    PlaceInvitation,
    Registration,
    Role,
    Workshop,
)
from events.payments.providers import manual
from tests.factories import (
    make_announcement,
    make_attendee,
    make_event,
    make_host,
    make_perk,
    make_user,
    make_workshop,
    write_page,
)
from tests.lines import register

from .ledgers import make_refund

#: Words of the scene that stand on no page of somebody who may not see it.
WORDS = ["Jam of", "Wren", "U-wren", "Whirl of", "Club of"]


def make_scene(*organizers: User) -> Event:
    """Return an event of these people, still without anything, on a site with an imprint."""
    write_page("imprint", "Who we are")
    return make_event(title="Jam of", organizers=organizers, price=500, time_zone="Asia/Tokyo")


def add_one_of_each(event: Event) -> None:
    """Add somebody to the event, and a row of everything that organizers and superusers list."""
    by = event.organizers.earliest("pk")
    number = event.registrations.filter(workshop=None).count()
    whirl = make_workshop(event, title=f"Whirl of {number}", capacity=0)
    make_perk(event, label="Perk", min_cents=number + 1)
    add_money(add_person(event, by, number))
    add_messages(event, by)
    add_links(event, whirl, by)
    host = make_host(event, make_event(organizers=[by]), name=f"Club of {number}")
    host.members.add(by)
    event.organizers.add(make_user(is_staff=True))
    Group.objects.create(name=f"Group {number}")


def add_person(event: Event, by: User, number: int) -> Registration:
    """Add somebody who paid, came, waits for a workshop and is blocked, and one who has to pay."""
    name, now = f"wren-{number}", timezone.now()
    user = make_user(username=name, email=f"{name}@example.org")
    guest = make_attendee(
        user=user, neos_id=f"U-{name}", neos_username=f"Wren {number}", email_confirmed_at=now
    )
    held, _unpaid = register(guest, event), register(make_attendee(), event)
    manual.mark_paid(registration=held, by=by, note="cash", reference="")
    register(guest, event.workshops.earliest("pk"))
    arrived = Registration.objects.filter(pk=held.pk)
    arrived.update(checked_in_at=now, checked_in_by=by, perk_label="Perk")
    Block.objects.create(neos_id=guest.neos_id, event=event, created_by=by)
    Role.objects.create(
        event=event, attendee=guest, kind="speaker", workshop=event.workshops.earliest("pk"),
        is_shown=True, created_at=now, created_by=by,
    )  # fmt: skip
    return held


def add_messages(event: Event, by: User) -> None:
    """A draft, and one that was sent to everybody who is there."""
    make_announcement(event, author=by)
    sent = make_announcement(event, author=by)
    assert announcements.send(sent, revision=0) is announcements.Outcome.DONE
    # Two hours ago, so that there may be another one.
    event.announcements.filter(pk=sent.pk).update(sent_at=timezone.now() - timedelta(hours=2))


def add_links(event: Event, workshop: Workshop, by: User) -> None:
    now = timezone.now()
    PlaceInvitation.objects.create(
        event=event,
        workshop=workshop,
        digest=uuid4().hex * 2,
        reason="Speaker",
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    DoorKey.objects.create(
        event=event, label="Hall", digest=uuid4().hex * 2, created_at=now, created_by=by
    )
    FillingPass.objects.create(
        event=event, workshop=workshop, at=now, waiting=1, moved=1, outcome="moved"
    )


def add_money(held: Registration) -> None:
    """Add money that came twice: a part went back, a bank asks about it, a notice told of it."""
    now = timezone.now()
    sums: dict[str, Any] = {"amount": 200, "currency": "EUR", "created_at": now}
    payment = Payment.objects.create(
        registration=held,
        provider="sandbox",
        reference=uuid4().hex,
        status="refund_due",
        problem="twice",
        paid_at=now,
        **sums | {"amount": 500},
    )
    make_refund(payment, amount=200)
    Dispute.objects.create(payment=payment, reference="d", status="asked", told_at=now, **sums)
    Notice.objects.create(provider="sandbox", external_id=uuid4().hex, kind="paid", received_at=now)


def noted(by: User, *rows: Model) -> None:
    """Let the history of each have an entry more."""
    for row in rows:
        LogEntry.objects.log_actions(by.pk, [row], CHANGE, "Acted.", single_object=True)
