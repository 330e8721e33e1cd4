"""Periodic work; see `events.housekeeping`."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from events import housekeeping


class Command(BaseCommand):
    help = (
        "Expires unpaid holds, holds draws that are due, gives free places to the waitlists, gives "
        "up places of closed accounts, makes refunds, and sends mail. May run twice at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loop", type=float, metavar="S", help="go on for ever, with a pause of S seconds"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what is due")

    def handle(self, *args: Any, loop: float | None, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self.say_due()
        elif loop is None:
            self.run_once()
        else:
            self.run_for_ever(loop)

    def say_due(self) -> None:
        due = housekeeping.look()
        for event in due.events:
            self.stdout.write(f"would look at {event.slug}")
        for series in due.series:
            self.stdout.write(f"would make drafts of the series {series.slug}")
        for attendee in due.closed:
            self.stdout.write(f"would give up what {attendee.user_id} holds (account closed)")
        self.stdout.write(f"would send {due.messages} messages")

    def run_once(self) -> None:
        with tqdm(desc="Events", disable=None, leave=False) as bar:

            def progress(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            self.say(housekeeping.run(progress))

    def say(self, done: housekeeping.Done) -> None:
        mail, refunds = done.mail, done.refunds
        self.stdout.write(
            f"{done.moved_up} moved up, {done.released} given up for closed accounts; "
            f"refunds: {refunds.done} given back, {refunds.open} under way, "
            f"{refunds.failed} failed; messages: "
            f"{mail.sent} sent, {mail.retried} to be tried again, {mail.dead} not delivered, "
            f"{mail.dropped} no longer to be sent"
        )

    def run_for_ever(self, seconds: float) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        housekeeping.run_for_ever(seconds, stop)
