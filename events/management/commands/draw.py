"""Hold the draw of an event, or replay one that was held; see `events.places.lottery`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from events import places
from events.access.refusals import DrawNotDue
from events.formatting import times
from events.models import Event, Registration


class Command(BaseCommand):
    help = (
        "Holds the draw of a lottery whose time has come. With --verify it draws again from the "
        "seed, shows every rank, and exits 1 if one differs from what is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event", metavar="EVENT", help="the event's address, like spring-jam")
        parser.add_argument("--verify", action="store_true", help="replay a draw, change nothing")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, event: str, **options: Any) -> None:
        lottery = self.find(event)
        if options["verify"]:
            self.verify(lottery, as_json=options["json"])
        elif options["dry_run"]:
            self.stdout.write(f"{self.count_entries(lottery)} entries, draw at {_time(lottery)}")
        else:
            self.draw(lottery)

    def find(self, slug: str) -> Event:
        event = Event.objects.at_addresses(slug).first()
        if event is None:
            raise CommandError(f"There is no event {slug!r}.")
        if event.draw_at is None:
            raise CommandError(f"{slug} has no lottery: places are first come, first served.")
        return event

    def count_entries(self, event: Event) -> int:
        return Registration.objects.waiting().filter(event=event, workshop=None).count()

    def draw(self, event: Event) -> None:
        try:
            moved = places.draw(event=event, now=timezone.now())
        except Event.DoesNotExist as error:
            raise CommandError(f"{event.slug} was deleted meanwhile.") from error
        except DrawNotDue as error:
            raise CommandError(f"The draw is at {_time(event)}, not before.") from error
        self.stdout.write(f"Drawn: {moved} have a place now. The seed is on the event's page.")

    def verify(self, event: Event, *, as_json: bool) -> None:
        if event.drawn_at is None:
            raise CommandError("The draw has not been held; its seed is still secret.")
        entries = places.replay(event)
        wrong = [
            str(entry.code)
            for entry, rank in entries
            if not places.is_as_drawn(entry, rank, len(entries))
        ]
        if as_json:
            self.stdout.write(json.dumps(as_document(event, entries), indent=2))
        else:
            self.show(event, entries)
        if wrong:
            raise CommandError(f"{len(wrong)} ranks differ from the seed's order: {wrong[0]} ...")

    def show(self, event: Event, entries: list[tuple[Registration, int]]) -> None:
        self.stdout.write(f"commitment {event.draw_commitment}\nseed       {event.draw_seed}")
        for entry, rank in entries:
            key = places.drawing_key(event.draw_seed, entry)
            self.stdout.write(f"{rank:6} {entry.code} {key} {entry.status}")
        self.stdout.write(f"{len(entries)} entries")


def _time(event: Event) -> str:
    return times.in_words(event.draw_at, event.zone) if event.draw_at else ""


def as_document(event: Event, entries: list[tuple[Registration, int]]) -> dict[str, object]:
    return {
        "event": event.slug,
        "commitment": event.draw_commitment,
        "seed": event.draw_seed,
        "entries": [
            {
                "rank": rank,
                "stored_rank": entry.draw_rank,
                "code": str(entry.code),
                "key": places.drawing_key(event.draw_seed, entry),
                "status": entry.status,
            }
            for entry, rank in entries
        ],
    }
