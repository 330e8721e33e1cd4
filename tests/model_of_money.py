"""The money of `tests.model_of_places`: what is asked for, what comes, and what goes back."""

from collections.abc import Iterator
from datetime import timedelta

from tests.model_of_places import Model
from tests.model_of_rows import HELD, Attempt, Money, Row

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1_440))
#: What a provider may do when it is asked to give money back; `lost`: done, but nobody heard of it.
MOODS = ("done", "away", "lost", "refuse")


class MoneyModel(Model):
    """One payment is named by the number of its row, and its own among those of the row."""

    # --- What comes ------------------------------------------------------------------------------

    def ask(self, number: int) -> bool:
        row = self.rows[number]
        if not self.is_payable(row):
            return False
        if not any((m.provider, m.status) == ("memory", "open") for m in row.payments):
            row.payments.append(Money("memory", row.amount))
        return True

    def pay(self, number: int) -> bool:
        row = self.rows[number]
        row.payments.append(Money("manual", row.amount))
        return self.hear(number, -1, row.amount)

    def hear(self, number: int, which: int, amount: int | None) -> bool:
        """So much came, in the right currency; None: nothing came."""
        row = self.rows[number]
        money = row.payments[which]
        if amount is None:
            money.status = "failed" if money.status == "open" else money.status
        elif money.status in ("open", "failed"):
            money.problem = self.problem(row, money, amount)
            money.amount = amount
            money.status = "refund_due" if money.problem else "paid"
        return True

    def problem(self, row: Row, money: Money, amount: int) -> str:
        return "amount" if amount != money.amount else self.confirm(row)

    def accept(self, number: int, which: int) -> bool:
        row = self.rows[number]
        money = row.payments[which]
        is_undecided = money.status == "refund_due" and money.problem in ("late", "refused")
        is_the_price = money.amount == row.amount
        if is_undecided and is_the_price and not _goes_back(money) and not self.confirm(row):
            money.status, money.problem = "paid", ""
        return True

    def close_lost(self) -> bool:
        for row, money in self.money("memory"):
            if money.status == "open" and not self.is_payable(row):
                money.status = "failed"
        return True

    # --- What goes back --------------------------------------------------------------------------

    def request(self, number: int, which: int) -> bool:
        money = self.rows[number].payments[which]
        if money.status != "refund_due" or _goes_back(money):
            return False
        money.attempts.append(Attempt("open", self.now))
        return True

    def give_by_hand(self, number: int, which: int) -> bool:
        if not self.request(number, which):
            return False
        money = self.rows[number].payments[which]
        money.attempts[-1].status, money.status = "done", "refunded"
        return True

    def give_back(self, mood: str) -> bool:
        """One round of what the site does by itself."""
        for _row, money in self.money("memory"):
            is_automatic = money.problem in ("cancelled", "event_cancelled")
            is_due = money.status == "refund_due" and not _goes_back(money)
            if is_due and is_automatic and len(money.attempts) < 3:
                money.attempts.append(Attempt("open", self.now))
        for _row, money in self.money("memory"):
            for attempt in money.attempts:
                if attempt.status == "open" and attempt.try_at <= self.now:
                    self.try_to_give(money, attempt, mood)
        return True

    def try_to_give(self, money: Money, attempt: Attempt, mood: str) -> None:
        attempt.try_at = self.now + PAUSES[min(attempt.tries, len(PAUSES) - 1)]
        attempt.tries += 1
        was_given = attempt.is_given
        attempt.is_given = was_given or mood in ("done", "lost")
        if was_given or mood == "done":
            attempt.status, money.status = "done", "refunded"
        elif mood == "refuse":
            attempt.status = "failed"

    def hear_of_refund(self, number: int, which: int, attempt: int, *, is_done: bool) -> bool:
        """What was done may still come back, and is due again then."""
        money = self.rows[number].payments[which]
        told = money.attempts[attempt]
        if told.status == "open" or (told.status == "done" and not is_done):
            told.status = "done" if is_done else "failed"
            told.is_given = is_done
            money.status = "refunded" if is_done else "refund_due"
        return True

    # --- Questions -------------------------------------------------------------------------------

    def is_payable(self, row: Row) -> bool:
        return row.status == HELD and self.counts(row) and not self.is_cancelled

    def money(self, provider: str) -> Iterator[tuple[Row, Money]]:
        for row in self.rows:
            yield from ((row, money) for money in row.payments if money.provider == provider)

    def payments(self) -> list[tuple[int, int]]:
        """What payments are named by."""
        return [(n, w) for n, row in enumerate(self.rows) for w in range(len(row.payments))]

    def sums(self) -> dict[str, int]:
        """Due, paid, to be refunded and refunded, as the organizers see them."""
        asked = sum(row.amount for row in self.rows if self.is_payable(row))
        sums = {"due": asked, "paid": 0, "refund_due": 0, "refunded": 0}
        for money in (money for row in self.rows for money in row.payments):
            if money.status in sums:
                sums[money.status] += money.amount
        return sums


def _goes_back(money: Money) -> bool:
    return any(attempt.status in ("open", "done") for attempt in money.attempts)
