"""Let people, organizers and the payment provider do things with money, in any order and twice."""

from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from events.models import Notice, Payment, Refund
from events.payments import checkout, ledger, reconcile, refunds, webhooks
from events.payments.providers.base import Told
from tests import model_of_rows as model
from tests.machine_of_places import PlacesMachine, names, picks
from tests.model_of_money import MOODS
from tests.stage_of_places import Plan, minutes, plans, policies

Kind = Notice.Kind
Name = tuple[int, int]
#: Most places cost something.
paid_plans = plans.map(
    lambda plan: replace(plan, prices=(500, *plan.prices[1:]), discount=min(plan.discount, 25))
)
#: What comes more than was asked for: mostly nothing.
extras = st.sampled_from([0, 0, 0, 1, -1])


class MoneyMachine(PlacesMachine):
    """Everything that `PlacesMachine` does, and what is paid and given back besides."""

    @initialize(plan=paid_plans, early=st.lists(names, min_size=3, max_size=5, unique=True))
    def open(self, plan: Plan, early: list[str]) -> None:
        super().open(plan, early)

    # --- What comes ------------------------------------------------------------------------------

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks)
    def ask(self, pick: int) -> None:
        number, registration = self.choose(pick, model.HELD)
        self.stage.act(
            lambda: checkout.start(registration=registration, provider=self.stage.provider),
            lambda model: model.ask(number),
        )

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks)
    def pay_at_once(self, pick: int) -> None:
        self.ask(pick)
        if self.named("memory"):
            self.money_comes(pick, extra=0, again=False)

    @precondition(lambda self: self.named("memory"))
    @rule(pick=picks, extra=extras, again=st.booleans())
    def money_comes(self, pick: int, extra: int, again: bool) -> None:  # noqa: FBT001 - drawn by name
        """Late, twice or after it failed; told by the same notice, or by another one."""
        name = self.pick_payment(pick, "memory", *(("paid",) if again else ("open", "failed")))
        payment = self.payment(name)
        amount = max(payment.amount + extra, 0)
        told = Told(
            f"paid:{payment.key}:{again}",
            Kind.PAID,
            reference=payment.reference,
            intent=f"intent-{payment.key}",
            key=payment.key if again else "",
            amount=amount,
            currency=payment.currency,
        )
        self.stage.act(
            lambda: webhooks.take(provider="memory", told=told),
            lambda model: model.hear(*name, amount),
        )

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks, length=st.sampled_from([31, 25 * 60]))
    def money_comes_late_for_somebody_kept_out(self, pick: int, length: int) -> None:
        number, _registration = self.choose(pick, model.HELD)
        self.ask(pick)
        self.keep_out_person(self.stage.model.rows[number].person, "is_blocked")
        self.clock.shift(minutes(length))
        if self.named("memory"):
            self.money_comes(pick, extra=0, again=False)

    @precondition(lambda self: self.named("memory"))
    @rule(pick=picks)
    def nothing_comes(self, pick: int) -> None:
        name = self.pick_payment(pick, "memory", "open")
        payment = self.payment(name)
        told = Told(f"failed:{payment.key}", Kind.FAILED, reference=payment.reference)
        self.stage.act(
            lambda: webhooks.take(provider="memory", told=told),
            lambda model: model.hear(*name, None),
        )

    @precondition(lambda self: self.named("memory"))
    @rule()
    def close_lost(self) -> None:
        self.stage.act(
            lambda: reconcile.close_lost(self.stage.provider), lambda model: model.close_lost()
        )

    @precondition(lambda self: self.named())
    @rule(pick=picks)
    def accept(self, pick: int) -> None:
        name = self.pick_payment(pick, "", "refund_due")
        payment = self.payment(name)
        self.stage.act(lambda: ledger.accept(payment=payment), lambda model: model.accept(*name))

    # --- What goes back --------------------------------------------------------------------------

    @precondition(lambda self: self.named())
    @rule(pick=picks)
    def cancel_in_full(self, pick: int) -> None:
        """As organizers do it: mostly what was paid for."""
        paid = self.named("memory") or self.named()
        self.cancel_row(paid[pick % len(paid)][0], in_full=True)

    @precondition(lambda self: len(self.named()) > 2)
    @rule()
    def cancel_the_event(self) -> None:
        self.stage.edit("event", status="cancelled")

    @rule(days=policies)
    def change_the_policy(self, days: int | None) -> None:
        self.stage.edit("event", refund_days=days)

    @precondition(lambda self: self.named())
    @rule(pick=picks, days=policies)
    def change_the_policy_and_cancel(self, pick: int, days: int | None) -> None:
        self.stage.edit("event", refund_days=days)
        number, _registration = self.choose(pick, model.CONFIRMED)
        self.cancel_row(number)

    @precondition(lambda self: self.named())
    @rule(first=st.sampled_from(MOODS), then=st.sampled_from(MOODS))
    def give_back_twice(self, first: str, then: str) -> None:
        self.give_back(first)
        self.clock.shift(minutes(1))
        self.give_back(then)

    @precondition(lambda self: self.named())
    @rule(mood=st.sampled_from(MOODS))
    def give_back(self, mood: str) -> None:
        self.stage.provider.mood = mood
        self.stage.act(
            lambda: refunds.run(self.stage.provider), lambda model: model.give_back(mood)
        )

    @precondition(lambda self: self.named())
    @rule(pick=picks)
    def request(self, pick: int) -> None:
        name = self.pick_payment(pick, "memory", "refund_due")
        payment = self.payment(name)
        self.stage.act(
            lambda: refunds.request(payment=payment, by=self.cast.organizer),
            lambda model: model.request(*name),
        )

    @precondition(lambda self: self.named("manual"))
    @rule(pick=picks)
    def give_by_hand(self, pick: int) -> None:
        name = self.pick_payment(pick, "manual", "refund_due")
        payment = self.payment(name)
        self.stage.act(
            lambda: refunds.record_given_back(payment=payment, by=self.cast.organizer),
            lambda model: model.give_by_hand(*name),
        )

    @precondition(lambda self: self.named("manual"))
    @rule(pick=picks)
    def take_back(self, pick: int) -> None:
        """It was noted by mistake."""
        name = self.pick_payment(pick, "manual", "paid")
        payment = self.payment(name)
        self.stage.act(
            lambda: ledger.take_back(payment=payment, by=self.cast.organizer, reason="mistake"),
            lambda model: model.take_back(*name),
        )

    @precondition(lambda self: self.attempts())
    @rule(pick=picks, is_done=st.booleans())
    def hear_of_refund(self, pick: int, is_done: bool) -> None:  # noqa: FBT001 - drawn by name
        """Tell the truth of the provider; it may take back what it did, as after a closed account,
        and never gives back more than came.
        """
        attempts = self.attempts()
        *name, which = attempts[pick % len(attempts)]
        money = self.stage.model.rows[name[0]].payments[name[1]]
        attempt = money.attempts[which]
        payment = self.payment((name[0], name[1]))
        refund = payment.refunds.order_by("pk")[which]
        others = money.given - (attempt.amount if attempt.is_given else 0)
        is_possible = others + attempt.amount <= money.amount and money.dispute != "lost"
        is_done = is_done and is_possible and not attempt.is_ended_there
        kind = Kind.REFUNDED if is_done else Kind.REFUND_FAILED
        told = Told(
            f"{kind}:{refund.key}",
            kind,
            reference=f"re-{refund.key}",
            intent=payment.intent,
            key=refund.key,
            amount=refund.amount,
            currency=refund.currency,
        )
        self.stage.provider.given.pop(refund.key, None)
        if is_done:
            self.stage.provider.given[refund.key] = (refund.payment_id, refund.amount)
        self.stage.act(
            lambda: webhooks.take(provider="memory", told=told),
            lambda model: model.hear_of_refund(name[0], name[1], which, is_done=is_done),
        )

    # --- What must be true after every step ----------------------------------------------------

    @invariant()
    def nothing_went_back_twice(self) -> None:
        """By the provider's own account."""
        if not self.named("memory"):
            return
        given = Counter[int]()
        for payment, amount in self.stage.provider.given.values():
            given[payment] += amount
        amounts = {p.pk: p.amount for p in self.stage.payments()}
        assert all(amounts[pk] >= amount for pk, amount in given.items())
        own = Refund.objects.filter(payment__provider="memory", by_provider=False)
        done = own.filter(status="done")
        known = set(done.filter(payment__in=amounts).values_list("key", flat=True))
        assert known <= self.stage.provider.given.keys()

    # --- Choosing --------------------------------------------------------------------------------

    def named(self, provider: str = "") -> list[Name]:
        rows = self.stage.model.rows
        known = self.stage.model.payments()
        return [(n, w) for n, w in known if provider in ("", rows[n].payments[w].provider)]

    def pick_payment(self, pick: int, provider: str, *statuses: str) -> Name:
        """Mostly one of this provider with such a status, if there is any."""
        rows, known = self.stage.model.rows, self.named(provider) or self.named()
        fitting = [(n, w) for n, w in known if rows[n].payments[w].status in statuses]
        chosen = fitting if fitting and pick % 4 else known
        return chosen[pick % len(chosen)]

    def payment(self, name: Name) -> Payment:
        number, which = name
        registration = self.stage.registrations()[number]
        mine = [p for p in self.stage.payments() if p.registration_id == registration.pk]
        return mine[which]

    def attempts(self) -> list[tuple[int, int, int]]:
        rows = self.stage.model.rows
        return [
            (n, w, a)
            for n, w in self.named("memory")
            for a, attempt in enumerate(rows[n].payments[w].attempts)
            if attempt.tries  # one that nobody has heard of is not told of either
        ]
