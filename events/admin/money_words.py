"""Sentences for codes of the ledger: why no page could be opened, and why a refund failed."""

from django.utils.translation import gettext_lazy as _

ERRORS = {
    "no_answer": _("The payment provider did not answer. The person can try again."),
    "amount_too_small": _("The sum is less than the payment provider charges. Raise the price."),
    "amount_too_large": _("The sum is more than the payment provider charges. Lower the price."),
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
    "bounced": _("The money came back, as from a closed account."),
    "failed": _("The payment provider could not give it back."),
}


def explain(code: str) -> str:
    """Return a sentence with the code, or the code alone if we know no sentence for it."""
    return f"{ERRORS[code]} ({code})" if code in ERRORS else code
