"""The people of one event: the list, its filters, and who may see and change what."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Event, PlaceInvitation, Registration
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import at, cells
from tests.events.admin.pages import leaks, read, registration_page
from tests.factories import NOON, make_attendee, make_event, make_perk, make_user, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGES = ["", "add/", "invite/", "roles/", "organizers/"]


def people(browser: Client, event: Event, **query: str) -> HttpResponse:
    return browser.get(at(event, "people/"), query)


def listed(browser: Client, event: Event, **query: str) -> list[list[str]]:
    response = people(browser, event, **query)
    has_rows = any(read(response).all("table", id="people"))
    return cells(response, "people") if has_rows else []


def who(browser: Client, event: Event, **query: str) -> list[str]:
    return [row[0] for row in listed(browser, event, **query)]


@pytest.fixture
def guest(jam: Event) -> Registration:
    return Registration.objects.get(event=jam, workshop=None)


def test_list_says_who_has_what_and_leads_to_the_registration(
    browser: Client, jam: Event, guest: Registration
) -> None:
    make_perk(jam, label="Star", min_cents=600)
    guest.attendee.__class__.objects.update(patreon_cents=1200)
    Registration.objects.filter(pk=guest.pk).update(checked_in_at=NOON)
    response = people(browser, jam)
    when = "Sat 1 June 2030, 12:00 (UTC)"
    assert cells(response, "people") == [
        [
            "Guest",
            "U-guest",
            "Star",
            "Mixing",
            "confirmed",
            when,
            "–",
            "Give to somebody else : Guest",
        ],
        ["Guest", "U-guest", "Star", "Jam", "confirmed", when, when, ""],
    ]
    links = [a.attributes["href"] for a in read(response).first("table", id="people").all("a")]
    assert registration_page(guest) in links
    assert "12.00" not in read(response).text


def test_list_is_searched_and_narrowed(browser: Client, jam: Event, guest: Registration) -> None:
    Event.objects.update(capacity=1)
    waiting = register(make_attendee(neos_username="Wei"), jam)
    assert who(browser, jam) == ["Wei", "Guest", "Guest"]
    assert who(browser, jam, q="wei") == ["Wei"]
    assert who(browser, jam, q=str(waiting.code)) == ["Wei"]
    assert who(browser, jam, q="nobody") == []
    assert who(browser, jam, state="waiting") == ["Wei"]
    assert listed(browser, jam, state="waiting")[0][4] == "on the waitlist, number 1"
    assert who(browser, jam, state="confirmed", where="event") == ["Guest"]
    workshop = jam.workshops.get()
    assert [row[3] for row in listed(browser, jam, where=str(workshop.pk))] == ["Mixing"]
    for state in ("ended", "unpaid", "came"):
        assert who(browser, jam, state=state) == []


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\0"},
        {"state": "x", "where": "\uff11"},
        {"where": "9" * 30, "page": "x"},
        {"page": "99"},
        {"q": "%" * 5000},
    ],
)
def test_odd_address_shows_some_list(browser: Client, jam: Event, query: dict[str, str]) -> None:
    assert people(browser, jam, **query).status_code == 200


def test_page_costs_the_same_with_more_people(
    browser: Client, jam: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_perk(jam)
    Event.objects.update(capacity=1)
    Registration.objects.filter(workshop__isnull=False).delete()
    for wanted in [2, 30]:
        while Registration.objects.count() < wanted:
            register(make_attendee(), jam)
            made = PlaceInvitation(event=jam, digest=str(Registration.objects.count()))
            made.created_at = made.used_at = NOON
            made.expires_at = NOON + timedelta(days=1)
            made.used_by, made.created_by = make_attendee(), make_user()
            made.save()
        with django_assert_num_queries(13):
            assert len(listed(browser, jam)) == wanted


def test_long_lists_have_pages_that_keep_the_filter(browser: Client, jam: Event) -> None:
    for _ in range(31):
        register(make_attendee(), jam)
    response = people(browser, jam, where="event")
    following = next(a for a in read(response).all("a") if a.text == "Next page")
    assert len(cells(response, "people")) == 30
    rest = browser.get(at(jam, "people/") + following.attributes["href"])
    assert len(cells(rest, "people")) == 2


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_people_of_others_are_not_there(
    signed_in: SignedIn, browser: Client, robin: User, superuser: User, ball: Event, page: str
) -> None:
    address = at(ball, f"people/{page}")
    for response in [browser.get(address), browser.post(address, {"remove": robin.pk})]:
        assert (response.status_code, leaks(response)) == (404, [])
    for reader in [signed_in(robin), signed_in(superuser)]:
        assert reader.get(address).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_co_organizer_sees_what_the_first_one_sees(
    signed_in: SignedIn, robin: User, jam: Event, page: str
) -> None:
    jam.organizers.add(robin)
    assert signed_in(robin).get(at(jam, f"people/{page}")).status_code == 200


def test_looker_reads_and_changes_nothing(signed_in: SignedIn, jam: Event) -> None:
    looker = make_user(is_staff=True)
    looker.user_permissions.set(
        Permission.objects.filter(codename__in=["view_event", "view_registration"])
    )
    jam.organizers.add(looker)
    browser = signed_in(looker)
    assert who(browser, jam) == ["Guest", "Guest"]
    assert "Give to somebody else" not in read(people(browser, jam)).text
    for page in ["add/", "invite/", "roles/", "organizers/", "move/", "replace/"]:
        assert browser.get(at(jam, f"people/{page}")).status_code == 403


def test_registration_of_another_event_is_not_moved_or_given_away(
    browser: Client, jam: Event, ball: Event
) -> None:
    theirs = Registration.objects.get(event=ball, workshop__isnull=False)
    for page in ["move/", "replace/"]:
        for pk in [theirs.pk, "x", "", "9" * 30]:
            address = f"{at(jam, f'people/{page}')}?of={pk}"
            assert browser.get(address).status_code == 404
            assert browser.post(address, {"confirmed": "1"}).status_code == 404


def test_workshop_of_another_event_is_no_choice(browser: Client, jam: Event, ball: Event) -> None:
    mine = Registration.objects.get(event=jam, workshop__isnull=False)
    make_workshop(jam)
    theirs = ball.workshops.get()
    address = f"{at(jam, 'people/move/')}?of={mine.pk}"
    response = browser.post(address, {"to": theirs.pk, "because": "x", "confirmed": "1"})
    mine.refresh_from_db()
    assert (response.status_code, mine.workshop_id == theirs.pk) == (422, False)


def test_people_of_an_event_without_any_are_told(browser: Client, mika: User) -> None:
    event = make_event(organizers=[mika])
    assert "Nobody is on this list." in read(people(browser, event)).text
