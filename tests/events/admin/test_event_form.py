"""What organizers type about an event: nothing of it ends in a broken page or a broken rule."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import pre_save
from django.test import Client

from events import places
from events.models import Event, Workshop
from tests.factories import make_attendee, make_event, make_perk, make_workshop

from .pages import ADD, EVENTS, errors, fields, page_of, save, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WHOLE = "Enter a whole number."
LARGEST = "Ensure this value is less than or equal to 2147483647."
NEGATIVE = "Ensure this value is greater than or equal to 0."
SESSION = "A session address starts with neos-session:, http: or https:."
CURRENCY = "This is not an ISO 4217 currency code, like EUR or JPY."
NUL = "Null characters are not allowed."


@pytest.fixture
def jam(mika: User) -> Event:
    """Two hours, a workshop in the first."""
    event = make_event(title="Jam", slug="jam", organizers=[mika])
    make_workshop(event, title="Mixing", slug="mixing")
    make_perk(event, min_cents=600, label="Patron")
    return event


@pytest.fixture
def later(jam: Event) -> Workshop:
    """The second hour of the event."""
    return make_workshop(
        jam, title="Later", slug="later", starts_at=jam.starts_at + timedelta(hours=1)
    )


NUMBERS = [
    *("capacity", "price", "patron_cents"),
    *("workshops-0-capacity", "workshops-0-price", "perks-0-min_cents"),
]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", NEGATIVE),
        ("1e9", WHOLE),
        ("2147483648", LARGEST),
        ("1" + "0" * 30, LARGEST),
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
    assert (Event.objects.get().price, Workshop.objects.get().capacity) == (0, None)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("session_opens_minutes", "10081", "Ensure this value is less than or equal to 10080."),
        ("perks-0-discount_percent", "101", "Ensure this value is less than or equal to 100."),
        ("perks-0-early_hours", "8761", "Ensure this value is less than or equal to 8760."),
        ("currency", "ZZZ", CURRENCY),
        ("currency", "€", CURRENCY),
        ("currency", "EURO", "Ensure this value has at most 3 characters (it has 4)."),
        ("session_url", "javascript:alert(1)", SESSION),
        ("session_url", "JaVaScRiPt:alert(1)", SESSION),
        ("session_url", "data:text/html,x", SESSION),
        ("session_url", "//example.org/", SESSION),
        ("title", "Ja\0m", NUL),
        ("description", "\0", NUL),
        ("summary", "\0", NUL),
        ("payment_instructions", "\0", NUL),
        ("workshops-0-title", "\0", NUL),
        ("perks-0-label", "\0", NUL),
        ("title", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("title", "", "This field is required."),
        ("status", "open", "Select a valid choice. open is not one of the available choices."),
        ("status", "\0", "Select a valid choice. \0 is not one of the available choices."),
        ("ends_at_0", "2030-06-01", "The event must end after it starts."),
        ("workshops-0-ends_at_0", "2030-06-01", "The workshop must end after it starts."),
    ],
)
def test_bad_input_is_an_error_in_the_form(
    browser: Client, jam: Event, name: str, typed: str, sentence: str
) -> None:
    before = list(Event.objects.values()), list(Workshop.objects.values())
    response = save(browser, page_of(jam), **{name: typed})
    assert response.status_code == 200
    assert sentence in errors(response)
    assert (list(Event.objects.values()), list(Workshop.objects.values())) == before


@pytest.mark.parametrize("slug", ["two words", "../admin", "%2e", "ä", "a/b", "jam.ics", "\0", ""])
def test_address_of_an_event_is_a_slug(browser: Client, jam: Event, slug: str) -> None:
    assert len(errors(save(browser, page_of(jam), slug=slug))) >= 1
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
    assert errors(response) == ["Event with this Address already exists."]


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


# --- Workshops ---------------------------------------------------------------------------------


def added(event: Event, **changes: str) -> dict[str, str]:
    """Fields of one more workshop in the form, in the second hour of the event."""
    start, end = event.starts_at + timedelta(hours=1), event.ends_at
    new = {
        "title": "New",
        "slug": "new",
        "starts_at_0": f"{start:%Y-%m-%d}",
        "starts_at_1": f"{start:%H:%M}",
        "ends_at_0": f"{end:%Y-%m-%d}",
        "ends_at_1": f"{end:%H:%M}",
        "price": "0",
    }
    named = {f"workshops-1-{name}": value for name, value in (new | changes).items()}
    return named | {"workshops-TOTAL_FORMS": "2"}


def test_workshop_is_added_in_the_form(browser: Client, jam: Event) -> None:
    assert save(browser, page_of(jam), **added(jam)).status_code == 302
    assert list(jam.workshops.values_list("slug", flat=True)) == ["mixing", "new"]


def test_workshops_of_one_event_have_different_addresses(browser: Client, jam: Event) -> None:
    taken = save(browser, page_of(jam), **added(jam, slug="mixing"))
    assert errors(taken) == ["Workshop with this Event and Address already exists."]

    second = {name.replace("-1-", "-2-"): value for name, value in added(jam).items()}
    twins = added(jam) | second | {"workshops-TOTAL_FORMS": "3"}
    both = save(browser, page_of(jam), **twins)
    assert "Please correct the duplicate data for slug." in errors(both)
    assert jam.workshops.count() == 1


def test_workshops_of_two_events_may_share_an_address(browser: Client, jam: Event) -> None:
    make_workshop(make_event(), slug="new")
    assert save(browser, page_of(jam), **added(jam)).status_code == 302


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_at_1": "11:59"}, "The workshop must not start before the event."),
        ({"ends_at_1": "14:01"}, "The workshop must not end after the event."),
    ],
)
def test_workshop_is_within_its_event(
    browser: Client, jam: Event, changes: dict[str, str], sentence: str
) -> None:
    assert errors(save(browser, page_of(jam), **added(jam, **changes))) == [sentence]


def test_event_moves_only_with_its_workshops(browser: Client, jam: Event) -> None:
    moved = {"starts_at_0": "2030-07-01", "ends_at_0": "2030-07-01"}
    response = save(browser, page_of(jam), **moved)
    assert errors(response) == ["The workshop must not start before the event."]

    moved |= {"workshops-0-starts_at_0": "2030-07-01", "workshops-0-ends_at_0": "2030-07-01"}
    assert save(browser, page_of(jam), **moved).status_code == 302


def test_new_event_without_times_is_asked_for_them(browser: Client, jam: Event) -> None:
    """The workshop's times have nothing to be compared with yet."""
    new = {name.replace("-1-", "-0-"): value for name, value in added(jam).items()}
    new |= {"workshops-TOTAL_FORMS": "1", "title": "Two", "slug": "two"}
    assert errors(save(browser, ADD, **new)) == ["This field is required."] * 2


