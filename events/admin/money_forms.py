"""Forms for payments and refunds. Typed amounts become minor units exactly."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.formatting.fields import LineField
from events.formatting.money import typed_amount
from events.formatting.typed_money import NotMoney, read_amount
from events.models import Registration

from .price_field import MAX_INTEGER


def minor_units(typed: str, currency: str) -> int:
    """Turn "15.00" into 1500 for EUR. Raises `ValidationError`, also for nothing and too much."""
    try:
        amount = read_amount(typed, currency)
    except NotMoney as error:
        raise ValidationError(str(error)) from error
    if amount > MAX_INTEGER:
        raise ValidationError(_("This is too much for one payment."))
    if amount == 0:
        raise ValidationError(_("If nothing was received, there is nothing to note."))
    return amount


class MoneyField(forms.CharField):
    """An amount in one currency; cleaned to minor units, or to None if nothing was typed."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.currency = currency

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        return minor_units(typed, self.currency) if typed else None


class NoteForm(forms.Form):
    note = LineField(label=_("Note"), max_length=300, required=False)


class ReasonForm(forms.Form):
    """Ask for the reason of a decision, for people who read the ledger later."""

    reason = LineField(label=_("Reason"), max_length=300)


class GivenForm(NoteForm):
    """About money that a person may have given back by hand."""

    reference = LineField(
        label=_("Reference"),
        max_length=120,
        required=False,
        help_text=_(
            "The number of the refund that you made yourselves, or another sign of "
            "it. If a payment provider could not give the money back and this is "
            "empty, the site asks the provider again."
        ),
    )
    field_order = ["reference", "note"]


class PaymentNoteForm(NoteForm):
    """About money that was received. The amount is asked for only if one row is selected."""

    reference = LineField(
        label=_("Reference"),
        max_length=120,
        required=False,
        help_text=_("The number of the bank transfer, or another sign of this payment."),
    )
    field_order = ["amount", "reference", "note"]

    def __init__(self, data: Any, *, chosen: Sequence[Registration]) -> None:
        super().__init__(data)
        self.payments = len(chosen)
        if self.payments == 1 and chosen[0].amount:
            self.fields["amount"] = _received(chosen[0])
            self.order_fields(self.field_order)

    def clean_reference(self) -> str:
        reference: str = self.cleaned_data["reference"]
        if reference and self.payments > 1:
            raise ValidationError(
                _("One reference is for one payment. Leave it empty, or select one registration.")
            )
        return reference


def _received(registration: Registration) -> MoneyField:
    currency = registration.currency
    return MoneyField(
        currency=currency,
        label=gettext("Amount received (%(currency)s)") % {"currency": currency},
        initial=typed_amount(registration.amount, currency),
        required=False,
        help_text=_(
            "Leave empty for the agreed amount. Any other amount does not pay for the place: it is "
            "noted, and has to go back."
        ),
    )
