"""A field for money: typed and shown as people write it, stored in minor units."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.formatting.money import typed_amount
from events.formatting.typed_money import NotMoney, read_amount

#: The largest number in an integer column of PostgreSQL. SQLite takes more and fails elsewhere.
MAX_INTEGER = 2**31 - 1
PLEDGE_CURRENCY = "USD"  # of Patreon
#: Longer text is no sum that a column could hold.
MAX_LENGTH = 20


def name_currency(field: forms.Field, currency: str, *, may_be_empty: bool = True) -> None:
    """Tell a price in which currency it is, and whether it may be left out."""
    if isinstance(field, PriceField):
        field.currency, field.required = currency, not may_be_empty


class PriceField(forms.IntegerField):
    """Money in `currency`, which the form sets before the field is shown or cleaned."""

    currency = "EUR"

    def __init__(self, **kwargs: Any) -> None:
        """The admin would give it the widget of numbers, which takes no comma and no "¥"."""
        super().__init__(**kwargs | {"widget": forms.TextInput})

    def clean(self, value: Any) -> int | None:
        """Return 0 for nothing typed where a price may be left out: it is free then."""
        amount: int | None = super().clean(value)
        return 0 if amount is None else amount

    def prepare_value(self, value: Any) -> Any:
        """Show stored minor units as money, and what was typed as it was typed."""
        return typed_amount(value, self.currency) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int):
            return value
        text = str(value or "").strip()[: MAX_LENGTH + 1]
        if not text:
            return None
        try:
            amount = read_amount(text, self.currency)
        except NotMoney as error:
            raise ValidationError(str(error)) from error
        if amount > MAX_INTEGER:
            raise ValidationError(_("This is too much for one payment."))
        return amount

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare sums: "15" and "15.00" are one. What cannot be read counts as a change."""
        try:
            return (self.to_python(initial) or 0) != (self.to_python(data) or 0)
        except ValidationError:
            return True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "size": 12, "autocomplete": "off"}
