"""A length instead of an end: typed as "1:30" or "90 min", added to the start."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.formatting.fields import LineField

from .shown import NOTHING

SAVE_AS_NEW = "_saveasnew"
MAX_TYPED = 20
LONGEST = timedelta(days=366)
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
UNITS = re.compile(
    r"(?:(\d{1,4}) ?(?:h|hrs?|hours?|時間))? ?(?:(\d{1,5}) ?(?:m|mins?|minutes?|分))?",
    re.IGNORECASE,
)
EXAMPLES = {"clock": "1:30", "minutes": "90 min"}


class LengthField(LineField):
    """Read hours and minutes. A number alone is refused: it could be either.

    A length that is `stored` stays as it is, also if nobody could type it.
    """

    stored: timedelta | None = None

    def __init__(self) -> None:
        super().__init__(
            label=_("Length"),
            required=False,
            help_text=_("Hours and minutes, like 1:30 or 90 min. Or set the end instead."),
            widget=forms.TextInput({"size": 10, "autocomplete": "off"}),
        )

    def clean(self, value: Any) -> timedelta | None:
        text = self.to_python(value)
        if not text:
            return None
        if text == written(self.stored):
            return self.stored
        length = _read(text) if len(text) <= MAX_TYPED else None
        if length is None:
            message = _("Write hours and minutes, like %(clock)s or %(minutes)s.")
            raise ValidationError(message, params=EXAMPLES)
        if not timedelta(0) < length <= LONGEST:
            raise ValidationError(_("Choose a length between one minute and a year."))
        return length

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, timedelta) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lengths: "1:30" and "90 min" are one. What cannot be read counts as a change."""
        try:
            return written(initial) != written(self.clean(data))
        except ValidationError:
            return True


def _read(text: str) -> timedelta | None:
    """Return the length, or None if the text is none."""
    found = CLOCK.fullmatch(text) or UNITS.fullmatch(text)
    if found is None:
        return None
    hours, minutes = found.groups()
    return timedelta(hours=int(hours or 0), minutes=int(minutes or 0))


def written(length: timedelta | None) -> str:
    """Return hours and minutes like "1:30", which the field reads; "" for None."""
    if length is None:
        return ""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours}:{minutes:02}"


class LengthForm(forms.ModelForm[Any]):
    """Let people give a length, an end, or both if they agree. A later start moves the end along.

    Only the end is stored, so only a change of the end is one of the row. What another time zone
    does to a time that stays the same on the clock is no change: nobody typed it.
    """

    length = LengthField()
    former_zone: ZoneInfo | None = None  # in which the stored times were typed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ends_at" not in self.fields or "length" not in self.fields:
            return
        self.fields["ends_at"].required = False
        if self.instance.pk is not None:
            stored = self._stored_length()
            self.fields["length"].initial = self.fields["length"].stored = stored  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"ends_at", "length"} <= cleaned.keys() and not self._says_an_end(cleaned):
            self.add_error("length", _("Give the length, or set the end."))
        elif {"starts_at", "ends_at", "length"} <= cleaned.keys():
            end = self._end(cleaned["starts_at"], cleaned["ends_at"], cleaned["length"])
            self._name_changes(is_moved=end != cleaned["ends_at"])
            cleaned["ends_at"] = end
            self._refuse_far_end(end)
        return cleaned

    def _refuse_far_end(self, end: datetime | None) -> None:
        """Hold an end that was added up to the limits of one that is typed."""
        try:
            self.fields["ends_at"].run_validators(end)
        except ValidationError as error:
            self.add_error("length", error)

    def _says_an_end(self, cleaned: dict[str, Any]) -> bool:
        return cleaned["ends_at"] is not None or cleaned["length"] is not None

    def _end(
        self, start: datetime, end: datetime | None, length: timedelta | None
    ) -> datetime | None:
        typed = {"ends_at", "length"} & {*self.changed_data}
        if self._is_same_clock("ends_at", end):
            typed.discard("ends_at")
        is_same_start = "starts_at" not in self.changed_data or self._is_same_clock(
            "starts_at", start
        )
        is_same = not typed and is_same_start
        if length is None or typed == {"ends_at"} or is_same:
            return end
        added = start.astimezone(UTC) + (length if typed else self._stored_length())
        is_both = len(typed) == len({"ends_at", "length"}) and not self.is_copy
        if is_both and added != end:
            self.add_error("length", _("The length and the end do not agree. Clear one of them."))
        return added

    def _is_same_clock(self, name: str, typed: datetime | None) -> bool:
        """Return whether the clock shows at the typed time what it showed in the former zone."""
        stored = self.initial.get(name)
        if stored is None or typed is None or self.former_zone is None:
            return False
        former = stored.astimezone(self.former_zone).replace(tzinfo=None, microsecond=0)
        return bool(former == timezone.make_naive(typed))

    def _stored_length(self) -> timedelta:
        """Return the length as it is, with the seconds that the field does not show."""
        length: timedelta = self.instance.ends_at - self.instance.starts_at
        return length

    @property
    def is_copy(self) -> bool:
        """A copy gets the end of the original along, so its length decides."""
        return SAVE_AS_NEW in self.data

    def _name_changes(self, *, is_moved: bool) -> None:
        changed = [name for name in self.changed_data if name != "length"]
        if is_moved and "ends_at" not in changed:
            changed.append("ends_at")
        self.changed_data = changed  # a cached property


class LengthShown:
    """Show the length to people who may not change it; for an admin of events or workshops."""

    @admin.display(description=_("Length"))
    def length(self, row: Any) -> str:
        return written(row.ends_at - row.starts_at) if row.pk else NOTHING
