"""Periodic work; see `events.housekeeping`."""

import signal
import threading
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from events import housekeeping
from events.management.arguments import StaffCommand, add_dry_run, add_json, seconds

#: The shortest and the longest pause of the loop, in seconds.
SHORTEST, LONGEST = 0.1, 86_400


class Command(StaffCommand):
    help = (
        "Expires unpaid holds, holds draws that are due, gives free places to the waitlists, gives "
        "up places of closed accounts, makes refunds, and sends mail. May run twice at once."
    )
    examples = ("housekeeping --dry-run", "housekeeping --json", "housekeeping --loop 20")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loop",
            type=seconds(SHORTEST, LONGEST),
            metavar="S",
            help="go on for ever, with a pause of S seconds",
        )
        add_dry_run(parser)
        add_json(parser)

    def handle(self, *args: Any, loop: float | None, dry_run: bool, **options: Any) -> None:
        self.as_json: bool = options["json"]
        if loop is not None and (dry_run or self.as_json):
            raise CommandError(
                "--loop goes on for ever, so there is nothing to print. Leave it out."
            )
        if dry_run:
            self.say_due()
        elif loop is None:
            self.run_once()
        else:
            self.run_for_ever(loop)

    def say_due(self) -> None:
        due = housekeeping.look()
        if self.as_json:
            self.say_json(
                {
                    "dry_run": True,
                    "events": [event.slug for event in due.events],
                    "closed_accounts": [attendee.user_id for attendee in due.closed],
                    "messages": due.messages,
                }
            )
            return
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
        if self.as_json:
            self.say_json({"dry_run": False, **asdict(done)})
            return
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
