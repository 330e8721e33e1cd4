"""What goes back. One row is one attempt; cancelling and giving back are two different things.

Written first, done outside of any transaction, noted afterwards. Whatever is interrupted is asked
about again with the same key, so that nothing goes back twice and nothing is forgotten.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from events import places
from events.access.pricing import Price
from events.messages import texts
from events.models import Notice, Payment, Refund, Registration

from .providers.base import Provider, ProviderAway, ProviderRefused, Told

logger = logging.getLogger(__name__)
Status = Refund.Status
#: After which pauses an attempt of unknown outcome is asked about again; then daily.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1_440))
#: How often the site tries by itself what certainly failed; then it is a task for a person.
ATTEMPTS = 3
#: Hears how many refunds are done, and of how many.
Report = Callable[[int, int], None]


def quotes(registrations: Sequence[Registration], now: datetime) -> dict[int, Price]:
    """What comes back if somebody cancels now, by registration, as `places.cancel` will have it.

    `registrations` are all active ones of one person, so that what falls together is seen. Those
    that never cost anything are left out.
    """
    back = [r.pk for r in registrations if r.amount and r.gets_money_back(now)]
    paid = Payment.objects.paid().filter(registration__in=back) if back else Payment.objects.none()
    amounts = dict(paid.values_list("registration", "amount"))
    falling = {r.pk: _falling_together(r, registrations) for r in registrations}
    return {
        r.pk: Price(sum(amounts.get(other.pk, 0) for other in falling[r.pk]), r.currency)
        for r in registrations
        if any(other.amount for other in falling[r.pk])
    }


def _falling_together(
    registration: Registration, registrations: Sequence[Registration]
) -> list[Registration]:
    """With the place at an event its workshops are lost."""
    if registration.workshop_id is not None:
        return [registration]
    return [r for r in registrations if r.event_id == registration.event_id]


def quote(registration: Registration) -> Price:
    """What comes back if this one is cancelled now."""
    q = Registration.objects.active().filter(attendee=registration.attendee_id)
    held = list(q.filter(event=registration.event_id))
    found = quotes(held, timezone.now())
    return found.get(registration.pk, Price(0, registration.currency))


class NothingToRefund(Exception):
    """The money does not have to go back, or is on its way already."""


@dataclass(frozen=True, slots=True)
class Given:
    """What became of one round."""

    done: int = 0
    open: int = 0
    failed: int = 0


def request(*, payment: Payment, by: User | None = None, note: str = "") -> Refund:
    """Decide that the money goes back: one more attempt, to be made afterwards.

    Raises `NothingToRefund`.
    """
    with places.locked_event(payment.registration.event_id):
        due = Payment.objects.get(pk=payment.pk)
        if due.status != Payment.Status.REFUND_DUE:
            raise NothingToRefund
        number = due.refunds.count() + 1
        try:
            with transaction.atomic():
                return Refund.objects.create(
                    payment=due,
                    key=f"refund-{due.pk}-{number}",
                    amount=due.amount,
                    currency=due.currency,
                    status=Status.OPEN,
                    requested_by=by,
                    note=note,
                    try_at=timezone.now(),
                    created_at=timezone.now(),
                )
        except IntegrityError as error:
            raise NothingToRefund from error


def note_given(*, payment: Payment, by: User, reference: str = "", note: str = "") -> Refund:
    """Note that somebody gave the money back by hand. Raises `NothingToRefund`."""
    with transaction.atomic():
        refund = request(payment=payment, by=by, note=note)
        finish(refund, Status.DONE, reference=reference)
        return refund


def finish(refund: Refund, status: Refund.Status, *, reference: str = "", error: str = "") -> bool:
    """Note the outcome of an attempt, once; the payment follows it."""
    with places.locked_event(refund.payment.registration.event_id):
        unfinished = Refund.objects.filter(pk=refund.pk, status=Status.OPEN)
        outcome = {"status": status, "error": error, "finished_at": timezone.now(), "try_at": None}
        if reference:
            outcome["reference"] = reference
        if not unfinished.update(**outcome):
            return False
        if status == Status.DONE:
            due = Payment.objects.filter(pk=refund.payment_id, status=Payment.Status.REFUND_DUE)
            due.update(status=Payment.Status.REFUNDED)
            _tell(refund)
        return True


def _tell(refund: Refund) -> None:
    texts.refunded(refund.payment.registration, refund)


# --- What is done by itself ----------------------------------------------------------------------


def run(provider: Provider, report: Report = lambda _done, _of: None) -> Given:
    """Start the attempts that nobody has to decide about, and work off what is due."""
    for payment in _without_attempt(provider.name):
        try:
            request(payment=payment)
        except NothingToRefund:
            continue  # somebody else was quicker
    due = list(_due(provider.name, timezone.now()))
    outcomes = []
    for number, refund in enumerate(due, start=1):
        try:
            outcomes.append(attempt(provider, refund))
        except ProviderAway:
            outcomes.append(Status.OPEN)
            break  # each of the others would only wait as long
        report(number, len(due))
    return Given(*(outcomes.count(s) for s in (Status.DONE, Status.OPEN, Status.FAILED)))


def _without_attempt(provider: str) -> Iterator[Payment]:
    """Money that goes back by policy and has no attempt under way, unless too many have failed."""
    q = Payment.objects.to_refund().filter(provider=provider, problem__in=Payment.AUTOMATIC)
    for payment in q.select_related("registration").prefetch_related("refunds").order_by("pk"):
        attempts = list(payment.refunds.all())
        if len(attempts) < ATTEMPTS and all(r.status == Status.FAILED for r in attempts):
            yield payment


def _due(provider: str, now: datetime) -> Iterator[Refund]:
    q = Refund.objects.filter(Q(try_at=None) | Q(try_at__lte=now), status=Status.OPEN)
    q = q.filter(payment__provider=provider).order_by("pk")
    yield from q.select_related("payment__registration")


def attempt(provider: Provider, refund: Refund) -> Refund.Status:
    """Ask the provider, with no lock held; what it says is noted afterwards. Raises `ProviderAway`,
    and then nobody knows.
    """
    pause = PAUSES[min(refund.tries, len(PAUSES) - 1)]
    claimed = Refund.objects.filter(pk=refund.pk, status=Status.OPEN, tries=refund.tries)
    if not claimed.update(tries=F("tries") + 1, try_at=timezone.now() + pause):
        return Status.OPEN  # another process asks just now
    refund.tries += 1
    try:
        told = provider.refund(refund)
    except ProviderRefused as refused:
        logger.error("Refund %s was refused: %s", refund.pk, refused.code)
        finish(refund, Status.FAILED, error=refused.code)
        return Status.FAILED
    return note(refund, told)


def note(refund: Refund, told: Told) -> Refund.Status:
    """What the provider says about an attempt; it may take back what it said before."""
    if told.kind == Notice.Kind.REFUNDED:
        finish(refund, Status.DONE, reference=told.reference)
        return Status.DONE
    if told.kind == Notice.Kind.REFUND_FAILED:
        if not finish(refund, Status.FAILED, reference=told.reference, error="failed"):
            _bounce(refund)
        return Status.FAILED
    Refund.objects.filter(pk=refund.pk, status=Status.OPEN).update(reference=told.reference)
    return Status.OPEN


def _bounce(refund: Refund) -> None:
    """The money went back and returned, as from an account that is closed: it is due again."""
    with places.locked_event(refund.payment.registration.event_id):
        done = Refund.objects.filter(pk=refund.pk, status=Status.DONE)
        if done.update(status=Status.FAILED, error="bounced", finished_at=timezone.now()):
            given = Payment.objects.filter(pk=refund.payment_id, status=Payment.Status.REFUNDED)
            given.update(status=Payment.Status.REFUND_DUE)
