"""`manage.py events show`: times, places and money of one event."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandParser
from django.utils import timezone

from events.access.facts import EMPTY, Occupancy, count_occupancies
from events.desk import door
from events.desk.door import Attendance
from events.formatting import money, times
from events.models import Bookable, Event
from events.payments.totals import Totals, totals

from .arguments import StaffCommand, add_event, add_json, columns_of, find_event, plain
from .event_action import EventAction

UTC = ZoneInfo("UTC")
SUMS = ("due", "paid", "to_refund", "refunded", "disputed", "held")


def add_arguments(parser: CommandParser) -> None:
    add_event(parser)
    add_json(parser)


def run(command: StaffCommand, options: dict[str, Any]) -> None:
    event, now = find_event(options["event"]), timezone.now()
    if options["json"]:
        command.say_json(facts(event, now))
        return
    for line in lines(event, now):
        command.stdout.write(line)


# --- For people --------------------------------------------------------------------------------


def lines(event: Event, now: datetime) -> list[str]:
    people = ", ".join(event.organizers.order_by("username").values_list("username", flat=True))
    hosts = ", ".join(event.hosts.values_list("slug", flat=True))
    about = [
        ("address", event.slug),
        ("status", event.status),
        *((name, in_both(instant, event)) for name, instant in instants(event)),
        ("hosts", hosts or "–"),
        ("organizers", people or "–"),
    ]
    occupancies, attendances = count_occupancies(event, now), door.attendances(event)
    places = [
        place(
            one,
            occupancies.get(one.workshop_id, EMPTY),
            attendances.get(one.workshop_id, door.NOBODY),
            is_over=event.has_ended(now),
        )
        for one in event.bookables()
    ]
    sums = [("money", in_words(each)) for each in totals(event) if in_words(each)]
    return [plain(event.title), *columns_of(about), "", *columns_of(places), *columns_of(sums)]


def instants(event: Event) -> list[tuple[str, datetime]]:
    known = {
        "starts": event.starts_at,
        "ends": event.ends_at,
        "registration opens": event.opens_at,
        "registration closes": event.closes_at,
        "draw": event.draw_at,
    }
    return [(name, instant) for name, instant in known.items() if instant is not None]


def in_both(instant: datetime, event: Event) -> str:
    shown = times.in_words(instant, event.zone)
    return shown if event.zone == UTC else f"{shown} = {times.in_words(instant, UTC)}"


def place(one: Bookable, at: Occupancy, attendance: Attendance, *, is_over: bool) -> list[object]:
    of = "no limit" if one.capacity is None else one.capacity
    is_noted = is_over and attendance.came > 0
    missing = f", {attendance.missing} did not come" if is_noted else ""
    return [
        "event" if one.workshop is None else "workshop",
        one.title,
        f"{at.taken} of {of}",
        f"{at.waiting} waiting",
        f"{attendance.came} checked in{missing}",
    ]


def in_words(sums: Totals) -> str:
    known = [(name, getattr(sums, name)) for name in SUMS]
    shown = [
        f"{name.replace('_', ' ')} {money.format_amount(amount, sums.currency)}"
        for name, amount in known
        if amount
    ]
    return ", ".join(shown)


# --- For programs ------------------------------------------------------------------------------


def facts(event: Event, now: datetime) -> dict[str, object]:
    occupancies, attendances = count_occupancies(event, now), door.attendances(event)
    return {
        "slug": event.slug,
        "title": event.title,
        "status": event.status,
        "listed": event.listed,
        "time_zone": str(event.time_zone),
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "opens_at": event.opens_at,
        "closes_at": event.closes_at,
        "no_show_hours": event.no_show_hours,
        "draw_at": event.draw_at,
        "drawn_at": event.drawn_at,
        "hosts": list(event.hosts.values_list("slug", flat=True)),
        "organizers": list(
            event.organizers.order_by("username").values_list("username", flat=True)
        ),
        "places": [
            place_facts(
                one,
                occupancies.get(one.workshop_id, EMPTY),
                attendances.get(one.workshop_id, door.NOBODY),
                is_over=event.has_ended(now),
            )
            for one in event.bookables()
        ],
        "money": [
            {"currency": each.currency, **{name: getattr(each, name) for name in SUMS}}
            for each in totals(event)
        ],
    }


def place_facts(
    one: Bookable, at: Occupancy, attendance: Attendance, *, is_over: bool
) -> dict[str, object]:
    """`did_not_come` is None until the event is over, and where nobody was checked in."""
    is_noted = is_over and attendance.came > 0
    return {
        "slug": one.slug,
        "is_workshop": one.workshop is not None,
        "title": one.title,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "capacity": one.capacity,
        "taken": at.taken,
        "waiting": at.waiting,
        "checked_in": attendance.came,
        "did_not_come": attendance.missing if is_noted else None,
        "price": one.price,
        "currency": one.event.currency,
    }


SHOW = EventAction(
    "show",
    "Prints times, places, waitlists and money of one event.",
    ("events show spring-jam", "events show spring-jam --json"),
    add_arguments,
    run,
)
