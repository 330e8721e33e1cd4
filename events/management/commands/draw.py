"""Hold the draw of an event, or replay one that was held; see `events.places.lottery`."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events import places
from events.access.refusals import DrawNotDue
from events.formatting import times
from events.management.arguments import (
    StaffCommand,
    add_dry_run,
    add_event,
    add_json,
    find_event,
)
from events.models import Event, Registration


class Command(StaffCommand):
    help = (
        "Holds the draw of a lottery whose time has come. With --verify it draws again from the "
        "seed, shows every rank, and exits 1 if one differs from what is stored."
    )
    examples = ("draw spring-jam --dry-run", "draw spring-jam", "draw spring-jam --verify --json")

    def add_arguments(self, parser: CommandParser) -> None:
        add_event(parser)
        add_dry_run(parser)
        parser.add_argument("--verify", action="store_true", help="replay a draw, change nothing")
        add_json(parser)

    def handle(self, *args: Any, event: str, **options: Any) -> None:
        lottery, as_json = self.find(event), bool(options["json"])
        if options["verify"]:
            self.verify(lottery, as_json=as_json)
        elif options["dry_run"]:
            self.look(lottery, as_json=as_json)
        else:
            self.draw(lottery, as_json=as_json)

    def find(self, slug: str) -> Event:
        event = find_event(slug)
        if event.draw_at is None:
            raise CommandError(f"{slug} has no lottery: places are first come, first served.")
        return event

    def look(self, event: Event, *, as_json: bool) -> None:
        entries = Registration.objects.waiting().filter(event=event, workshop=None).count()
        if as_json:
            facts = {"event": event.slug, "entries": entries, "draw_at": event.draw_at}
            self.say_json(facts | {"drawn_at": event.drawn_at, "dry_run": True})
        else:
            self.stdout.write(f"{entries} entries, draw at {_time(event)}")

    def draw(self, event: Event, *, as_json: bool) -> None:
        try:
            moved = places.draw(event=event, now=timezone.now())
        except Event.DoesNotExist as error:
            raise CommandError(f"{event.slug} was deleted meanwhile.") from error
        except DrawNotDue as error:
            raise CommandError(f"The draw is at {_time(event)}, not before.") from error
        if as_json:
            self.say_json({"event": event.slug, "have_a_place": moved, "dry_run": False})
        else:
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
            self.say_json(as_document(event, entries))
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
