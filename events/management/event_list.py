"""`manage.py events list`: events by time, status and host."""

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events.formatting import text, times
from events.models import Event, Host
from events.models.event_set import EventQuerySet

from .arguments import StaffCommand, add_json, columns_of, counted
from .event_action import EventAction


def add_arguments(parser: CommandParser) -> None:
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--upcoming", action="store_true", help="only those that are not over")
    when.add_argument("--past", action="store_true", help="only those that are over")
    parser.add_argument("--status", choices=Event.Status.values, help="only those")
    parser.add_argument("--host", metavar="HOST", help="only those of the host with this address")
    add_json(parser)


def run(command: StaffCommand, options: dict[str, Any]) -> None:
    now = timezone.now()
    found = list(chosen(options, now).without_long_texts().with_occupancy(now))
    if options["json"]:
        command.say_json([facts(event) for event in found])
        return
    for line in columns_of(map(cells, found)):
        command.stdout.write(line)
    command.stdout.write(counted(len(found), "event"))


def chosen(options: dict[str, Any], now: datetime) -> EventQuerySet:
    q = Event.objects.order_by("starts_at", "pk")
    if options["upcoming"]:
        q = q.ending_after(now)
    if options["past"]:
        q = q.ended_by(now)
    if options["status"]:
        q = q.filter(status=options["status"])
    return q.filter(hosts=find_host(options["host"])) if options["host"] else q


def find_host(slug: str) -> Host:
    host = Host.objects.filter(slug=text.clean_id(slug)).first()
    if host is None:
        raise CommandError(f"There is no host {slug!r}.")
    return host


def cells(event: Event) -> list[object]:
    of = "no limit" if event.capacity is None else event.capacity
    return [
        event.slug,
        event.status,
        times.in_words(event.starts_at, event.zone),
        f"{event.taken} of {of}",
        f"{event.waiting} waiting",
        event.title,
    ]


def facts(event: Event) -> dict[str, object]:
    return {
        "slug": event.slug,
        "title": event.title,
        "status": event.status,
        "listed": event.listed,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "time_zone": str(event.time_zone),
        "capacity": event.capacity,
        "taken": event.taken,
        "waiting": event.waiting,
    }


LIST = EventAction(
    "list",
    "Prints events in the order of their start, with how full they are.",
    (
        "events list --upcoming",
        "events list --past --host fog-club --json",
        "events list --status draft",
    ),
    add_arguments,
    run,
)
