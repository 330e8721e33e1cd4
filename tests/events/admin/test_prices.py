"""Prices and discounts that the provider cannot charge are refused when an organizer saves them."""

import pytest
from django.test import Client
from pytest_django import Settings

from events.formatting.money import typed_amount
from events.models import Event, PatronPerk, Workshop
from tests.factories import make_event, make_perk, make_workshop

from .pages import errors, page_of, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LEAST = "The payment provider charges at least €0.50."


@pytest.fixture
def stripe(settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", "whsec_1"


@pytest.fixture
def gala(mika: object) -> Event:
    """An event for which nobody has signed up."""
    return make_event(title="Gala", organizers=[mika], price=1000)


def written(price: str, currency: str) -> str:
    """Return minor units as people type them."""
    return typed_amount(int(price), currency)


def saved(browser: Client, event: Event, **fields: str) -> list[str]:
    return errors(save(browser, page_of(event), **fields))


REFUSED = [
    ("EUR", "49", LEAST),
    ("EUR", "100000000", "The payment provider charges at most €999,999.99."),
    ("GBP", "29", "The payment provider charges at least £0.30."),
    ("JPY", "49", "The payment provider charges at least ¥50."),
    ("HUF", "17499", "The payment provider charges at least HUF175.00."),
    ("DKK", "249", "The payment provider charges at least DKK2.50."),
    ("ISK", "1000000", "The payment provider charges at most ISK999,999."),
    ("KWD", "12345", "The payment provider charges KWD in steps of KWD0.010 only."),
    ("KWD", "5", "The payment provider charges at least KWD0.010."),
    ("IQD", "5000", "The payment provider of this site cannot charge IQD."),
    ("LYD", "5000", "The payment provider of this site cannot charge LYD."),
    ("CLF", "5000", "The payment provider of this site cannot charge CLF."),
]


@pytest.mark.usefixtures("stripe")
@pytest.mark.parametrize(
    ("currency", "price", "why"), REFUSED, ids=[f"{c}{p}" for c, p, _ in REFUSED]
)
def test_price_that_cannot_be_charged_is_refused_r12(
    browser: Client, gala: Event, currency: str, price: str, why: str
) -> None:
    said = [
        line.replace("\xa0", "")
        for line in saved(browser, gala, price=written(price, currency), currency=currency)
    ]
    assert said == [why]
    gala.refresh_from_db()
    assert (gala.price, gala.currency) == (1000, "EUR")


@pytest.mark.usefixtures("stripe")
@pytest.mark.parametrize(
    ("currency", "price"),
    [
        *[("EUR", "50"), ("EUR", "99999999"), ("JPY", "50"), ("HUF", "17500"), ("UGX", "5")],
        *[("KWD", "12340"), ("ISK", "999999"), ("IDR", "1000000000"), ("IQD", "0"), ("EUR", "0")],
    ],
)
def test_price_that_can_be_charged_is_saved_r12(
    browser: Client, gala: Event, currency: str, price: str
) -> None:
    assert saved(browser, gala, price=written(price, currency), currency=currency) == []
    gala.refresh_from_db()
    assert (str(gala.price), gala.currency) == (price, currency)


@pytest.mark.parametrize(("currency", "price"), [("EUR", "1"), ("IQD", "5000"), ("KWD", "12345")])
def test_money_by_hand_has_no_limits_r12(
    browser: Client, gala: Event, currency: str, price: str
) -> None:
    assert saved(browser, gala, price=written(price, currency), currency=currency) == []


@pytest.mark.usefixtures("stripe")
def test_discount_that_leaves_too_little_is_refused_with_the_sum_r12(
    browser: Client, gala: Event
) -> None:
    perk = make_perk(gala, discount_percent=50)
    said = saved(browser, gala, **{"price": "1.00", "perks-0-discount_percent": "60"})
    assert said == [f"With this discount, “Gala” costs €0.40. {LEAST}"]
    perk.refresh_from_db()
    gala.refresh_from_db()
    assert (perk.discount_percent, gala.price) == (50, 1000)


@pytest.mark.usefixtures("stripe")
def test_price_that_is_lowered_under_an_old_discount_is_refused_r12(
    browser: Client, gala: Event
) -> None:
    make_perk(gala, discount_percent=60)
    assert saved(browser, gala, price="1.00") == [
        f"With this discount, “Gala” costs €0.40. {LEAST}"
    ]


@pytest.mark.usefixtures("stripe")
def test_workshop_is_checked_alone_and_with_every_discount_r12(
    browser: Client, gala: Event
) -> None:
    workshop = make_workshop(gala, title="Mixing", price=100)
    make_perk(gala, discount_percent=60)
    assert saved(browser, gala) == [f"With this discount, “Mixing” costs €0.40. {LEAST}"]
    assert saved(browser, gala, **{"workshops-0-price": "0.49"})[0] == LEAST
    assert Workshop.objects.get(pk=workshop.pk).price == 100


@pytest.mark.usefixtures("stripe")
def test_currency_is_checked_with_the_prices_of_the_workshops_r12(
    browser: Client, gala: Event
) -> None:
    make_workshop(gala, price=100)
    assert saved(browser, gala, currency="HUF", price="0") == [
        "The payment provider charges at least HUF175.00."
    ]


@pytest.mark.usefixtures("stripe")
def test_whole_discount_makes_it_free_r12(browser: Client, gala: Event) -> None:
    make_perk(gala, discount_percent=100)
    assert saved(browser, gala, price="0.50") == []


@pytest.mark.usefixtures("stripe")
def test_perk_that_is_deleted_is_not_checked_r12(browser: Client, gala: Event) -> None:
    make_perk(gala, discount_percent=60)
    assert saved(browser, gala, **{"price": "1.00", "perks-0-DELETE": "on"}) == []
    assert PatronPerk.objects.count() == 0


NO_PLEDGE = "A perk for a pledge of 0 helps nobody. Type the least pledge, like 5.00."


@pytest.mark.parametrize("typed", ["0", "0.00", "$0"])
def test_perk_for_a_pledge_of_nothing_is_refused(browser: Client, gala: Event, typed: str) -> None:
    perk = make_perk(gala, min_cents=600)
    assert saved(browser, gala, **{"perks-0-min_cents": typed}) == [NO_PLEDGE]
    new = {"perks-TOTAL_FORMS": "2", "perks-1-min_cents": typed, "perks-1-label": "All"}
    new |= {"perks-1-early_hours": "1", "perks-1-discount_percent": "0"}
    assert saved(browser, gala, **new) == [NO_PLEDGE]
    assert list(PatronPerk.objects.values_list("pk", "min_cents")) == [(perk.pk, 600)]
    assert saved(browser, gala, **{"perks-0-min_cents": "0.01"}) == []


def test_perk_of_before_for_nothing_is_in_no_other_changes_way(
    browser: Client, gala: Event
) -> None:
    make_perk(gala, min_cents=0)
    assert saved(browser, gala, status="cancelled") == []
    assert saved(browser, gala, **{"perks-0-label": "Everybody"}) == []
    assert PatronPerk.objects.get().label == "Everybody"


@pytest.mark.usefixtures("stripe")
def test_event_with_an_old_price_can_still_be_cancelled_r12(browser: Client, gala: Event) -> None:
    Event.objects.update(price=30)
    assert saved(browser, gala, status="cancelled") == []