def test_workshops_are_not_moved_onto_each_other_with_people_in_both(
    browser: Client, jam: Event, later: Workshop
) -> None:
    """Two workshops that somebody holds never overlap, whoever moves them."""
    user = make_attendee().user
    for bookable in [jam, jam.workshops.get(slug="mixing"), later]:
        places.register(user=user, bookable=bookable)
    response = save(browser, page_of(jam), **{"workshops-1-starts_at_1": "12:59"})
    assert errors(response) == [
        "1 person has signed up both for this and for “Later”, which would be at the same time."
    ]
    later.refresh_from_db()
    assert later.starts_at == jam.starts_at + timedelta(hours=1)


def test_workshops_with_different_people_may_overlap(
    browser: Client, jam: Event, later: Workshop
) -> None:
    for bookable in [jam.workshops.get(slug="mixing"), later]:
        user = make_attendee().user
        places.register(user=user, bookable=jam)
        places.register(user=user, bookable=bookable)
    response = save(browser, page_of(jam), **{"workshops-1-starts_at_1": "12:30"})
    assert response.status_code == 302


def test_workshop_without_people_is_deleted(browser: Client, jam: Event) -> None:
    assert save(browser, page_of(jam), **{"workshops-0-DELETE": "on"}).status_code == 302
    assert jam.workshops.count() == 0


def test_workshop_that_people_signed_up_for_stays(browser: Client, jam: Event) -> None:
    """Also when they have cancelled: their history names it."""
    user = make_attendee().user
    places.register(user=user, bookable=jam)
    held = places.register(user=user, bookable=jam.workshops.get())
    sentence = "People have signed up for this workshop, so it cannot be deleted."
    for _ in range(2):
        (error,) = errors(save(browser, page_of(jam), **{"workshops-0-DELETE": "on"}))
        assert error.startswith(sentence)
        places.cancel(registration=held)
    assert jam.workshops.count() == 1


@pytest.mark.parametrize("delete", ["", "on"])
def test_added_workshop_may_be_left_out_again(browser: Client, jam: Event, delete: str) -> None:
    empty = dict.fromkeys(added(jam), "") | {"workshops-TOTAL_FORMS": "2"}
    save(browser, page_of(jam), **empty | {"workshops-1-DELETE": delete, "workshops-1-price": "0"})
    assert jam.workshops.count() == 1


def test_perks_of_one_event_have_different_pledges(browser: Client, jam: Event) -> None:
    twin = {"perks-TOTAL_FORMS": "2", "perks-1-min_cents": "600", "perks-1-label": "Twin"}
    twin |= {"perks-1-early_hours": "0", "perks-1-discount_percent": "0"}
    response = save(browser, page_of(jam), **twin)
    assert errors(response) == [
        "Patron perk with this Event and Pledge of at least (US cents) already exists."
    ]


def test_form_sent_twice_adds_once(browser: Client, jam: Event) -> None:
    sent = fields(browser.get(page_of(jam))) | added(jam)
    answers = [browser.post(page_of(jam), sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 200]
    assert errors(answers[1]) == ["Workshop with this Event and Address already exists."]
    assert jam.workshops.count() == 2


def test_form_that_loses_a_race_says_so(browser: Client, jam: Event) -> None:
    """Somebody else's workshop is there when this one, found free a moment ago, is written."""

    def overtake(instance: Workshop, **_kwargs: object) -> None:
        if instance.title == "New":
            make_workshop(jam, slug=instance.slug, title="Rival")

    pre_save.connect(overtake, Workshop)
    response = save(browser, page_of(jam), title="Lost", **added(jam))
    pre_save.disconnect(overtake, Workshop)

    assert response["Location"] == EVENTS
    assert words(response) == [
        "Nothing was saved: the same was saved a moment ago. Please look again."
    ]
    jam.refresh_from_db()
    assert (jam.title, jam.workshops.count()) == ("Jam", 1)


def test_workshops_do_not_swap_addresses_at_once(
    browser: Client, jam: Event, later: Workshop
) -> None:
    swapped = {"workshops-0-slug": later.slug, "workshops-1-slug": "mixing"}
    assert len(errors(save(browser, page_of(jam), **swapped))) == 2


@pytest.mark.parametrize("name", ["workshops-TOTAL_FORMS", "perks-INITIAL_FORMS"])
@pytest.mark.parametrize("value", ["", "abc", "-1", "1001", "9" * 30])
def test_broken_form_is_no_broken_page(browser: Client, jam: Event, name: str, value: str) -> None:
    response = save(browser, page_of(jam), **{name: value})
    assert response.status_code in {200, 302}
    assert jam.workshops.count() == 1
