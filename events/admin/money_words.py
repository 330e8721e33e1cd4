"""Words for codes of the ledger: errors, outcomes of notices, providers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from events.formatting import text
from events.models import Dispute, Notice, Payment, Refund
from events.payments import webhooks

ERRORS = {
    "no_answer": _("The payment provider did not answer. The person can try again."),
    "amount_too_small": _("The sum is too small for the payment provider. Raise the price."),
    "amount_too_large": _("The sum is too large for the payment provider. Lower the price."),
    "amount_not_chargeable": _(
        "The payment provider cannot charge exactly this sum. Choose a round price."
    ),
    "currency_not_chargeable": _("The payment provider cannot charge this currency."),
    "provider_gone": _(
        "The site has no keys of this payment provider any more. Look there whether the money went "
        "back. Then note it, or give it back yourselves."
    ),
    "superseded": _("An earlier attempt has given the money back after all."),
    "charge_already_refunded": _("The money had been given back at the payment provider."),
    "charge_disputed": _("The payer's bank has taken this money back, or asks for it."),
    "insufficient_funds": _("There is not enough money in the account at the payment provider."),
    "bounced": _("The money came back, for example from a closed account."),
    "failed": _("The payment provider could not give it back."),
}


def explain(code: str) -> str:
    """Return a sentence with the code, or the code alone if we know no sentence for it."""
    return text.noted(ERRORS[code], code) if code in ERRORS else code


PROVIDERS = {Payment.BY_HAND: _("by hand"), "stripe": "Stripe", "sandbox": _("sandbox")}
#: What a notice has come to, if it is not a status or a problem of the money.
OUTCOMES = {
    webhooks.UNMATCHED: _("matches no payment of ours"),
    Notice.Kind.PENDING: Notice.Kind.PENDING.label,
}
REFUNDS = ("refunded", "refund_pending", "refund_failed")
DISPUTES = ("dispute_asked", "disputed", "dispute_won", "dispute_lost")


def provider_name(code: str) -> str:
    return str(PROVIDERS.get(code, code))


def outcome_in_words(notice: Notice) -> str:
    """Return the status that the money has got, and why it has to go back, if it has to."""
    known: dict[str, Any] = OUTCOMES | dict(Payment.Problem.choices) | dict(Payment.Status.choices)
    if notice.kind in REFUNDS:
        known |= dict(Refund.Status.choices)
    if notice.kind in DISPUTES:
        known |= dict(Dispute.Status.choices)
    return " · ".join(str(known.get(code, code)) for code in notice.outcome.split())
