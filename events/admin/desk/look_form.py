"""The form of the time and the person as whom an organizer looks at the page of an event."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.admin.time_field import EventTimeField
from events.models import Event
from events.previews import people

DAY: dict[str, Any] = {"type": "date", "aria-label": _("Which day")}
TIME: dict[str, Any] = {"type": "time", "aria-label": _("What time of that day")}


def choices() -> list[tuple[str, Any]]:
    return [(kind.key, kind.label) for kind in people.kinds()]


class LookForm(forms.Form):
    who = forms.ChoiceField(label=_("As"), choices=choices, initial=people.VISITOR)
    at = EventTimeField(
        label=_("At this time"),
        widget=forms.SplitDateTimeWidget(
            date_attrs=DAY, time_attrs=TIME, date_format="%Y-%m-%d", time_format="%H:%M"
        ),
    )

    def __init__(self, event: Event, typed: Any) -> None:
        super().__init__(typed or None, initial={"at": timezone.now().replace(second=0)})
        zone = {"zone": event.zone}
        self.fields["at"].help_text = _("On the clock of the event: %(zone)s.") % zone

    @property
    def kind(self) -> people.Kind:
        return people.find_kind(self.cleaned_data["who"]) or people.kinds()[0]


def query_of(instant: datetime, who: str) -> str:
    """Return what the form would send for this instant, in the time zone of now."""
    day, clock = forms.SplitDateTimeWidget().decompress(instant)
    return urlencode({"who": who, "at_0": day, "at_1": clock})
