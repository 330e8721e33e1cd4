"""Take the initial values of an empty form from its address, if the form would accept them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MAX_ID_DIGITS = 18  # these fit the column of an id; no choice and no filter has a longer value


class RowsField(forms.ModelMultipleChoiceField[Any]):
    """Refuse ids that no column can hold: the database would break on them."""

    def clean(self, value: Any) -> Any:
        for pk in value or ():
            if len(str(pk)) > MAX_ID_DIGITS:
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, "invalid_choice", {"value": f"{pk:.20}…"})
        return super().clean(value)


def clean_initial(form: forms.BaseForm, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return typed values by the name of their field; leave out those that the field refuses.

    The address has text. A widget for a time or a row would break on text that is none.
    """
    found = {}
    for name, field in form.fields.items():
        if name in typed:
            try:
                found[name] = field.clean(_parts(field, typed[name]))
            except ValidationError:
                continue
    return found


def _parts(field: forms.Field, text: str) -> object:
    """Split what a field takes in parts: ids by commas, a day and a time by a blank."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return text.split(",")
    return text.split(" ") if isinstance(field, forms.MultiValueField) else text
