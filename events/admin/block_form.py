"""The form of a block: somebody who was here, or an exact id; asked again where it matters."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.formatting import lists
from events.formatting.fields import IdField, LineField
from events.models import Attendee, Block, Registration

from . import shown

#: The box that has to be ticked, by name; it is on the form only once it is asked for.
AGREED = "agreed"


NOBODY = _(
    "Nobody with this id has been here. The block counts as soon as somebody comes with it. If the "
    "id is right, tick the box."
)


class Unticked(forms.CheckboxInput):
    """A box that nobody has ticked yet, whatever was sent before."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class BlockForm(forms.ModelForm[Block]):
    """`people` are those whom the organizer may look up; the admin sets them."""

    people: ClassVar[QuerySet[Attendee]] = Attendee.objects.none()

    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=Attendee.objects.none(),
        required=False,
        widget=AutocompleteSelect(Registration._meta.get_field("attendee"), admin.site),  # noqa: SLF001 - Django documents it
        help_text=_(
            "Somebody who has signed up for an event of yours. Or give the exact id below."
        ),
    )
    agreed = forms.CharField(
        label=_("Yes, block this id"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        # A pasted id with an unseen sign in it would keep nobody out.
        field_classes: ClassVar = {"neos_id": IdField, "reason": LineField}
        help_texts: ClassVar = {"reason": _("Only organizers read it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = self.people  # type: ignore[attr-defined]  # a field of rows
        if "neos_id" in self.fields:
            self.fields["neos_id"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse duplicates here: the constraints would do it in words of the database."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors or "neos_id" not in self.fields:
            return cleaned
        self._read_person(cleaned)
        if not self.errors and {"neos_id", "event"} <= cleaned.keys():
            same = Block.objects.filter(neos_id=cleaned["neos_id"], event=cleaned["event"])
            if same.exclude(pk=self.instance.pk).exists():
                self.add_error("neos_id", _("This Neos id is blocked there already."))
            else:
                self._ask(cleaned)
        return cleaned

    def _read_person(self, cleaned: dict[str, Any]) -> None:
        person, neos_id = cleaned.get("person"), cleaned.get("neos_id")
        if person is None:
            if not neos_id:
                self.add_error("neos_id", _("Choose a person, or give the exact Neos id."))
        elif person.neos_id is None:
            text = _(
                "This person has no Neos account, so no block can find them. Cancel their place."
            )
            self.add_error("person", text)
        elif neos_id and neos_id != person.neos_id and "person" in self.changed_data:
            self.add_error("neos_id", _("This is not the id of the person above. Give only one."))
        else:
            cleaned["neos_id"] = person.neos_id
            self.instance.neos_id = person.neos_id

    def _ask(self, cleaned: dict[str, Any]) -> None:
        """Ask for a tick if nobody has the id, or if its person holds something there now.

        The tick is for this id, this event and so many places: another one is asked about anew.
        """
        if not {"person", "neos_id", "event"} & set(self.changed_data):
            return
        people = Attendee.objects.known_as([cleaned["neos_id"]])
        is_known = people.exists()
        held = _held(people, cleaned["event"]) if is_known else []
        where = cleaned["event"].pk if cleaned["event"] else "site"
        agreed = f"{len(held)} {where} {cleaned['neos_id']}"
        if (is_known and not held) or self.data.get(self.add_prefix(AGREED)) == agreed:
            return
        self.fields[AGREED].widget = Unticked(attrs={"value": agreed})
        self.add_error(AGREED, _holds(held) if is_known else NOBODY)


def _held(people: QuerySet[Attendee], event: Any) -> list[Registration]:
    now = timezone.now()
    q = Registration.objects.active().not_lapsed(now).filter(attendee__in=people)
    q = q.filter(event__ends_at__gt=now)
    q = q.filter(event=event) if event else q
    return list(q.select_related("attendee__user", "event", "workshop").order_by("pk"))


def _holds(held: list[Registration]) -> SafeString:
    lines = [
        shown.joined(
            shown.person(one.attendee), shown.name(one.bookable.title), one.get_status_display()
        )
        for one in held
    ]
    text = gettext(
        "This person has something there now: {what}. Blocking cancels none of it. Tick the box "
        "to block all the same."
    )
    return format_html(text, what=lists.joined_html(shown.some(lines)))
