"""The form of a message to people of an event: it cleans what organizers type."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.time_field import EventTimeField
from events.formatting.fields import LineField, LinesField
from events.formatting.markdown import is_too_long_a_page
from events.messages import audiences, placeholders
from events.messages.announcements import Draft
from events.models import Announcement, Audience, Event, Workshop

from .act_forms import MISSING

MAIN = settings.LANGUAGE_CODE
LONGEST_SUBJECT = 150
LONGEST_BODY = 10_000
#: The largest number of `PositiveIntegerField`.
MAX_REVISION = 2**31 - 1
#: Attributes of the two boxes of an instant, each with a name of its own.
DAY: dict[str, Any] = {"type": "date", "aria-label": _("Until which day")}
TIME: dict[str, Any] = {"type": "time", "aria-label": _("Until what time of that day")}


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of one language; `is_open` if they are not to be folded away."""

    language: str
    name: str
    is_main: bool
    is_open: bool
    fields: tuple[forms.BoundField, forms.BoundField]


class AnnouncementForm(forms.Form):
    """`revision` is that of the draft that was shown; a new one has a `token` of its own."""

    audience = forms.ChoiceField(label=_("To"), choices=Audience.choices)
    workshop: forms.ModelChoiceField[Workshop] = forms.ModelChoiceField(
        label=_("Which workshop"),
        queryset=None,
        required=False,
        error_messages=MISSING,
        help_text=_("Only if you have chosen “in one workshop” above. Else leave it empty."),
    )
    includes_later = forms.BooleanField(
        label=_("Also send it to people who join this group later"),
        label_suffix="",
        required=False,
        help_text=_("Each of them gets it once, soon after joining."),
    )
    later_until = EventTimeField(
        label=_("Until"),
        required=False,
        help_text=_("In the time zone of the event. Empty: until the event ends."),
        widget=forms.SplitDateTimeWidget(
            date_attrs=DAY,
            time_attrs=TIME,
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    revision = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=MAX_REVISION, initial=0
    )

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self._offer_workshops()
        for code, name in settings.LANGUAGES:
            self.fields |= _fields_in(code, name)

    def _offer_workshops(self) -> None:
        """Leave out the choice of a workshop where there is none."""
        workshops = self.event.workshops.all()
        self.fields["workshop"].queryset = workshops  # type: ignore[attr-defined]
        if not workshops.exists():
            del self.fields["workshop"]
            self.fields["audience"].choices = [  # type: ignore[attr-defined]
                choice for choice in Audience.choices if choice[0] != Audience.WORKSHOP
            ]

    def parts(self) -> Iterator[Part]:
        """Yield the fields of each language, the main one first."""
        for code, name in sorted(settings.LANGUAGES, key=lambda one: one[0] != MAIN):
            fields = (self[f"subject_{code}"], self[f"body_{code}"])
            is_used = any(field.value() or field.errors for field in fields)
            yield Part(code, name, code == MAIN, is_used, fields)

    # --- Cleaning --------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_workshop(cleaned)
        self._check_later(cleaned)
        for code, _name in settings.LANGUAGES:
            self._check_text(code, cleaned)
        return cleaned

    def _check_workshop(self, cleaned: dict[str, Any]) -> None:
        audience, workshop = cleaned.get("audience"), cleaned.get("workshop")
        if audience == Audience.WORKSHOP and not workshop and "workshop" not in self.errors:
            self.add_error("workshop", _("Choose the workshop."))
        if audience and audience != Audience.WORKSHOP and workshop:
            text = _(
                "If only people of one workshop get it, choose them as the group. Else leave this "
                "empty."
            )
            self.add_error("workshop", text)

    def _check_later(self, cleaned: dict[str, Any]) -> None:
        until, now = cleaned.get("later_until"), timezone.now()
        if until and not cleaned.get("includes_later"):
            self.add_error("includes_later", _("Tick this box, or leave the time empty."))
        elif until and until <= now:
            self.add_error("later_until", _("Choose a time that is still to come."))
        audience = cleaned.get("audience")
        is_closed = audience and not audiences.may_grow(audience, self.event, now)
        if cleaned.get("includes_later") and is_closed:
            text = _("Nobody joins this group any more. Leave the box empty.")
            self.add_error("includes_later", text)

    def _check_text(self, code: str, cleaned: dict[str, Any]) -> None:
        """Take a further language with both of its fields, or with none."""
        names = (f"subject_{code}", f"body_{code}")
        if any(name in self.errors for name in names):
            return
        if any(cleaned.get(name) for name in names):
            for name in names:
                if not cleaned.get(name):
                    text = _("Write this in the same language, too, or leave both empty.")
                    self.add_error(name, text)
        for name in names:
            self._check_placeholders(name, cleaned.get(name, ""))
        if is_too_long_a_page(cleaned.get(names[1], "")):
            self.add_error(names[1], _("This becomes too long a page. Make its tables smaller."))

    def _check_placeholders(self, name: str, typed: str) -> None:
        if unknown := placeholders.unknown_in(typed):
            text = gettext("%(unknown)s stands for nothing. You can write %(known)s.")
            known = " ".join(f"{{{one}}}" for one in placeholders.PLACEHOLDERS)
            values = {"unknown": " ".join(unknown), "known": known}
            self.add_error(name, ValidationError(text, params=values))

    def draft(self) -> Draft:
        """Return what was chosen. Only for a form that is valid."""
        cleaned = self.cleaned_data
        workshop = cleaned.get("workshop")
        texts = {
            code: {part: cleaned[f"{part}_{code}"] for part in ("subject", "body")}
            for code, _name in settings.LANGUAGES
            if cleaned[f"subject_{code}"]
        }
        return Draft(
            audience=cleaned["audience"],
            workshop=workshop.pk if workshop else None,
            texts=texts,
            includes_later=cleaned["includes_later"],
            later_until=cleaned["later_until"],
        )


def _fields_in(code: str, name: str) -> dict[str, forms.Field]:
    is_main = code == MAIN
    attributes = {"lang": code, "dir": "auto"}
    return {
        f"subject_{code}": LineField(
            label=format_lazy(_("Subject ({language})"), language=name),
            max_length=LONGEST_SUBJECT,
            required=is_main,
            widget=forms.TextInput(attrs=attributes),
        ),
        f"body_{code}": LinesField(
            label=format_lazy(_("Text ({language})"), language=name),
            max_length=LONGEST_BODY,
            required=is_main,
            widget=forms.Textarea(attrs=attributes | {"rows": 12}),
        ),
    }


def initial_of(announcement: Announcement) -> dict[str, Any]:
    """Return what the form shows of a draft."""
    found: dict[str, Any] = {
        "audience": announcement.audience,
        "workshop": announcement.workshop_id,
        "includes_later": announcement.includes_later,
        "later_until": announcement.later_until,
        "token": announcement.token,
        "revision": announcement.revision,
    }
    return found | initial_texts(announcement.texts)


def initial_texts(texts: dict[str, dict[str, str]]) -> dict[str, str]:
    return {f"{part}_{code}": typed for code, text in texts.items() for part, typed in text.items()}
