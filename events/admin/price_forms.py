"""Check that what people will be asked for can be charged, when an organizer saves prices."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils import timezone
from django.utils.translation import gettext

from events.access.pricing import discounted
from events.formatting.money import format_amount
from events.models import Bookable, Event
from events.payments import providers

from .versions import VersionedFormSet


def refuse_price(form: forms.ModelForm[Any], event: Event, cleaned: dict[str, Any]) -> None:
    """Add an error to the price of an event or a workshop, if it cannot be charged as it is."""
    price = cleaned.get("price")
    currency = cleaned.get("currency", event.currency)
    if price and _is_ahead(cleaned, event) and (why := _why_not(price, currency)):
        form.add_error("price", why)


def refuse_prices(formset: Any) -> None:
    """Check every workshop that stays, and leave the prices for the check of the perks."""
    event = formset.instance
    kept = [form for form in formset.forms if _is_kept(form)]
    event.prices_of_workshops = [
        (form.instance, form.cleaned_data["price"]) for form in kept if "price" in form.cleaned_data
    ]
    for form in kept:
        refuse_price(form, event, form.cleaned_data | {"currency": event.currency})


class PerkFormSet(VersionedFormSet):
    """Check each discount with each price. The formset of the workshops is cleaned before."""

    def clean(self) -> None:
        super().clean()
        event = self.instance
        prices: list[tuple[Bookable, int]] = [(event, event.price or 0)]
        prices += getattr(event, "prices_of_workshops", [])
        for form in self.forms:
            if _is_kept(form) and _is_ahead({}, event):
                for error in _refusals(form.cleaned_data.get("discount_percent"), prices, event):
                    form.add_error("discount_percent", error)


def _refusals(
    percent: int | None, prices: list[tuple[Bookable, int]], event: Event
) -> Iterator[ValidationError]:
    """Yield what patrons could not pay. A free place is fine, and so is a price without discount,
    which has been refused elsewhere.
    """
    for bookable, price in prices:
        amount = discounted(price, percent or 0, event.currency)
        if percent and amount and (why := _why_not(amount, event.currency)):
            what = gettext("With this discount, “%(title)s” costs %(sum)s.") % {
                "title": bookable.title,
                "sum": format_amount(amount, event.currency),
            }
            yield ValidationError(f"{what} {why}")


def _is_kept(form: Any) -> bool:
    has_data = hasattr(form, "cleaned_data") and bool(form.cleaned_data)
    return has_data and not form.cleaned_data.get(DELETION_FIELD_NAME)


def _is_ahead(cleaned: dict[str, Any], event: Event) -> bool:
    """Nobody pays for an event that is over or cancelled, so its prices may stay as they are."""
    status = cleaned.get("status") or event.status
    ends_at = cleaned.get("ends_at") or event.ends_at
    is_over = ends_at is not None and ends_at <= timezone.now()
    return status != Event.Status.CANCELLED and not is_over


def _why_not(amount: int, currency: str) -> str:
    """Return why the configured provider cannot charge this, or nothing."""
    found = providers.limits(currency)
    if found is None:
        text = gettext("The payment provider of this site cannot charge %(currency)s.")
        return text % {"currency": currency}
    if amount < found.smallest:
        text = gettext("The payment provider charges at least %(sum)s.")
        return text % {"sum": format_amount(found.smallest, currency)}
    if amount > found.largest:
        text = gettext("The payment provider charges at most %(sum)s.")
        return text % {"sum": format_amount(found.largest, currency)}
    if amount % found.step:
        text = gettext("The payment provider charges %(currency)s in steps of %(sum)s only.")
        return text % {"currency": currency, "sum": format_amount(found.step, currency)}
    return ""
