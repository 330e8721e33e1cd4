"""Process stored payment notices again, or ask the provider about open payments and refunds."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events.management.arguments import (
    StaffCommand,
    add_dry_run,
    add_json,
    progress,
    whole_number,
)
from events.payments import providers, reconcile, webhooks
from events.payments.providers.base import Provider, ProviderAway, ProviderRefused
from events.payments.reconcile import Finding
from events.payments.rounds import Round

#: How old something may be that is looked for: a number of days, and the most.
DAYS, MOST_DAYS = 120, 3_650


class Command(StaffCommand):
    help = (
        "replay: processes notices that were stored and not processed. reconcile: asks the "
        "provider about open payments and refunds, about refunds made there, and about disputes, "
        "and acts on what it says."
    )
    examples = (
        "payments replay --dry-run",
        "payments reconcile --days 30",
        "payments reconcile --json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=["replay", "reconcile"])
        add_dry_run(parser)
        add_json(parser)
        parser.add_argument(
            "--days",
            type=whole_number(1, MOST_DAYS),
            metavar="N",
            help=f"reconcile: how old the refunds and disputes may be that are looked for ({DAYS})",
        )

    def handle(self, *args: Any, do: str, dry_run: bool, **options: Any) -> None:
        self.as_json: bool = options["json"]
        days: int | None = options["days"]
        if do == "reconcile":
            self.reconcile(days=days or DAYS, dry_run=dry_run)
        elif days is not None:
            raise CommandError("--days is for reconcile: replay takes every stored notice.")
        else:
            self.replay(dry_run=dry_run)

    def replay(self, *, dry_run: bool) -> None:
        found = reconcile.unprocessed()
        for notice in progress(found, "Notices"):
            done = notice if dry_run else webhooks.process(notice)
            self.say(notice=notice.external_id, kind=notice.kind, outcome=done.outcome or "due")
        self.say(notices=len(found), dry_run=dry_run)

    def reconcile(self, *, days: int, dry_run: bool) -> None:
        """Ask all providers whose keys we have. Say at the end if one did not answer."""
        available = providers.available()
        if not available:
            raise CommandError("PAYMENT_PROVIDER is `manual`: there is nobody to ask.")
        silent = [p.name for p in available if not self.compare(p, days=days, dry_run=dry_run)]
        if silent:
            raise CommandError(f"{' and '.join(silent)} does not answer. Try again later.")

    def compare(self, provider: Provider, *, days: int, dry_run: bool) -> bool:
        asking = Round()
        self.compare_payments(provider, asking, dry_run=dry_run)
        self.compare_refunds(provider, asking, dry_run=dry_run)
        try:
            self.look_back(provider, days=days, dry_run=dry_run)
        except (ProviderAway, ProviderRefused):
            return False
        return not asking.away

    def compare_payments(self, provider: Provider, asking: Round, *, dry_run: bool) -> None:
        payments = reconcile.open_payments(provider)
        asked = progress(payments, "Payments")
        found = reconcile.look_up(provider, asked, asking)
        changed = sum(self.tell("payment", provider, one, dry_run=dry_run) for one in found)
        self.say(payments=len(payments), changed=changed, dry_run=dry_run)

    def tell(self, what: str, provider: Provider, finding: Finding, *, dry_run: bool) -> int:
        known = finding if dry_run else reconcile.act_on(provider, finding)
        outcome = known.outcome or "due"
        self.say(**{what: finding.about}, kind=finding.told.kind, outcome=outcome)
        return 1

    def compare_refunds(self, provider: Provider, asking: Round, *, dry_run: bool) -> None:
        open_ones = reconcile.open_refunds(provider)
        asked = progress(open_ones, "Refunds")
        if dry_run:
            for refund in open_ones:
                self.say(refund=refund.key, outcome="due")
        else:
            ask = partial(reconcile.ask_again, provider)
            for refund, outcome in asking.each(asked, ask):
                self.say(refund=refund.key, outcome=outcome)
        self.say(refunds=len(open_ones), dry_run=dry_run)

    def look_back(self, provider: Provider, *, days: int, dry_run: bool) -> None:
        """Find refunds made at the provider, and disputes, of which no notice told."""
        since = timezone.now() - timedelta(days=days)
        found = list(reconcile.look_back(provider, since))
        for finding in found:
            self.tell("afterwards", provider, finding, dry_run=dry_run)
        self.say(afterwards=len(found), dry_run=dry_run)

    def say(self, **facts: str | int | None) -> None:
        """Print one line; JSON has numbers and booleans as such, and null for what is not known."""
        if self.as_json:
            known = {name: None if fact == "" else fact for name, fact in facts.items()}
            self.say_json(known, on_one_line=True)
        else:
            self.stdout.write("  ".join(f"{name} {fact}" for name, fact in facts.items()))
