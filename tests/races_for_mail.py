"""One round each of the races of housekeeping, mail and people at more than one event."""

import re
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from events.models import Event, Notification, Registration
from tests.factories import make_event, statuses
from tests.lines import register
from tests.mail_server import Sink
from tests.racing import Racers, line_up, make_person, newcomers, order, recount, unlike

PRICE = 500


def each_at_the_event_of_the_other(racers: Racers, sink: Sink) -> list[str]:
    """People sign up at one event while another event writes to them."""
    (one_event, _), (other_event, _) = (line_up(price=PRICE, people=1) for _ in range(2))
    one, other, third, fourth = newcomers(4)
    register(other, one_event)
    register(one, other_event)
    Registration.objects.filter(status="awaiting_payment").update(hold_until=timezone.now())
    both = [one_event.pk, other_event.pk]
    answers = racers.race(
        order("register", user=one.user_id, event=one_event.pk),
        order("register", user=other.user_id, event=other_event.pk),
        order("register_at_each", user=third.user_id, events=both).later(),
        order("register_at_each", user=fourth.user_id, events=both[::-1]).later(),
    )
    expected = ["expired", "awaiting_payment", *["waitlisted"] * 3]
    found = [statuses(event) for event in (one_event, other_event)]
    rows = unlike("rows", found, [expected, expected])
    return rows + recount(one_event, answers) + recount(other_event, answers)


def housekeeping_at_once(racers: Racers, sink: Sink) -> list[str]:
    """Due work is done once and told once, in any of the processes."""
    end_everything()
    lapsed, drawn, left = _due()
    sink.taken.clear()
    answers = racers.race(*[order("keep_house")] * 3)
    found = [statuses(event) for event in (lapsed, drawn, left)]
    expected = [
        ["expired", "awaiting_payment", "waitlisted"],
        ["confirmed", "waitlisted", "waitlisted"],
        ["cancelled", "confirmed"],
    ]
    # Who is drawn is chance: the order of the rows is not the order of the draw.
    found[1].sort()
    people = Registration.objects.filter(event__in=[lapsed, drawn, left]).values("attendee")
    written = Notification.objects.exclude(state="nobody").filter(attendee__in=people)
    sent = [len(sink.taken), len(_ids(sink)), written.filter(state="sent").count()]
    mail = unlike("taken, different, noted as sent", sent, [written.count()] * 3)
    counted = sum(answer for answer in answers if isinstance(answer, int))
    mail += unlike("messages that somebody sent", counted, written.count())
    faults = [fault for event in (lapsed, drawn, left) for fault in recount(event, answers)]
    return unlike("rows", found, expected) + mail + faults


def end_everything() -> None:
    """Housekeeping has no business any more with the rounds before, and thanks nobody for them."""
    long_ago = timezone.now() - timedelta(days=60)
    Event.objects.update(starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))


@transaction.atomic
def _due() -> tuple[Event, Event, Event]:
    """A hold that ran out, a draw, a closed account; each with people who wait."""
    lapsed, _ = line_up(price=PRICE, people=3)
    Registration.objects.filter(event=lapsed, status="awaiting_payment").update(
        hold_until=timezone.now()
    )
    drawn = make_event(capacity=1, draw_at=timezone.now() + timedelta(hours=1))
    for _ in range(3):
        register(make_person(), drawn)
    Event.objects.filter(pk=drawn.pk).update(draw_at=timezone.now())
    left, (leaving, _waiting) = line_up(people=2)
    leaving.attendee.user.is_active = False
    leaving.attendee.user.save()
    Notification.objects.filter(attendee=leaving.attendee).update(state="nobody")
    return lapsed, drawn, left


def _ids(sink: Sink) -> set[str]:
    """Message-IDs of what was taken."""
    found = (
        re.search(r"^message-id: (.*)$", text, re.MULTILINE | re.IGNORECASE) for text in sink.taken
    )
    return {match[1] for match in found if match}


def erased_while_written_to(racers: Racers, sink: Sink) -> list[str]:
    """Somebody has themselves forgotten in the moment in which their mail goes out."""
    end_everything()
    event, (leaving, _first) = line_up(people=2)
    for other in (make_event() for _ in range(4)):
        register(leaving.attendee, other)
    answers = racers.race(
        order("keep_house"),
        order("erase", user=leaving.attendee.user_id).later(),
        order("keep_house"),
    )
    kept = Notification.objects.filter(attendee=leaving.attendee).exclude(state="nobody")
    rows = unlike("rows", statuses(event), ["cancelled", "confirmed"])
    return rows + unlike("messages kept", kept.count(), 0) + recount(event, answers)
