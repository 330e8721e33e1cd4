"""The form in which an organizer says how an event repeats."""

from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.admin.error_words import OF_DATE, OF_NUMBER
from events.formatting import times
from events.models import Event
from events.models.series import Frequency
from events.series.drafts import DAYS_AHEAD, MOST_AT_ONCE
from events.series.rules import Rule, weeks_of_month

from . import series_words

AHEAD, AT_ONCE = "ahead", "at-once"
MOST = 520  # ten years of weeks


class RepeatForm(forms.Form):
    pattern = forms.ChoiceField(label=_("Repeats"))
    interval = forms.IntegerField(
        label=_("Every so many weeks or months"),
        min_value=1,
        max_value=52,
        error_messages=OF_NUMBER,
        initial=1,
        help_text=_("1: every one. 2: every second one."),
    )
    count = forms.IntegerField(
        label=_("Number of events"),
        required=False,
        min_value=2,
        max_value=MOST,
        error_messages=OF_NUMBER,
        help_text=_("This one counts too. Empty: until the day below, or without an end."),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        error_messages=OF_DATE,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day on which there may be one."),
    )
    made = forms.ChoiceField(
        label=_("Drafts are made"),
        choices=[
            (AHEAD, _("by the site, some days before each event")),
            (AT_ONCE, _("all at once, now")),
        ],
        initial=AHEAD,
    )
    days_ahead = forms.IntegerField(
        label=_("So many days before"),
        min_value=1,
        max_value=366,
        initial=DAYS_AHEAD,
        error_messages=OF_NUMBER,
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = times.date_of(event.starts_at, event.zone)
        weekday = self.first.weekday()
        choices = [("weekly", series_words.weekly(1, weekday))]
        choices += [
            (f"monthly {week}", series_words.monthly(1, week, weekday))
            for week in weeks_of_month(self.first)
        ]
        self.fields["pattern"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        self.fields["days_ahead"].required = self.data.get("made") != AT_ONCE

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("count") and cleaned.get("until"):
            self.add_error("until", _("Choose a number of events or a last day, not both."))
        if not self.errors:
            self._refuse_numbers(cleaned)
        return cleaned

    def _refuse_numbers(self, cleaned: dict[str, Any]) -> None:
        if self.rule.day(1) is None:
            self.add_error("until", _("By this rule there is no later event up to that day."))
            return
        if cleaned["made"] != AT_ONCE:
            return
        if not (cleaned["count"] or cleaned["until"]):
            text = _("All at once needs a number of events or a last day.")
            self.add_error("made", text)
        elif next(islice(self.rule.days(), MOST_AT_ONCE + 1, None), None) is not None:
            text = _("At once makes at most %(most)d events. Choose fewer, or some days before.")
            self.add_error("made", ValidationError(text, params={"most": MOST_AT_ONCE}))

    @property
    def rule(self) -> Rule:
        values = self.cleaned_data
        kind, _blank, week = values["pattern"].partition(" ")
        return Rule(
            self.first,
            Frequency.WEEKLY if kind == "weekly" else Frequency.MONTHLY,
            values["interval"],
            int(week) if week else None,
            values["count"],
            values["until"],
        )

    @property
    def days_before(self) -> int | None:
        """Return how many days ahead drafts are made; None if all are made at once."""
        days: int = self.cleaned_data["days_ahead"]
        return None if self.cleaned_data["made"] == AT_ONCE else days
