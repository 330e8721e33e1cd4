"""Recount what must always be true; see `events.audit`."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from events.audit import Mismatch, audit
from events.models import Event


class Command(BaseCommand):
    help = (
        "Recounts places, waitlists, workshops, money and messages of every event from the rows. "
        "Prints one line per mismatch and exits 1 if there is any. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("events", nargs="*", metavar="EVENT", help="addresses; default: all")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, events: list[str], **options: Any) -> None:
        q = Event.objects.order_by("pk")
        chosen = list(q.at_addresses(*events) if events else q)
        found = [
            mismatch
            for event in tqdm(chosen, desc="Events", disable=None, leave=False)
            for mismatch in audit(event)
        ]
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
            self.stdout.write(json.dumps(answer, indent=2))
            return
        for slug in unknown:
            self.stdout.write(f"There is no event {slug!r}.")
        for m in found:
            invariant = f"invariant {m.invariant} ({m.title})"
            self.stdout.write(f"{invariant}: {m.event}: {m.about}: {m.text}")
        self.stdout.write(f"{checked} events, {len(found)} mismatches")
