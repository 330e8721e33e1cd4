"""Recount what must always be true; see `events.audit`."""

import sys
from typing import Any

from django.core.management.base import CommandParser

from events.audit import Mismatch, audit
from events.formatting import text
from events.management.arguments import StaffCommand, add_json, progress
from events.models import Event


class Command(StaffCommand):
    help = (
        "Recounts places, waitlists, workshops, money and messages of every event from the rows. "
        "Prints one line per mismatch and exits 1 if there is any. Changes nothing."
    )
    examples = ("audit", "audit spring-jam --json")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("events", nargs="*", metavar="EVENT", help="addresses; default: all")
        add_json(parser)

    def handle(self, *args: Any, events: list[str], **options: Any) -> None:
        q = Event.objects.order_by("pk")
        events = [text.clean_id(slug) for slug in events]
        chosen = list(q.at_addresses(*events) if events else q)
        found = [mismatch for event in progress(chosen, "Events") for mismatch in audit(event)]
        unknown = [slug for slug in sorted(set(events)) if not q.at_addresses(slug).exists()]
        self.report(found, len(chosen), unknown, as_json=options["json"])
        if found or unknown:
            sys.exit(1)

    def report(
        self, found: list[Mismatch], checked: int, unknown: list[str], *, as_json: bool
    ) -> None:
        if as_json:
            rows = [mismatch.as_row() for mismatch in found]
            answer = {"events": checked, "unknown": unknown, "mismatches": rows}
            self.say_json(answer)
            return
        for slug in unknown:
            self.stdout.write(f"There is no event {slug!r}.")
        for m in found:
            invariant = f"invariant {m.invariant} ({m.title})"
            self.stdout.write(f"{invariant}: {m.event}: {m.about}: {m.text}")
        self.stdout.write(f"{checked} events, {len(found)} mismatches")
