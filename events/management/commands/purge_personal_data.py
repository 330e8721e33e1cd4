"""Forget personal data that nobody needs any more; see `events.accounts.retention`."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from tqdm import tqdm

from events.accounts import retention
from events.management.arguments import (
    StaffCommand,
    add_dry_run,
    add_json,
    add_yes,
    whole_number,
)
from events.models import Job

#: A session lives for two weeks, so who signed in a month ago may not be there any more.
FEWEST_DAYS, MOST_DAYS = 30, 36_500
WORDS = {
    "sessions": "sessions that have ended",
    "sign_ins": "sign-ins that nobody finished",
    "sent_mail": "messages that were sent: what they were about",
    "agreements": "agreements of people who were erased",
}
OLD = {
    "accounts": "accounts that nobody has used since",
    "messages": "messages about what is over",
    "history": "entries of the history about people",
    "answers": "answers to questions at sign-up",
    "invitations": "links to a place: who used them, and why they were made",
    "follows": "follows of events that are over",
    "password_requests": "requests for a new password",
}


class Command(StaffCommand):
    help = (
        "Forgets what is over: sessions, unfinished sign-ins, what old mail was about. With "
        "--older-than, also erases accounts that nobody has used for so many days, and what is "
        "older of messages and history. Numbers of places and money stay. Never touches staff, "
        "organizers, or people whose money is on its way. Asks first, unless --yes is there. A run "
        "that was interrupted is finished by the next one."
    )
    examples = (
        "purge_personal_data --yes",
        "purge_personal_data --older-than 730 --dry-run",
        "purge_personal_data --older-than 730 --yes --json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than",
            type=whole_number(FEWEST_DAYS, MOST_DAYS),
            metavar="DAYS",
            help=f"forget unused accounts and old rows, too; at least {FEWEST_DAYS}",
        )
        add_yes(parser)
        add_dry_run(parser)
        add_json(parser)

    def handle(self, *args: Any, older_than: int | None, **options: Any) -> None:
        before = None if older_than is None else timezone.now() - timedelta(days=older_than)
        due = retention.count(before)
        if options["dry_run"]:
            self.say(due, before, options, is_done=False)
            return
        if not options["yes"]:
            with self.aside(is_aside=options["json"]):
                self.say(due, before, options | {"json": False}, is_done=False)
        self.agree("Forget all this for good?", is_agreed=options["yes"])
        done = self.purge(before, due)
        Job.objects.note_end(Job.PURGE, timezone.now())
        self.say(done, before, options, is_done=True)

    def purge(self, before: datetime | None, due: dict[str, int]) -> dict[str, int]:
        done = Counter(dict.fromkeys(due, 0))
        with tqdm(total=sum(due.values()), desc="Rows", disable=None, leave=False) as bar:
            for kind, number in retention.purge(before):
                done[kind] += number
                bar.update(number)
        return dict(done)

    def say(
        self,
        numbers: dict[str, int],
        before: datetime | None,
        options: dict[str, Any],
        *,
        is_done: bool,
    ) -> None:
        kept = retention.kept_for_money(before) if before else 0
        if options["json"]:
            facts = {"dry_run": not is_done, "before": before, "forgotten": numbers}
            self.say_json(facts | {"kept_for_money": kept})
            return
        for kind, number in numbers.items():
            self.stdout.write(f"{number:7} {(WORDS | OLD)[kind]}")
        if before:
            self.stdout.write(f"{kept:7} unused accounts stay: their money is on its way")
        self.stdout.write("Forgotten." if is_done else "Nothing is forgotten yet.")
