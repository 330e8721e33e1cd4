"""The form of an event: it cleans what organizers type."""

from typing import Any, ClassVar

from babel.numbers import is_currency
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.formatting import contact
from events.formatting.addresses import address_of, numbered, start_of
from events.formatting.fields import LineField, LinesField
from events.formatting.markdown import is_too_long_a_page
from events.formatting.zones import offer_zones
from events.models import Event
from events.models.session_address import validate_shape
from events.payments import refunds
from events.places import event_edits
from events.places.former_addresses import AddressTaken, addresses_like, refuse_former

from . import help_texts, signed_up
from .error_words import OF_ADDRESS
from .length import LengthForm
from .markdown_field import MarkdownWidget
from .price_field import PLEDGE_CURRENCY, PriceField, name_currency
from .price_forms import refuse_price
from .session_field import SessionField
from .translations import TranslatedForm


class EventForm(TranslatedForm, LengthForm):
    has_question = False  # what the change does was not agreed to; see `event_saves`
    repeated = ("ends_at", "slug")  # a length says the end too, and a title makes an address

    class Meta:
        field_classes: ClassVar = {
            "title": LineField,
            "summary": LineField,
            "description": LinesField,
            "payment_instructions": LinesField,
            "contact": LineField,
            "session_url": SessionField,
            "price": PriceField,
            "patron_cents": PriceField,
        }
        widgets: ClassVar = {"description": MarkdownWidget}
        help_texts: ClassVar = help_texts.OF_EVENT
        error_messages: ClassVar = {"slug": OF_ADDRESS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" not in self.fields:  # people may be allowed to look only
            return
        offer_zones(self.fields["time_zone"], stored=self.initial.get("time_zone"))
        self.fields["slug"].required = False
        self._offer_stored_language()
        self._remember_zone()
        name_currency(self.fields["price"], self._currency())
        name_currency(self.fields["patron_cents"], PLEDGE_CURRENCY)

    def _currency(self) -> str:
        """Return the currency that is typed beside the price, or else the stored one."""
        typed = str(self.data.get(self.add_prefix("currency")) or "").strip().upper()
        return typed if is_currency(typed) else self.instance.currency

    def _remember_zone(self) -> None:
        """Keep the stored zone for the times of this form and of the workshops below it."""
        if self.instance.pk is not None:
            self.former_zone = self.instance.former_zone = self.instance.zone

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

    def clean_session_url(self) -> str:
        """Ask for a whole address only where one is typed: an old one locks no event."""
        address: str = self.cleaned_data["session_url"]
        if address and "session_url" in self.changed_data:
            validate_shape(address)
        return address

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
        cleaned["slug"] = self._address(cleaned)
        if self.has_question:
            self.add_error(None, _("Nothing is saved yet."))
        refuse_price(self, self.instance, cleaned)
        self.refuse_main_language(cleaned.get("written_in", ""))
        return cleaned

    def _address(self, cleaned: dict[str, Any]) -> str | None:
        """Make an address where none was typed, and another one for a copy."""
        typed: str | None = cleaned.get("slug")
        if typed is None or (typed and not self.is_copy):
            return typed  # None: it has an error
        title, kind = cleaned.get("title") or "", cleaned.get("kind") or "event"
        base = typed or address_of(title, otherwise=kind)
        return numbered(base, addresses_like(start_of(base), event_pk=self.instance.pk))

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
