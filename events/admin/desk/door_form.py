"""Forms with which an organizer makes a key of a door, changes one, and rotates it."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.admin.time_field import EventTimeField
from events.doors.key_edits import OVERLAPS, KeyTerms, expiry_proposed
from events.formatting.fields import LineField
from events.models import Bookable, DoorKey, Event, Workshop

OVERLAP_WORDS = (
    _("At once"),
    _("In an hour"),
    _("In a day"),
    _("In 7 days"),
)
OVERLAP_CHOICES = [
    (str(int(overlap.total_seconds())), words)
    for overlap, words in zip(OVERLAPS, OVERLAP_WORDS, strict=True)
]
TAKEN = _("A key with this name works here already. Choose another name, or rotate that key.")


class NamedKeyForm(forms.Form):
    label = LineField(
        label=_("Name"),
        max_length=60,
        help_text=_("Where the key is built in, like “Main hall” or “Headless server”."),
    )
    expires_at = EventTimeField(
        label=_("Good until"),
        required=False,
        help_text=_(
            "In the time zone of the event. Leave it empty for a key that works until you revoke "
            "it."
        ),
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )

    def clean_expires_at(self) -> datetime | None:
        typed: datetime | None = self.cleaned_data["expires_at"]
        if typed is not None and typed <= timezone.now():
            raise ValidationError(gettext("This time has passed. To end a key now, revoke it."))
        return typed

    def refuse_label(self) -> None:
        self.add_error("label", TAKEN)


class KeyForm(NamedKeyForm):
    """`initial` proposes when the key ends; an empty field is an answer too."""

    workshop = forms.ModelChoiceField(
        label=pgettext_lazy("door key", "For"),
        queryset=Workshop.objects.none(),
        required=False,
        empty_label=_("The whole event"),
        help_text=_("A workshop has a door of its own: with such a key a world asks about it."),
    )
    may_check_in = forms.BooleanField(
        label=_("A world may also note with it who comes and goes"),
        required=False,
        help_text=_("Only for worlds that you host yourselves. Without it the key only asks."),
    )
    field_order = ("label", "workshop", "may_check_in", "expires_at")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        kwargs["initial"] = {"expires_at": expiry_proposed(event, timezone.now())}
        super().__init__(*args, **kwargs)
        self.event = event
        self.fields["workshop"].queryset = event.workshops.all()  # type: ignore[attr-defined]

    @property
    def bookable(self) -> Bookable:
        workshop: Workshop | None = self.cleaned_data["workshop"]
        return workshop or self.event

    @property
    def terms(self) -> KeyTerms:
        names = ("label", "may_check_in", "expires_at")
        return KeyTerms(**{name: self.cleaned_data[name] for name in names})


class ChangeKeyForm(NamedKeyForm):
    field_order = ("label", "expires_at")

    def __init__(self, *args: Any, key: DoorKey, **kwargs: Any) -> None:
        kwargs["initial"] = {"label": key.label, "expires_at": key.expires_at}
        super().__init__(*args, **kwargs)


class RotateForm(forms.Form):
    overlap = forms.ChoiceField(
        label=pgettext_lazy("door key", "The present key ends"),
        choices=OVERLAP_CHOICES,
        initial=OVERLAP_CHOICES[2][0],
        help_text=_("Until then both work, so that nobody stands before a closed door."),
    )

    @property
    def time(self) -> timedelta:
        return timedelta(seconds=int(self.cleaned_data["overlap"]))
