"""Send money back without the site's asking, beside all that `tests.machine_of_money` does."""

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from events.models import Notice
from events.payments import ledger, webhooks
from events.payments.providers.base import Told
from tests.machine_of_money import MoneyMachine, Name
from tests.machine_of_places import picks
from tests.stage_of_places import minutes

Kind = Notice.Kind
#: What a provider says of a dispute, by how it stands.
DISPUTES = {
    "asked": Kind.DISPUTE_ASKED,
    "open": Kind.DISPUTED,
    "won": Kind.DISPUTE_WON,
    "lost": Kind.DISPUTE_LOST,
}


class ReturnsMachine(MoneyMachine):
    """Everything that `MoneyMachine` does, and what happens in the provider's own pages besides."""

    # --- What happens at the provider ------------------------------------------------------------

    @precondition(lambda self: self.received())
    @rule(pick=picks, is_all=st.booleans())
    def give_back_elsewhere(self, pick: int, is_all: bool) -> None:  # noqa: FBT001 - drawn by name
        """In the provider's own pages, all that is there or a part of it."""
        name = self.pick_received(pick)
        money, payment = self.stage.model.rows[name[0]].payments[name[1]], self.payment(name)
        here = money.amount - money.given - (money.disputed if money.dispute else 0)
        amount = here if is_all else here // 2
        if amount <= 0:
            return
        reference = f"re-elsewhere-{len(self.stage.provider.given)}-{payment.key}"
        told = Told(
            f"elsewhere:{reference}",
            Kind.REFUNDED,
            reference=reference,
            intent=payment.intent,
            amount=amount,
            currency=payment.currency,
        )
        self.stage.provider.given[reference] = (payment.pk, amount)
        self.stage.act(
            lambda: webhooks.take(provider="memory", told=told),
            lambda model: model.give_elsewhere(*name, amount),
        )

    @precondition(lambda self: self.received())
    @rule(pick=picks, status=st.sampled_from(["asked", "open", "won", "lost"]))
    def dispute(self, pick: int, status: str) -> None:
        """The bank of the person who paid asks for what is left; nothing of it is on its way."""
        name = self.pick_received(pick)
        money, payment = self.stage.model.rows[name[0]].payments[name[1]], self.payment(name)
        if money.given > money.back or money.back >= money.amount:
            return
        if any(attempt.status == "open" for attempt in money.attempts):
            return
        self.clock.shift(minutes(1))
        told = Told(
            f"{status}:{timezone.now()}:{payment.key}",
            DISPUTES[status],
            reference=f"dp-{payment.key}",
            intent=payment.intent,
            amount=payment.amount,
            currency=payment.currency,
            at=timezone.now(),
        )
        self.stage.act(
            lambda: webhooks.take(provider="memory", told=told),
            lambda model: model.dispute(*name, status),
        )

    @precondition(lambda self: self.received())
    @rule(pick=picks)
    def leave_place(self, pick: int) -> None:
        name = self.pick_received(pick)
        payment = self.payment(name)
        self.stage.act(
            lambda: ledger.leave_place(payment=payment, by=self.cast.organizer, reason="a gift"),
            lambda model: model.leave_place(*name),
        )

    # --- Choosing --------------------------------------------------------------------------------

    def received(self) -> list[Name]:
        """Money that came through the provider."""
        rows = self.stage.model.rows
        came = ("paid", "refund_due", "refunded")
        return [(n, w) for n, w in self.named("memory") if rows[n].payments[w].status in came]

    def pick_received(self, pick: int) -> Name:
        received = self.received()
        return received[pick % len(received)]
