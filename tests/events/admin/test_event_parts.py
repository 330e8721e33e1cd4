"""Workshops and perks in the form of their event."""

import re
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
    assert errors(taken) == ["Workshop with this Event and Web address already exists."]

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
    needed = ["This field is required.", "Give the length, or set the end."]
    assert errors(save(browser, ADD, **new)) == needed


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
        places.cancel(registration=held, in_full=False)
    assert jam.workshops.count() == 1


@pytest.mark.parametrize("delete", ["", "on"])
def test_added_workshop_may_be_left_out_again(browser: Client, jam: Event, delete: str) -> None:
    empty = dict.fromkeys(added(jam), "") | {"workshops-TOTAL_FORMS": "2"}
    save(browser, page_of(jam), **empty | {"workshops-1-DELETE": delete, "workshops-1-price": "0"})
    assert jam.workshops.count() == 1


def test_perks_of_one_event_have_different_pledges(browser: Client, jam: Event) -> None:
    twin = {"perks-TOTAL_FORMS": "2", "perks-1-min_cents": "6.00", "perks-1-label": "Twin"}
    twin |= {"perks-1-early_hours": "0", "perks-1-discount_percent": "0"}
    response = save(browser, page_of(jam), **twin)
    assert errors(response) == [
        "Patron perk with this Event and Pledge of at least (US dollars a month) already exists."
    ]


def test_form_sent_twice_adds_once(browser: Client, jam: Event) -> None:
    sent = fields(browser.get(page_of(jam))) | added(jam)
    answers = [browser.post(page_of(jam), sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 200]
    is_there, _way_on, added_twice = errors(answers[1])
    assert added_twice == "Workshop with this Event and Web address already exists."
    assert is_there == "New was added while you had the page open."
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
        "Nothing was saved: somebody saved the same a moment ago. Please look again."
    ]
    jam.refresh_from_db()
    assert (jam.title, jam.workshops.count()) == ("Jam", 1)


def test_workshops_do_not_swap_addresses_at_once(
    browser: Client, jam: Event, later: Workshop
) -> None:
    swapped = {"workshops-0-slug": later.slug, "workshops-1-slug": "mixing"}
    assert len(errors(save(browser, page_of(jam), **swapped))) == 2


@pytest.mark.parametrize("name", ["workshops-TOTAL_FORMS", "perks-INITIAL_FORMS"])
@pytest.mark.parametrize("value", ["", "abc", "-1", "41", "9" * 30])
def test_broken_form_is_no_broken_page(browser: Client, jam: Event, name: str, value: str) -> None:
    response = save(browser, page_of(jam), **{name: value})
    assert response.status_code in {200, 302}
    assert (jam.workshops.count(), jam.perks.count()) == (1, 1)


def test_forged_number_of_parts_costs_little(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), **{"workshops-TOTAL_FORMS": "1000000"})
    shown = [name for name in fields(response) if re.fullmatch(r"workshops-\d+-slug", name)]
    assert len(shown) == 40
    assert errors(response)[0] == "Please submit at most 40 forms."
