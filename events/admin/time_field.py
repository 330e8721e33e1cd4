"""A field for a time on the clock of the event: it names exactly one instant."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .error_words import OF_INSTANT


class EventTimeField(forms.SplitDateTimeField):
    """Read a time that names exactly one instant in its zone. Years are limited because the first
    and the last ones overflow in some zones.

    A stored time that comes twice on the clock stays the instant it was, unless it is changed.
    """

    stored: datetime | None = None

    default_error_messages = OF_INSTANT
    default_validators = [
        validator(datetime(year, 1, 1, tzinfo=UTC), _("Choose a year between 2000 and 2100."))
        for validator, year in [(MinValueValidator, 2000), (MaxValueValidator, 2101)]
    ]

    def compress(self, data_list: Any) -> datetime | None:
        try:
            return super().compress(data_list)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            if self._is_as_stored(*data_list):
                return self.stored
            text = _("The clocks change then in %(zone)s: this time never comes, or comes twice.")
            zone = {"zone": timezone.get_current_timezone_name()}
            raise ValidationError(text, code=error.code, params=zone) from error

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        self.stored = form.get_initial_for_field(self, field_name)
        self._name_inputs()
        self._show_seconds_only_if_there_are_some()
        return super().get_bound_field(form, field_name)

    def _name_inputs(self) -> None:
        """Give both inputs a name for screen readers: the label belongs to neither."""
        label = {"label": capfirst(str(self.label))}
        day, clock = self.widget.widgets
        day.attrs["aria-label"] = gettext("%(label)s: date") % label
        clock.attrs["aria-label"] = gettext("%(label)s: time of day") % label

    def _show_seconds_only_if_there_are_some(self) -> None:
        if not (isinstance(self.stored, datetime) and self.stored.second):
            self.widget.widgets[1].format = "%H:%M"

    def _is_as_stored(self, day: date, time: time) -> bool:
        if self.stored is None:
            return False
        local = self.stored.astimezone(timezone.get_current_timezone())
        return local.replace(tzinfo=None) == datetime.combine(day, time)
