"""Process stored payment notices again, or ask the provider about open payments and refunds."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from events.payments import providers, reconcile, webhooks
from events.payments.providers.base import Provider, ProviderAway


class Command(BaseCommand):
    help = (
        "replay: processes notices that were stored and not processed. reconcile: asks the "
        "provider about open payments and refunds, and acts on what it says."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=["replay", "reconcile"])
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--json", action="store_true", help="print JSON, one object a line")

    def handle(self, *args: Any, do: str, dry_run: bool, **options: Any) -> None:
        self.as_json: bool = options["json"]
        if do == "replay":
            self.replay(dry_run=dry_run)
        else:
            self.reconcile(dry_run=dry_run)

    def replay(self, *, dry_run: bool) -> None:
        found = reconcile.unprocessed()
        for notice in tqdm(found, desc="Notices", disable=None, leave=False):
            done = notice if dry_run else webhooks.process(notice)
            self.say(notice=notice.external_id, kind=notice.kind, outcome=done.outcome or "due")
        self.say(notices=len(found), dry_run=dry_run)

    def reconcile(self, *, dry_run: bool) -> None:
        provider = providers.configured()
        if provider is None:
            raise CommandError("PAYMENT_PROVIDER is `manual`: there is nobody to ask.")
        try:
            self.compare_payments(provider, dry_run=dry_run)
            self.compare_refunds(provider, dry_run=dry_run)
        except ProviderAway as error:
            raise CommandError(f"{provider.name} does not answer. Try again later.") from error

    def compare_payments(self, provider: Provider, *, dry_run: bool) -> None:
        payments = reconcile.open_payments(provider)
        asked = tqdm(payments, desc="Payments", disable=None, leave=False)
        changed = 0
        for finding in reconcile.look_up(provider, asked):
            known = finding if dry_run else reconcile.act_on(provider, finding)
            self.say(payment=finding.about, kind=finding.told.kind, outcome=known.outcome or "due")
            changed += 1
        self.say(payments=len(payments), changed=changed, dry_run=dry_run)

    def compare_refunds(self, provider: Provider, *, dry_run: bool) -> None:
        open_ones = reconcile.open_refunds(provider)
        for refund in tqdm(open_ones, desc="Refunds", disable=None, leave=False):
            outcome = "due" if dry_run else reconcile.ask_again(provider, refund)
            self.say(refund=refund.key, outcome=outcome)
        self.say(refunds=len(open_ones), dry_run=dry_run)

    def say(self, **facts: object) -> None:
        if self.as_json:
            self.stdout.write(json.dumps({name: str(fact) for name, fact in facts.items()}))
        else:
            self.stdout.write("  ".join(f"{name} {fact}" for name, fact in facts.items()))
