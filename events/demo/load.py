"""Load the demo through the code that people use, so that it obeys every rule."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from events import places
from events.models import Event, Host, PatronPerk, Question, Registration, Workshop
from events.payments.providers import manual
from events.places import event_edits

from .content import EVENTS
from .door import make_key
from .hosts import HOSTS
from .pages import make_pages
from .people import make_attendees, make_staff
from .plan import EventPlan, HostPlan, WorkshopPlan
from .sign_ups import sign_ups
from .words import of_platform

Item = TypeVar("Item")

DESCRIPTIONS = Path(__file__).parent / "descriptions"
#: Far enough ahead for people to sign up for what the demo then moves into the past.
AHEAD = timedelta(days=90)


def load(report: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Make the events that are missing and return their number. `report` gets (done, all)."""
    organizers = {organizer.username: organizer for organizer in make_staff()}
    hosts = {plan.slug: _make_host(plan, organizers) for plan in HOSTS}
    heads = {plan.slug: organizers[plan.members[0]] for plan in HOSTS}
    attendees = make_attendees()
    make_pages()
    made = 0
    for number, plan in enumerate(map(of_platform, EVENTS)):
        if not Event.objects.filter(slug=plan.slug).exists():
            named = [hosts[slug] for slug in plan.hosts]
            _make(plan, named, heads[plan.hosts[0]], _rotated(attendees, number))
            made += 1
        report(number + 1, len(EVENTS))
    return made


@transaction.atomic
def _make_host(plan: HostPlan, organizers: dict[str, User]) -> Host:
    host, is_new = Host.objects.get_or_create(
        slug=plan.slug, defaults={"name": plan.name, "about": plan.about}
    )
    if is_new:
        host.members.set([organizers[name] for name in plan.members])
    return host


@transaction.atomic
def _make(plan: EventPlan, hosts: list[Host], organizer: User, guests: list[User]) -> None:
    """Make an open event in the future, let guests fill it, then move it to its planned date.

    All in one transaction: an interrupted event is made again the next time.
    """
    now = timezone.now()
    event = _create_event(plan, now)
    event.organizers.add(organizer)
    event.hosts.set(hosts)
    for perk in plan.perks:
        PatronPerk.objects.create(event=event, **perk)
    if plan.has_door:
        make_key(event)
    questions = [event.questions.create(**part.fields) for part in plan.questions]
    taken = [
        places.register(user=guest, bookable=event, answers=_answers(plan, questions, number))
        for number, guest in enumerate(_invited(plan, guests))
    ]
    _pay(taken, organizer)
    workshops = [_make_workshop(event, part, taken, organizer) for part in plan.workshops]
    _move_to_plan(plan, event, workshops, now)
    places.backdate(event=event, moments=sign_ups(event, len(taken), now))
    # By status, because a draw decides by chance who of the people in line has a place.
    for registration in event.registrations.filter(workshop=None).order_by("status", "pk")[::2]:
        places.show(registration=registration, is_shown=True)
    event_edits.follow_up_new(event)


def _invited(plan: EventPlan, guests: list[User]) -> list[User]:
    """Return the guests who go: the first of those who pledge what the event asks for."""
    pledge = cast("int", plan.fields.get("patron_cents", 0))
    return [guest for guest in guests if guest.attendee.patreon_cents >= pledge][: plan.going]


def _answers(plan: EventPlan, questions: list[Question], number: int) -> dict[int, tuple[str, ...]]:
    """Return the answers of guest `number`."""
    pairs = zip(questions, plan.questions, strict=True)
    return {question.pk: part.answers[number % len(part.answers)] for question, part in pairs}


def _create_event(plan: EventPlan, now: datetime) -> Event:
    starts_at = plan.starts_at(now) + AHEAD
    text = plan.text or plan.slug
    return Event.objects.create(
        slug=plan.slug,
        title=plan.title,
        summary=plan.summary,
        kind=plan.kind,
        language=plan.language,
        description=_description(text),
        descriptions={
            code: _description(f"{text}.{code}")
            for code, _name in settings.LANGUAGES
            if (DESCRIPTIONS / f"{text}.{code}.md").exists()
        },
        starts_at=starts_at,
        ends_at=plan.ends_at(now) + AHEAD,
        time_zone=plan.zone,
        draw_at=None if plan.draw_in is None else starts_at - timedelta(hours=1),
        status=Event.Status.PUBLISHED,
        # There is nobody to tell yet, so housekeeping has nothing to note.
        announced_at=None if plan.status == Event.Status.DRAFT else now,
        **plan.fields,
    )


def _description(name: str) -> str:
    return of_platform((DESCRIPTIONS / f"{name}.md").read_text("utf-8"))


def _make_workshop(
    event: Event, plan: WorkshopPlan, holders: list[Registration], organizer: User
) -> Workshop:
    day = event.starts_at + timedelta(days=plan.day)
    starts_at = day.replace(hour=plan.at.hour, minute=plan.at.minute)
    workshop = Workshop.objects.create(
        event=event,
        slug=plan.slug,
        title=plan.title,
        summary=plan.summary,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=plan.minutes),
        **plan.fields,
    )
    people = [holder.attendee.user for holder in holders[plan.first :][: plan.going]]
    _pay([places.register(user=person, bookable=workshop) for person in people], organizer)
    return workshop


def _pay(registrations: Iterable[Registration], organizer: User) -> None:
    """Pay for every place that costs something.

    The demo holds a place for half an hour: one that nobody pays for would be gone soon.
    """
    for registration in registrations:
        if registration.status == Registration.Status.AWAITING_PAYMENT:
            manual.mark_paid(registration=registration, by=organizer, note="Transfer")


def _rotated(items: list[Item], by: int) -> list[Item]:
    start = by % len(items) if items else 0
    return items[start:] + items[:start]


def _move_to_plan(
    plan: EventPlan, event: Event, workshops: Iterable[Workshop], now: datetime
) -> None:
    for bookable in (event, *workshops):
        bookable.starts_at -= AHEAD
        bookable.ends_at -= AHEAD
        bookable.save()
    event.status = plan.status
    event.opens_at = None if plan.opens_in is None else plan.in_days(plan.opens_in, now)
    if plan.draw_in is not None:
        event.draw_at = plan.in_days(plan.draw_in, now) if plan.draw_in else now
    event.save()
    places.settle(event=event)  # holds the draw that is due
