"""What an organizer types to give a place, to move somebody, or to make a link."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.admin import shown
from events.admin.error_words import OF_NUMBER
from events.desk.people import find_people, workshops_to_move_to
from events.formatting import text
from events.formatting.fields import LineField
from events.models import Attendee, Bookable, Event, Registration, Role, Workshop
from events.models.role import MOST_EARLY_MINUTES
from events.places import NewRole
from events.places.place_invitations import GOOD_FOR

NOBODY = _(
    "Nobody has this id or name here. People who have never signed in cannot be added: send them "
    "an invitation link."
)
#: Of a workshop that was deleted while the form was open; also of one that never was there.
NOT_THERE = _("This workshop is not there any more. Please choose another one.")
MISSING = {"invalid_choice": NOT_THERE}


class Because(forms.Form):
    because = LineField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Only organizers read it, on the page of the registration."),
    )


class PersonForm(Because):
    """Somebody by an exact id or name. If several have the name, `chosen` tells which."""

    person = forms.CharField(
        label=_("Person"),
        max_length=200,
        help_text=_("The whole Neos id, user name, Neos name or display name."),
    )
    chosen = forms.ChoiceField(label=_("Which of them?"), widget=forms.RadioSelect, required=False)
    field_order: Iterable[str] = ("person", "chosen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Attendee] = []
        self.fields["chosen"].choices = []  # type: ignore[attr-defined]  # a field of choices

    def full_clean(self) -> None:
        """Offer whom the name means before the choice is looked at."""
        if self.is_bound:
            self.found = find_people(str(self.data.get("person", ""))[:200])
        choices = [(str(one.pk), shown.person(one)) for one in self.found]
        self.fields["chosen"].choices = choices if len(choices) > 1 else []  # type: ignore[attr-defined]
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.found and "person" not in self.errors:
            self.add_error("person", NOBODY)
        if len(self.found) > 1 and not cleaned.get("chosen") and "chosen" not in self.errors:
            several = gettext("Several people have this name. Choose one by the id.")
            self.add_error("chosen", several)
        return cleaned

    @property
    def attendee(self) -> Attendee:
        chosen = self.cleaned_data.get("chosen") or str(self.found[0].pk)
        return next(one for one in self.found if str(one.pk) == chosen)


def _offer_places(form: forms.Form, event: Event) -> None:
    names = [(str(one.workshop_id or "event"), one.title) for one in event.bookables()]
    form.fields["place"].choices = names  # type: ignore[attr-defined]  # a field of choices


def _place_of(form: forms.Form, event: Event) -> Bookable:
    chosen = form.cleaned_data["place"]
    return event if chosen == "event" else event.workshops.get(pk=chosen)


class AddForm(PersonForm):
    place = forms.ChoiceField(label=_("Place at"), error_messages=MISSING)
    field_order = ("person", "chosen", "place", "because")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        _offer_places(self, event)

    @property
    def bookable(self) -> Bookable:
        return _place_of(self, self.event)


class MoveForm(Because):
    to = forms.ModelChoiceField(
        label=_("To the workshop"),
        queryset=Workshop.objects.none(),
        empty_label=None,
        error_messages=MISSING,
    )
    field_order = ("to", "because")

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = workshops_to_move_to(registration, timezone.now())
        self.fields["to"].queryset = others  # type: ignore[attr-defined]  # a field of rows


class InviteForm(Because):
    place = forms.ChoiceField(label=_("Place at"), error_messages=MISSING)
    days = forms.IntegerField(
        label=_("Good for how many days"),
        min_value=1,
        max_value=60,
        initial=GOOD_FOR.days,
        error_messages=OF_NUMBER,
    )
    field_order = ("place", "days", "because")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        _offer_places(self, event)

    @property
    def bookable(self) -> Bookable:
        return _place_of(self, self.event)


class RoleForm(PersonForm):
    """Ask for a person and a role. No reason is asked for: the role says it."""

    because = None  # type: ignore[assignment]  # how Django takes a field away
    kind = forms.ChoiceField(label=pgettext_lazy("person", "Role"), choices=Role.Kind.choices)
    workshop = forms.ModelChoiceField(
        label=_("Workshop"),
        queryset=Workshop.objects.none(),
        required=False,
        empty_label=_("None: for the whole event"),
        error_messages=MISSING,
        help_text=_("The page of the event shows at the workshop who leads it, if they agree."),
    )
    outside_capacity = forms.BooleanField(
        label=_("The place is outside of the capacity"),
        required=False,
        help_text=_(
            "The person takes a place as everybody does, but it is not counted: not at the event, "
            "and not at this workshop. They can take it even if all are taken."
        ),
    )
    early_minutes = forms.IntegerField(
        label=_("Enters the session earlier (minutes)"),
        min_value=0,
        max_value=MOST_EARLY_MINUTES,
        error_messages=OF_NUMBER,
        initial=0,
        help_text=_("So long before it opens for everybody with a place."),
    )
    field_order = ("person", "chosen", "kind", "workshop", "outside_capacity", "early_minutes")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.fields["workshop"].queryset = event.workshops.all()  # type: ignore[attr-defined]

    @property
    def new_role(self) -> NewRole:
        typed = self.cleaned_data
        names = ("kind", "workshop", "outside_capacity", "early_minutes")
        return NewRole(**{name: typed[name] for name in names})


class OrganizerForm(forms.Form):
    named = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        help_text=_("Exactly as it is in their account. They need an account for organizers."),
    )

    @property
    def name(self) -> str:
        return text.clean_account_name(self.cleaned_data["named"])

    @property
    def address(self) -> str:
        return text.clean_address(self.cleaned_data["named"])
