"""One round each of the races around holds and money; what came out wrong is returned."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from events import places
from events.models import Payment, Refund, Registration
from events.payments import ledger
from tests.factories import statuses
from tests.lines import kinds
from tests.races_for_places import give_password, places_without_neos
from tests.racing import (
    SPREAD_SECONDS,
    Racers,
    line_up,
    make_staff,
    newcomers,
    order,
    payments,
    recount,
    unlike,
)

PRICE = 500


def let_lapse(registration: Registration, *, after: float = SPREAD_SECONDS) -> None:
    """Let the hold end in so many seconds."""
    until = timezone.now() + timedelta(seconds=after)
    Registration.objects.filter(pk=registration.pk).update(hold_until=until)


def hold_that_lapses(racers: Racers) -> list[str]:
    """Its place goes to one of those who come, once, though everybody finds it free."""
    event, (lapsing,) = line_up(price=PRICE, people=1)
    one, other, third = newcomers(3)
    answers = racers.race(
        order("fill", event=event.pk),
        order("register", user=one.user_id, event=event.pk),
        order("register", user=other.user_id, event=event.pk),
        order("register", user=third.user_id, event=event.pk),
        at_last=partial(let_lapse, lapsing),
    )
    places.settle(event=event)  # when all came before it lapsed
    expected = ["awaiting_payment", "expired", "waitlisted", "waitlisted"]
    mail = unlike("messages", kinds(lapsing.attendee), ["payment-due", "hold-lapsed"])
    return mail + unlike("rows", sorted(statuses(event)), expected) + recount(event, answers)


def hold_that_lapses_in_front_of_a_line(racers: Racers) -> list[str]:
    """Its place goes to the line, like one that is given up in the same moment."""
    event, (lapsing, leaving, *_waiting) = line_up(price=PRICE, capacity=2, people=4)
    (newcomer,) = newcomers(1)
    answers = racers.race(
        order("cancel", registration=leaving.pk),
        order("fill", event=event.pk),
        order("register", user=newcomer.user_id, event=event.pk),
        order("fill", event=event.pk),
        at_last=partial(let_lapse, lapsing),
    )
    places.settle(event=event)
    expected = ["expired", "cancelled", *["awaiting_payment"] * 2, "waitlisted"]
    return unlike("rows", statuses(event), expected) + recount(event, answers)


def paid_while_cancelled(racers: Racers) -> list[str]:
    """Whichever comes first, the place is given up and the money has to go back."""
    event, (leaving, _first) = line_up(price=PRICE, people=2)
    answers = racers.race(
        order("mark_paid", registration=leaving.pk, by=make_staff().pk),
        order("cancel", registration=leaving.pk),
    )
    told = unlike("answers", answers, ["paid", "cancelled"], ["refund_due", "cancelled"])
    ledger = unlike("ledger", payments(leaving), ["refund_due"])
    expected = ["cancelled", "awaiting_payment"]
    return told + ledger + unlike("rows", statuses(event), expected) + recount(event, answers)


def paid_at_the_deadline(racers: Racers) -> list[str]:
    """In time or too late, but not both."""
    event, (paying, _first) = line_up(price=PRICE, people=2)
    organizer, (newcomer,) = make_staff(), newcomers(1)
    answers = racers.race(
        order("mark_paid", registration=paying.pk, by=organizer.pk),
        order("fill", event=event.pk).later(),
        order("register", user=newcomer.user_id, event=event.pk).later(),
        order("fill", event=event.pk).later(),
        at_last=partial(let_lapse, paying, after=racers.deadline_seconds),
    )
    in_time = (["paid"], ["confirmed", "waitlisted", "waitlisted"])
    too_late = (["refund_due"], ["expired", "awaiting_payment", "waitlisted"])
    found = (payments(paying), statuses(event))
    return unlike("ledger and rows", found, in_time, too_late) + recount(event, answers)


def paid_twice(racers: Racers) -> list[str]:
    """Two organizers note the same money: one payment counts, the others are to be looked at."""
    event, (paying,) = line_up(price=PRICE, people=1)
    orders = [
        order("mark_paid", registration=paying.pk, by=make_staff().pk, reference=reference)
        for reference in (f"{event.pk}", f"{event.pk}", "", "")
    ]
    answers = racers.race(*orders)
    ledger = unlike("ledger", payments(paying), ["paid", "refund_due", "refund_due"])
    return ledger + unlike("rows", statuses(event), ["confirmed"]) + recount(event, answers)


def asked(registration: Registration) -> Payment:
    payment = ledger.ask(registration=registration, provider="memory")
    ledger.save_reference(payment, f"checkout-{payment.key}")
    return payment


def told_four_times(racers: Racers) -> list[str]:
    """The same notice twice, and two others about the same money: it counts once."""
    event, (paying,) = line_up(price=PRICE, people=1)
    payment = asked(paying)
    ids = [f"{payment.key}-{number}" for number in (0, 0, 1, 2)]
    answers = racers.race(*(order("hear", payment=payment.pk, external_id=id_) for id_ in ids))
    told = unlike("answers", answers, ["paid"] * 4)
    ledger = unlike("ledger", payments(paying), ["paid"])
    return told + ledger + unlike("rows", statuses(event), ["confirmed"]) + recount(event, answers)


def told_while_cancelled(racers: Racers) -> list[str]:
    """As `paid_while_cancelled`, when it is the provider that tells."""
    event, (leaving, _first) = line_up(price=PRICE, people=2)
    payment = asked(leaving)
    answers = racers.race(
        order("hear", payment=payment.pk, external_id=payment.key),
        order("cancel", registration=leaving.pk),
    )
    told = unlike("answers", answers, ["paid", "cancelled"], ["refund_due cancelled", "cancelled"])
    ledger = unlike("ledger", payments(leaving), ["refund_due"])
    expected = ["cancelled", "awaiting_payment"]
    return told + ledger + unlike("rows", statuses(event), expected) + recount(event, answers)


def given_back_at_once(racers: Racers) -> list[str]:
    """Two rounds of housekeeping at once, and two more: the provider is asked by one of them."""
    event, (leaving,) = line_up(price=PRICE, people=1)
    payment = asked(leaving)
    ledger.receive(payment=payment, amount=payment.amount, currency=payment.currency)
    places.cancel(registration=leaving, in_full=False)
    answers = racers.race(*[order("give_back")] * 4)
    keys = [key for answer in answers if isinstance(answer, list) for key in answer]
    refunds = list(Refund.objects.filter(payment=payment).values_list("key", "status"))
    asked_once = unlike("times", len(keys), 1) + unlike(
        "asked", refunds, [(key, "done") for key in keys[:1]]
    )
    return asked_once + unlike("ledger", payments(leaving), ["refunded"]) + recount(event, answers)


def paid_late_while_neos_is_unlinked(racers: Racers) -> list[str]:
    """A hold that has ended keeps nobody from unlinking, and then its money cannot be kept."""
    event, (expired,) = line_up(price=PRICE, people=1)
    payment = asked(expired)
    let_lapse(expired, after=-1)
    places.settle(event=event)
    give_password(expired.attendee)
    answers = racers.race(
        order("hear", payment=payment.pk, external_id=f"late-{payment.pk}"),
        order("unlink", user=expired.attendee.user_id),
    )
    kept = (["paid"], ["confirmed"], "refused gated_places")
    goes_back = (["refund_due"], ["expired"], "unlinked")
    found = (payments(expired), statuses(event), answers[1])
    told = unlike("ledger, rows and answer", found, kept, goes_back)
    return told + places_without_neos(event) + recount(event, answers)
