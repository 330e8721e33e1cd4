"""Forms of the parts of an event: its workshops and perks."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, UniqueConstraint
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext_lazy as _

from events.formatting.addresses import address_of, numbered
from events.formatting.fields import LineField
from events.models import Workshop

from . import help_texts
from .error_words import OF_ADDRESS
from .length import LengthForm
from .price_field import PLEDGE_CURRENCY, PriceField, name_currency
from .price_forms import refuse_prices
from .translations import TranslatedForm
from .versions import VersionedForm, VersionedFormSet


class PartForm(VersionedForm):
    """Base form of the inlines of an event."""

    def validate_unique(self) -> None:
        """Check also against rows that are not on the page. Django leaves what is unique within the
        parent to the database, so a form sent twice would end in an error page.
        """
        super().validate_unique()
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                if isinstance(constraint, UniqueConstraint):
                    self._check(constraint, model)

    def _check(self, constraint: UniqueConstraint, model: type[Model]) -> None:
        try:
            constraint.validate(model, self.instance)
        except ValidationError as error:
            self.add_error(None, error)


class PerkForm(PartForm):
    class Meta:
        field_classes: ClassVar = {"label": LineField, "min_cents": PriceField}
        help_texts: ClassVar = help_texts.OF_PERK

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "min_cents" in self.fields:
            name_currency(self.fields["min_cents"], PLEDGE_CURRENCY, may_be_empty=False)

    def clean_min_cents(self) -> int:
        """Refuse to type 0, which reaches nobody. An old row with it can still be edited."""
        cents: int = self.cleaned_data["min_cents"]
        is_typed = self.instance.pk is None or "min_cents" in self.changed_data
        if cents == 0 and is_typed:
            raise ValidationError(
                _("A perk for a pledge of 0 helps nobody. Type the least pledge, like 5.00.")
            )
        return cents


class WorkshopForm(TranslatedForm, PartForm, LengthForm):
    repeated = ("ends_at", "slug")

    class Meta:
        field_classes: ClassVar = {"title": LineField, "summary": LineField, "price": PriceField}
        help_texts: ClassVar = help_texts.OF_WORKSHOP
        error_messages: ClassVar = {"slug": OF_ADDRESS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse to delete a workshop with registrations: those stay as history. The same for one
        that somebody leads: their role has to be taken away first.
        """
        cleaned = super().clean() or self.cleaned_data
        workshop = cleaned.get("id")
        if not (workshop and cleaned.get(DELETION_FIELD_NAME)):
            return cleaned
        if workshop.registrations.exists():
            del cleaned[DELETION_FIELD_NAME]
            raise ValidationError(
                _(
                    "People have signed up for this workshop, so it cannot be deleted. To end it, "
                    "set its capacity to 0 without a waitlist and cancel their registrations."
                )
            )
        if workshop.roles.exists():
            del cleaned[DELETION_FIELD_NAME]
            raise ValidationError(
                _(
                    "People have a role at this workshop, so it cannot be deleted. Take their "
                    "roles away first: on the tab “People”, under “Roles”."
                )
            )
        return cleaned


class WorkshopFormSet(VersionedFormSet):
    """Check that workshops lie within the event, and that their main texts are in its language.

    They may overlap: `places.event_edits` finds the people who are in two at the same time.
    """

    def add_fields(self, form: Any, index: int | None) -> None:
        """Prices of workshops are in the currency of the event, as it is chosen on this page."""
        super().add_fields(form, index)
        if "price" in form.fields:
            name_currency(form.fields["price"], self.instance.currency)
        form.former_zone = getattr(self.instance, "former_zone", None)  # of the form of the event

    def clean(self) -> None:
        self._make_addresses()
        super().clean()
        refuse_prices(self)
        for form in self.forms:
            form.refuse_main_language(self.instance.written_in)
        if None in {self.instance.starts_at, self.instance.ends_at}:
            return
        for form in self.forms:
            if self._is_kept(form):
                self._refuse_outside(form)

    def _is_kept(self, form: forms.ModelForm[Workshop]) -> bool:
        has_times = all(form.cleaned_data.get(name) for name in ("starts_at", "ends_at"))
        return has_times and not form.cleaned_data.get(DELETION_FIELD_NAME)

    def _refuse_outside(self, form: forms.ModelForm[Workshop]) -> None:
        event, workshop = self.instance, form.instance
        if workshop.starts_at < event.starts_at:
            form.add_error("starts_at", _("The workshop must not start before the event."))
        if workshop.ends_at > event.ends_at:
            form.add_error("ends_at", _("The workshop must not end after the event."))

    def _make_addresses(self) -> None:
        """Make an address from the title of each workshop for which none was typed."""
        forms = [form for form in self.forms if hasattr(form, "cleaned_data")]
        taken = {form.cleaned_data.get("slug") for form in forms}
        taken |= {*self.get_queryset().values_list("slug", flat=True)}
        for form in forms:
            title = form.cleaned_data.get("title")
            if title and not form.cleaned_data.get("slug"):
                made = numbered(address_of(title, otherwise="workshop"), taken)
                form.cleaned_data["slug"] = form.instance.slug = made
                taken.add(made)
