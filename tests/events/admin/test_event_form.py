"""Nothing that organizers type about an event ends in a broken page or a broken rule."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Workshop
from tests.factories import NOON, make_event, make_perk, make_workshop

from .pages import errors, fields, page_of, save, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WHOLE = "Write a whole number in digits, like 20."
NEGATIVE = "Write a number that is not below 0."
SESSION = (
    "Write the address of a session or of a world, like neos-session:///S-…, "
    "neosrec:///U-…/R-… or https://go.resonite.com/session/S-…"
)
ADDRESS = "Write letters from a to z, digits, hyphens and underscores, like open-stage."
CURRENCY = "This is not an ISO 4217 currency code, like EUR or JPY."


def at_most(number: int) -> str:
    return f"Write a number that is not above {number}."


@pytest.fixture
def jam(mika: User) -> Event:
    """Two hours, a workshop in the first."""
    event = make_event(title="Jam", slug="jam", organizers=[mika])
    make_workshop(event, title="Mixing", slug="mixing")
    make_perk(event, min_cents=600, label="Patron")
    return event


NUMBERS = ["capacity", "workshops-0-capacity", "perks-0-early_hours"]
PRICES = ["price", "patron_cents", "workshops-0-price", "perks-0-min_cents"]


def test_description_that_becomes_too_long_a_page_is_an_error_l8(
    browser: Client, jam: Event
) -> None:
    table = "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + "|\n" * 9_000
    response = save(browser, page_of(jam), description=table)
    assert errors(response) == ["The page would become too long. Use smaller tables."]
    assert Event.objects.get().description == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", NEGATIVE),
        ("1e9", WHOLE),
        ("2147483648", at_most(2147483647)),
        ("1" + "0" * 30, at_most(2147483647)),
        ("9" * 5000, WHOLE),
        ("NaN", WHOLE),
        ("0x10", WHOLE),
        ("1.005", WHOLE),
        ("7\0", WHOLE),
    ],
)
def test_bad_number_is_an_error_in_the_form(
    browser: Client, jam: Event, typed: str, sentence: str
) -> None:
    response = save(browser, page_of(jam), **dict.fromkeys(NUMBERS, typed))
    assert errors(response).count(sentence) == len(NUMBERS)
    assert (Event.objects.get().capacity, Workshop.objects.get().capacity) == (None, None)


@pytest.mark.parametrize("typed", ["15.00", "15,00", "€15", "EUR 15", "15"])
def test_price_is_typed_and_shown_as_money(browser: Client, jam: Event, typed: str) -> None:
    save(browser, page_of(jam), **{"price": typed, "workshops-0-price": typed})
    shown = fields(browser.get(page_of(jam)))
    assert (Event.objects.get().price, Workshop.objects.get().price) == (1500, 1500)
    assert (shown["price"], shown["workshops-0-price"]) == (["15.00"], ["15.00"])
    assert (shown["patron_cents"], shown["perks-0-min_cents"]) == (["0.00"], ["6.00"])


def test_price_is_read_in_the_currency_typed_beside_it(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), currency="jpy", price="¥1,500", **{"workshops-0-price": "500円"})
    assert (Event.objects.get().price, Workshop.objects.get().price) == (1500, 500)


def test_pledge_is_in_dollars_whatever_the_currency(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), currency="jpy", patron_cents="$5", **{"perks-0-min_cents": "7.50"})
    assert (Event.objects.get().patron_cents, jam.perks.get().min_cents) == (500, 750)


def test_price_that_is_left_out_is_free(browser: Client, jam: Event) -> None:
    empty = save(browser, page_of(jam), **dict.fromkeys(PRICES, ""))
    assert errors(empty) == ["This field is required."]  # the perk names no pledge
    save(browser, page_of(jam), **dict.fromkeys(PRICES[:3], ""))
    assert (Event.objects.get().price, Event.objects.get().neos_required) == (0, False)


@pytest.mark.parametrize("typed", ["1,500", "-1", "1e9", "NaN", "0x10", "$5", "7\0"])
def test_price_that_can_be_two_or_none_is_refused_and_kept(
    browser: Client, jam: Event, typed: str
) -> None:
    response = save(browser, page_of(jam), price=typed)
    (why,) = errors(response)
    assert ("like 15.00." in why, fields(response)["price"]) == (True, [typed])
    assert Event.objects.get().price == 0


@pytest.mark.parametrize("typed", ["21474836.48", "9" * 5000])
def test_price_above_every_payment_is_refused(browser: Client, jam: Event, typed: str) -> None:
    response = save(browser, page_of(jam), price=typed)
    assert errors(response) == ["This is too much for one payment."]


TEXTS = [
    *("title", "slug", "summary", "description", "payment_instructions", "session_url", "currency"),
    *("workshops-0-title", "workshops-0-slug", "workshops-0-summary", "perks-0-label"),
]


def test_null_character_is_an_error_in_the_form(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), **dict.fromkeys(TEXTS, "\0"))
    assert errors(response).count("Null characters are not allowed.") == len(TEXTS)


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "session_opens_minutes": ("10081", at_most(10080)),
            "perks-0-discount_percent": ("101", at_most(100)),
            "perks-0-early_hours": ("8761", at_most(8760)),
            "title": ("x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
            "currency": ("EURO", "Ensure this value has at most 3 characters (it has 4)."),
            "status": ("open", "Select a valid choice. open is not one of the available choices."),
        },
        {
            "title": ("", "This field is required."),
            "currency": ("ZZZ", CURRENCY),
            "status": ("\0", "Select a valid choice. \0 is not one of the available choices."),
            "ends_at_0": ("2030-06-01", "The event must end after it starts."),
            "workshops-0-ends_at_0": ("2030-06-01", "The workshop must end after it starts."),
        },
        {"session_url": ("javascript:alert(1)", SESSION), "currency": ("€", CURRENCY)},
        {"session_url": ("JaVaScRiPt:alert(1)", SESSION)},
        {"session_url": ("data:text/html,x", SESSION)},
        {"session_url": ("//example.org/", SESSION)},
    ],
)
def test_bad_input_is_an_error_in_the_form(
    browser: Client, jam: Event, wrong: dict[str, tuple[str, str]]
) -> None:
    before = list(Event.objects.values()), list(Workshop.objects.values())
    typed = {name: value for name, (value, _sentence) in wrong.items()}
    response = save(browser, page_of(jam), **typed)
    assert sorted(errors(response)) == sorted(sentence for _value, sentence in wrong.values())
    assert (list(Event.objects.values()), list(Workshop.objects.values())) == before


def test_address_of_an_event_is_a_slug(browser: Client, jam: Event) -> None:
    sent = fields(browser.get(page_of(jam)))
    for slug in ["two words", "../admin", "%2e", "ä", "a/b", "jam.ics"]:
        assert errors(browser.post(page_of(jam), sent | {"slug": slug})) == [ADDRESS]
    assert Event.objects.get().slug == "jam"


@pytest.mark.parametrize("slug", ["admin", "accounts", "register", "static", "-", "_"])
def test_address_like_one_of_the_sites_own_is_harmless(
    browser: Client, jam: Event, slug: str
) -> None:
    save(browser, page_of(jam), slug=slug)
    jam.refresh_from_db()
    assert (jam.slug, browser.get(jam.get_absolute_url()).status_code) == (slug, 200)
    assert browser.get("/admin/").status_code == 200


def test_address_of_another_event_is_refused(browser: Client, jam: Event, robin: User) -> None:
    make_event(slug="taken", status="draft", organizers=[robin])
    response = save(browser, page_of(jam), slug="taken")
    assert errors(response) == ["Event with this Web address already exists."]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("", None), ("0", 0), ("١٢", 12), ("12.0", 12), (" 7 ", 7), ("2147483647", 2147483647)],
)
def test_capacity_is_a_number_or_no_limit(
    browser: Client, jam: Event, typed: str, stored: int | None
) -> None:
    response = save(browser, page_of(jam), capacity=typed)
    assert response.status_code == 302
    assert Event.objects.get().capacity == stored


def test_dearest_price_can_be_shown_everywhere(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), price="2147483647", currency="jpy")
    event = Event.objects.get()
    assert (event.price, event.currency) == (2147483647, "JPY")
    assert browser.get(page_of(jam)).status_code == 200
    assert "¥2,147,483,647" in browser.get(jam.get_absolute_url()).content.decode()


@pytest.mark.parametrize("gate", [{"price": "1"}, {"patron_cents": "1"}])
def test_price_or_pledge_asks_for_neos(browser: Client, jam: Event, gate: dict[str, str]) -> None:
    save(browser, page_of(jam), **gate)
    assert Event.objects.get().neos_required is True


def test_registration_closes_after_it_opens(browser: Client, jam: Event) -> None:
    typed = {"opens_at_0": "2030-06-03", "opens_at_1": "12:00"}
    typed |= {"closes_at_0": "2030-06-02", "closes_at_1": "12:00"}
    response = save(browser, page_of(jam), **typed)
    assert errors(response) == ["Registration must close after it opens."]


def test_registration_opens_before_the_event_ends(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), opens_at_0="2030-06-08", opens_at_1="14:00")
    assert errors(response) == ["Registration must open before the event ends."]
    assert (
        save(browser, page_of(jam), opens_at_0="2030-06-08", opens_at_1="13:59").status_code == 302
    )


def test_address_that_another_event_had_before_is_refused_r3(
    browser: Client, jam: Event, mika: User
) -> None:
    other = make_event(slug="other", organizers=[mika])
    save(browser, page_of(jam), slug="new")
    (error,) = errors(save(browser, page_of(other), slug="jam"))
    assert error.startswith("Another event had this web address before")
    assert save(browser, page_of(jam), slug="jam").status_code == 302


def test_published_draft_has_its_draw_ahead_r1(browser: Client, jam: Event) -> None:
    draft = {"status": "draft", "draw_at": NOON - timedelta(hours=1), "opens_at": None}
    Event.objects.update(**draft)
    assert errors(save(browser, page_of(jam), status="published")) == [
        "The draw must be in the future."
    ]
    assert save(browser, page_of(jam), summary="Still a draft").status_code == 302


def test_event_published_after_its_close_says_that_nobody_can_sign_up_r1(
    browser: Client, jam: Event
) -> None:
    Event.objects.update(status="draft", closes_at=NOON - timedelta(hours=1))
    response = save(browser, page_of(jam), status="published")
    assert words(response)[0] == (
        "The event is published, but its registration is closed: nobody can sign up."
    )


@pytest.mark.parametrize("name", ["Europe", "9" * 300, "../UTC", "\0"])
def test_name_of_no_zone_is_refused(browser: Client, jam: Event, name: str) -> None:
    """Python looks for a file with the name, which is a folder or has a name that is too long."""
    response = browser.post(page_of(jam), fields(browser.get(page_of(jam))) | {"time_zone": name})
    assert (response.status_code, len(errors(response)) > 0) == (200, True)


@pytest.mark.usefixtures("neos")
def test_id_of_a_session_alone_is_stored_as_its_address(browser: Client, jam: Event) -> None:
    assert errors(save(browser, page_of(jam), session_url=" S-U-ada:jam ")) == []
    assert Event.objects.get().session_url == "neos-session:///S-U-ada:jam"


def test_old_address_of_a_session_locks_no_event_and_is_not_typed_anew(
    browser: Client, jam: Event
) -> None:
    old = "neos-session:///U-ada/R-1"
    Event.objects.filter(pk=jam.pk).update(session_url=old)
    assert errors(save(browser, page_of(jam), title="Other words")) == []
    jam.refresh_from_db()
    assert (jam.title, jam.session_url) == ("Other words", old)
    assert len(errors(save(browser, page_of(jam), session_url="neos-session:///U-ada/R-2"))) == 1
    Event.objects.filter(pk=jam.pk).update(session_url="javascript:alert(1)")
    assert len(errors(save(browser, page_of(jam), title="Third words"))) == 1
