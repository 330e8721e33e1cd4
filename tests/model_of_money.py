"""The money of `tests.model_of_places`: what is asked for, what comes, and what goes back."""

from collections.abc import Iterator
from datetime import timedelta

from tests.model_of_places import LONG_HOLD, Model
from tests.model_of_rows import ACTIVE, CONFIRMED, HELD, Attempt, Money, Row

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
        is_whole = not money.back and not money.dispute and not _goes_back(money)
        if is_undecided and is_the_price and is_whole and not self.confirm(row):
            money.status, money.problem = "paid", ""
        return True

    def close_lost(self) -> bool:
        for row, money in self.money("memory"):
            if money.status == "open" and not self.is_payable(row):
                money.status = "failed"
        return True

    def take_back(self, number: int, which: int) -> bool:
        """It was noted by mistake: a place that it paid for has to be paid for again."""
        row = self.rows[number]
        money = row.payments[which]
        is_here = money.status in ("paid", "refund_due") and not _goes_back(money)
        if money.provider != "manual" or not is_here:
            return False
        is_for_place = money.status == "paid" or self.is_the_only_one_for_the_event(row, money)
        if is_for_place and row.status == CONFIRMED and not self.unconfirm(row):
            return False
        money.status = "mistaken"
        return True

    def is_the_only_one_for_the_event(self, row: Row, money: Money) -> bool:
        went = (m for m in row.payments if m.status in ("refund_due", "refunded"))
        return [m for m in went if m.problem == "event_cancelled"] == [money]

    def unconfirm(self, row: Row) -> bool:
        others = (r for r in self.rows if r.person == row.person and r is not row)
        needs_it = row.place == self.event and any(r.status in ACTIVE for r in others)
        if needs_it or self.now >= self.places[row.place].ends_at:
            return False
        row.status, row.until = HELD, min(self.now + LONG_HOLD, self.end_of_holds(row.place))
        return True

    # --- What goes back --------------------------------------------------------------------------

    def request(self, number: int, which: int) -> bool:
        money = self.rows[number].payments[which]
        if money.status != "refund_due" or _goes_back(money) or self.taken(money):
            return False
        money.attempts.append(Attempt("open", self.now, money.amount - money.gone))
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
            if self.is_next_attempt_due(money):
                money.attempts.append(Attempt("open", self.now, money.amount - money.gone))
        for row, money in self.money("memory"):
            for attempt in money.attempts:
                is_due = attempt.status == "open" and attempt.try_at <= self.now
                if is_due and money.dispute != "open":
                    self.try_to_give(row, money, attempt, mood)
        return True

    def is_next_attempt_due(self, money: Money) -> bool:
        """Three attempts, a day apart, and none while a bank asks for the money."""
        own = [attempt for attempt in money.attempts if not attempt.is_elsewhere]
        is_automatic = money.problem in ("cancelled", "event_cancelled")
        is_due = money.status == "refund_due" and not _goes_back(money) and is_automatic
        is_calm = money.dispute not in ("asked", "open")
        ends = [attempt.ended_at for attempt in own if attempt.ended_at is not None]
        has_waited = all(self.now - end >= timedelta(days=1) for end in ends)
        return is_due and is_calm and has_waited and len(own) < 3

    def try_to_give(self, row: Row, money: Money, attempt: Attempt, mood: str) -> None:
        attempt.try_at = self.now + PAUSES[min(attempt.tries, len(PAUSES) - 1)]
        attempt.tries += 1
        was_given = attempt.is_given
        is_possible = money.given + attempt.amount <= money.amount
        if not was_given and mood == "away":
            return
        if not was_given and (mood == "refuse" or not is_possible):
            attempt.status, attempt.ended_at = "failed", self.now
            return
        attempt.is_given = True
        if was_given or mood == "done":
            attempt.status = "done"
            self.weigh(row, money)

    def hear_of_refund(self, number: int, which: int, attempt: int, *, is_done: bool) -> bool:
        """Take in what the provider says of an attempt: what was done may come back, and is due
        again; what we had given up may have been done all the same.
        """
        row = self.rows[number]
        money = row.payments[which]
        told = money.attempts[attempt]
        told.is_given = is_done
        is_given_up = told.status == "failed" and not told.is_ended_there
        if is_done and (told.status == "open" or is_given_up):
            told.status = "done"
            for other in () if told.is_elsewhere else money.attempts:
                if other.status == "open" and not other.is_elsewhere:
                    other.status, other.ended_at = "failed", self.now
        elif not is_done and told.status in ("open", "done"):
            told.status, told.is_ended_there, told.ended_at = "failed", True, self.now
        self.weigh(row, money)
        return True

    def give_elsewhere(self, number: int, which: int, amount: int) -> bool:
        """Somebody gives money back at the provider, and the site hears of it."""
        row = self.rows[number]
        money = row.payments[which]
        done = Attempt("done", self.now, amount, is_given=True, is_elsewhere=True)
        money.attempts.append(done)
        self.weigh(row, money)
        return True

    def dispute(self, number: int, which: int, status: str) -> bool:
        row = self.rows[number]
        money = row.payments[which]
        money.dispute = status
        money.disputed = money.amount - money.back
        self.weigh(row, money)
        return True

    def leave_place(self, number: int, which: int) -> bool:
        row = self.rows[number]
        money = row.payments[which]
        money.is_decided = money.is_decided or self.is_gone_under_a_place(row, money)
        return True

    def weigh(self, row: Row, money: Money) -> None:
        """All of it has gone, or not any more."""
        is_gone = money.gone >= money.amount and (money.back or money.dispute == "lost")
        if money.status in ("paid", "refund_due") and is_gone:
            why = "disputed" if money.dispute == "lost" and money.disputed else "returned"
            money.status, money.problem = "refunded", money.problem or why
            for attempt in money.attempts:
                if attempt.status == "open":
                    attempt.status, attempt.ended_at = "failed", self.now
        elif money.status == "refunded" and money.gone < money.amount:
            self.come_back(row, money)

    def come_back(self, row: Row, money: Money) -> None:
        is_elsewhere = money.problem in ("returned", "disputed")
        is_paid = any(other.status == "paid" for other in row.payments)
        money.status, money.is_decided = "refund_due", False
        if is_elsewhere and self.is_cancelled:
            money.problem = "event_cancelled"
        elif is_elsewhere and row.status == CONFIRMED and not is_paid:
            money.status, money.problem = "paid", ""

    # --- Questions -------------------------------------------------------------------------------

    def is_payable(self, row: Row) -> bool:
        return row.status == HELD and self.counts(row) and not self.is_cancelled

    def money(self, provider: str) -> Iterator[tuple[Row, Money]]:
        for row in self.rows:
            yield from ((row, money) for money in row.payments if money.provider == provider)

    def payments(self) -> list[tuple[int, int]]:
        """Return what payments are named by."""
        return [(n, w) for n, row in enumerate(self.rows) for w in range(len(row.payments))]

    def sums(self) -> dict[str, int]:
        """Due, paid, to be refunded and refunded, as the organizers see them."""
        asked = sum(row.amount for row in self.rows if self.is_payable(row))
        sums = {"due": asked, "paid": 0, "refund_due": 0, "refunded": 0, "disputed": 0}
        for money in (money for row in self.rows for money in row.payments):
            if money.status == "refunded":
                sums["refunded"] += money.amount
            elif money.status in sums:
                sums[money.status] += money.amount - money.gone
                sums["refunded"] += money.gone
                sums["disputed"] += self.taken(money)
        return sums

    def taken(self, money: Money) -> int:
        """Return what a bank has taken for now."""
        return min(money.disputed, money.amount - money.gone) if money.dispute == "open" else 0

    def undecided(self) -> int:
        """Count the places that are held although their money is gone."""
        rows = [(row, money) for row in self.rows for money in row.payments]
        return sum(self.is_gone_under_a_place(row, money) for row, money in rows)

    def is_gone_under_a_place(self, row: Row, money: Money) -> bool:
        is_gone = money.status == "refunded" and money.problem in ("returned", "disputed")
        is_held = row.status == CONFIRMED and not self.is_cancelled
        return is_gone and is_held and not money.is_decided


def _goes_back(money: Money) -> bool:
    """By an attempt of our own."""
    own = [attempt for attempt in money.attempts if not attempt.is_elsewhere]
    return any(attempt.status in ("open", "done") for attempt in own)
