"""Forms of an event and its parts: they clean what organizers type."""

from typing import Any, ClassVar

from babel.numbers import is_currency
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model, UniqueConstraint
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.formatting import contact
from events.formatting.fields import IdField, LineField, LinesField
from events.formatting.markdown import is_too_long_a_page
from events.formatting.zones import offer_zones
from events.models import Event, Workshop
from events.payments import refunds
from events.places import event_edits
from events.places.former_addresses import AddressTaken, refuse_former

from . import signed_up
from .price_field import PriceField, name_currency
from .price_forms import refuse_price, refuse_prices
from .translations import TranslatedForm
from .versions import VersionedForm, VersionedFormSet

PLEDGE_CURRENCY = "USD"


class EventForm(TranslatedForm):
    has_question = False  # what the change does was not agreed to; see `event_saves`

    class Meta:
        field_classes: ClassVar = {
            "title": LineField,
            "summary": LineField,
            "description": LinesField,
            "payment_instructions": LinesField,
            "contact": LineField,
            "session_url": IdField,
            "price": PriceField,
            "patron_cents": PriceField,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" not in self.fields:  # people may be allowed to look only
            return
        offer_zones(self.fields["time_zone"], stored=self.initial.get("time_zone"))
        self._offer_stored_language()
        name_currency(self.fields["price"], self._currency())
        name_currency(self.fields["patron_cents"], PLEDGE_CURRENCY)

    def _currency(self) -> str:
        """Return the currency that is typed beside the price, or else the stored one."""
        typed = str(self.data.get(self.add_prefix("currency")) or "").strip().upper()
        return typed if is_currency(typed) else self.instance.currency

    def _offer_stored_language(self) -> None:
        """Offer also a language that the site has no more, so that saving does not change it."""
        stored, field = self.initial.get("written_in"), self.fields["written_in"]
        if self._is_language_gone():
            field.choices = [*field.choices, (stored, stored)]  # type: ignore[attr-defined]

    def _is_language_gone(self) -> bool:
        stored = self.initial.get("written_in")
        return bool(stored) and stored not in dict(settings.LANGUAGES)

    def _get_validation_exclusions(self) -> set[str]:
        """Leave such a language to the form: the model knows only those that the site has."""
        left_out: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # no stub
        return left_out | ({"written_in"} if self._is_language_gone() else set())

    def forced_fields(self) -> set[str]:
        is_forced = self.initial.get("price") or self.initial.get("patron_cents")
        return {"neos_required"} if is_forced else set()

    def clean_description(self) -> str:
        description: str = self.cleaned_data["description"]
        if is_too_long_a_page(description):
            text = _("The page would become too long. Use smaller tables.")
            raise ValidationError(text)
        return description

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].upper()
        if not is_currency(currency):
            raise ValidationError(_("This is not an ISO 4217 currency code, like EUR or JPY."))
        return currency

    def clean_contact(self) -> str:
        text: str = self.cleaned_data["contact"]
        if not text:
            return ""
        try:
            contact.read(text)
        except ValueError as error:
            raise ValidationError(
                _("Write an e-mail address or an https link, like %(examples)s."),
                params={"examples": contact.EXAMPLES},
            ) from error
        return text

    def clean_status(self) -> str:
        """Keep an event cancelled whose money went back: people would have places for nothing."""
        status: str = self.cleaned_data["status"]
        is_undone = self.was_cancelled and status != Event.Status.CANCELLED
        if is_undone and self.instance.pk and refunds.is_given_back(self.instance):
            raise ValidationError(
                _(
                    "The money of this event goes back or has gone back, so it stays cancelled. "
                    "Save it as new instead: that makes a copy to which people sign up again."
                )
            )
        if status == Event.Status.DRAFT and self.initial.get("status") != status:
            self._refuse_unpublishing()
        return status

    def _refuse_unpublishing(self) -> None:
        """Decide on what the event is like now: it is locked while the form is saved."""
        if self.instance.pk is None:
            return
        try:
            event_edits.refuse_unpublishing(self.instance)
        except event_edits.PeopleSignedUp as found:
            raise ValidationError(signed_up.not_a_draft(found.people)) from found

    def validate_unique(self) -> None:
        """Refuse also an address that another event had before: links to it still lead there."""
        super().validate_unique()
        try:
            refuse_former(self.cleaned_data.get("slug", ""), event_pk=self.instance.pk)
        except AddressTaken:
            text = _(
                "Another event had this web address before, and links to it still lead there. "
                "Please choose another one."
            )
            self.add_error("slug", text)

    @property
    def was_cancelled(self) -> bool:
        return bool(self.initial.get("status") == Event.Status.CANCELLED)

    def clean(self) -> dict[str, Any]:
        """Require a verified Neos account where a price or a patron gate does so anyway."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("price") or cleaned.get("patron_cents"):
            cleaned["neos_required"] = True
        opens_at, ends_at = cleaned.get("opens_at"), cleaned.get("ends_at")
        if opens_at and ends_at and opens_at >= ends_at:
            self.add_error("opens_at", _("Registration must open before the event ends."))
        if cleaned.get("draw_at"):
            self._check_draw(cleaned)
        if "draw_at" in self.fields:
            self._check_lottery_unchanged(cleaned)
        held = self.instance.draw_at if "draw_at" not in self.fields else None
        if opens_at and held and opens_at >= held:
            self.add_error("opens_at", _("Registration must open before the draw."))
        if self.has_question:
            self.add_error(None, _("Nothing is saved yet."))
        refuse_price(self, self.instance, cleaned)
        self.refuse_main_language(cleaned.get("written_in", ""))
        return cleaned

    def _check_lottery_unchanged(self, cleaned: dict[str, Any]) -> None:
        """Check that an event does not become or stop being a lottery once people signed up."""
        was_lottery, is_lottery = bool(self.initial.get("draw_at")), bool(cleaned.get("draw_at"))
        if was_lottery == is_lottery or not self.instance.pk:
            return
        if self.instance.registrations.active().filter(workshop=None).exists():
            text = _("People have signed up already, so you cannot add or remove the lottery.")
            self.add_error("draw_at", text)

    def _check_draw(self, cleaned: dict[str, Any]) -> None:
        """Check that a new draw is in the future, and that a draw comes before the close."""
        draw_at = cleaned["draw_at"]
        ends = [cleaned[name] for name in ("closes_at", "ends_at") if cleaned.get(name)]
        if any(draw_at >= end for end in ends):
            self.add_error("draw_at", _("The draw must come before registration closes."))
        elif self._is_new_draw(cleaned) and draw_at <= timezone.now():
            self.add_error("draw_at", _("The draw must be in the future."))

    def _is_new_draw(self, cleaned: dict[str, Any]) -> bool:
        """A draw is announced when its time changes, or when its event is published."""
        is_draft = self.initial.get("status", Event.Status.DRAFT) == Event.Status.DRAFT
        is_published_now = is_draft and cleaned.get("status") == Event.Status.PUBLISHED
        return "draw_at" in self.changed_data or is_published_now


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "min_cents" in self.fields:
            name_currency(self.fields["min_cents"], PLEDGE_CURRENCY, may_be_empty=False)


class WorkshopForm(TranslatedForm, PartForm):
    class Meta:
        field_classes: ClassVar = {"title": LineField, "summary": LineField, "price": PriceField}

    def clean(self) -> dict[str, Any]:
        """Refuse to delete a workshop with registrations: those stay as history."""
        cleaned = super().clean() or self.cleaned_data
        workshop = cleaned.get("id")
        if workshop and cleaned.get(DELETION_FIELD_NAME) and workshop.registrations.exists():
            del cleaned[DELETION_FIELD_NAME]
            raise ValidationError(
                _(
                    "People have signed up for this workshop, so it cannot be deleted. To end it, "
                    "set its capacity to 0 without a waitlist and cancel their registrations."
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

    def clean(self) -> None:
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
        has_times = {"starts_at", "ends_at"} <= form.cleaned_data.keys()
        return has_times and not form.cleaned_data.get(DELETION_FIELD_NAME)

    def _refuse_outside(self, form: forms.ModelForm[Workshop]) -> None:
        event, workshop = self.instance, form.instance
        if workshop.starts_at < event.starts_at:
            form.add_error("starts_at", _("The workshop must not start before the event."))
        if workshop.ends_at > event.ends_at:
            form.add_error("ends_at", _("The workshop must not end after the event."))
