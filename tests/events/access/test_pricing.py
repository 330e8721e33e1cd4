"""Prices, perks and how amounts read."""

from datetime import timedelta

import pytest
from django.utils import translation

from events.access import pricing
from events.formatting import money
from events.models import PatronPerk
from tests.factories import NOON, make_attendee, make_event, make_perk, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("cents", "label"),
    [(0, None), (599, None), (600, "Blade"), (1199, "Blade"), (1200, "Gunter"), (99999, "Gunter")],
)
def test_perk_is_that_of_the_highest_pledge_reached(cents: int, label: str | None) -> None:
    event = make_event()
    make_perk(event, min_cents=1200, label="Gunter")
    make_perk(event, min_cents=600, label="Blade")
    perk = pricing.perk_of(make_attendee(patreon_cents=cents), event.perks.all(), NOON)
    assert (perk and perk.label) == label


def test_perk_of_zero_cents_is_no_perk_for_everybody() -> None:
    event = make_event()
    make_perk(event, min_cents=0)
    assert pricing.perk_of(make_attendee(), event.perks.all(), NOON) is None


def test_perk_needs_a_known_pledge_that_still_counts() -> None:
    event = make_event()
    make_perk(event)
    perks = event.perks.all()
    unknown = make_attendee(patreon_known=False, patreon_cents=600)
    lapsed = make_attendee(patreon_cents=600, patreon_until=NOON)
    found = [pricing.perk_of(who, perks, NOON) for who in (None, unknown, lapsed)]
    assert found == [None, None, None]


@pytest.mark.parametrize(
    ("price", "percent", "amount"), [(1000, 25, 750), (999, 25, 749), (1, 50, 0), (5, 100, 0)]
)
def test_price_is_rounded_in_the_persons_favour(price: int, percent: int, amount: int) -> None:
    event = make_event(price=price)
    perk = make_perk(event, discount_percent=percent, label="Gunter")
    assert pricing.price_of(event, perk) == pricing.Price(amount, "EUR", f"Gunter, −{percent} %")


def test_price_names_no_perk_that_changes_nothing() -> None:
    event = make_event(price=1000)
    early = make_perk(event, early_hours=24)
    half = make_perk(event, min_cents=700, discount_percent=50)
    assert pricing.price_of(event, early) == pricing.Price(1000, "EUR")
    assert pricing.price_of(make_workshop(event), half) == pricing.Price(0, "EUR")


def test_opening_is_earlier_by_the_perks_hours() -> None:
    event = make_event(opens_at=NOON)
    perk = PatronPerk(early_hours=48)
    assert pricing.opens_at(event, perk) == NOON - timedelta(hours=48)
    assert pricing.opens_at(event, None) == NOON
    assert pricing.opens_at(make_event(), perk) is None


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (1250, "EUR", "en", "€12.50"),
        (1250, "EUR", "de", "12,50\xa0€"),
        (500, "JPY", "en", "¥500"),
        (500, "JPY", "ja", "￥500"),
        (1234, "KWD", "en", "KWD1.234"),
        (0, "USD", "en", "$0.00"),
        (1250, "EUR", "xx", "€12.50"),
    ],
)
def test_amount_reads_in_the_readers_language(
    amount: int, currency: str, language: str, text: str
) -> None:
    with translation.override(language):
        assert money.format_amount(amount, currency) == text
