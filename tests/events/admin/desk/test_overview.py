"""The first tab of the desk, as organizers read it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.models import Attendee, Block, Event, Registration
from tests.events.admin.conftest import SignedIn
from tests.events.admin.pages import names, read, rows
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import register
from tests.markup import Element
from tests.states.state import change

from .test_pages import desk_of

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Two for the session and its account, two for permissions, one for the event, and those of the
#: desk: needs, steps, bars, the chart and the money.
STATEMENTS = 29


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", slug="jam", organizers=[mika], capacity=3, price=500)


def part(browser: Client, event: Event, heading: str) -> Element:
    """Return the section under the heading with this id."""
    page = read(browser.get(desk_of(event)))
    return page.first("section", **{"aria-labelledby": heading})


def fill(event: Event, number: int) -> None:
    """Let people sign up, some with a place and some not, and some with a workshop."""
    for _ in range(number):
        person = make_attendee()
        register(person, event)
        Registration.objects.filter(attendee=person, status="awaiting_payment").update(
            status="confirmed", confirmed_at=NOON
        )


def test_quiet_desk_says_kindly_that_nothing_is_to_do(browser: Client, jam: Event) -> None:
    assert part(browser, jam, "needs").all("p").__next__().text == (
        "Nothing at the moment. All is well, and the site looks after the rest."
    )


def test_every_need_leads_to_the_people_it_counts(browser: Client, jam: Event) -> None:
    fill(jam, 5)
    change(jam, capacity=4)
    make_workshop(jam)
    banned = Attendee.objects.order_by("pk")[:2]
    Attendee.objects.filter(pk__in=banned.values("pk")).update(neos_locked=True)
    links = {a.text: a.attributes["href"] for a in part(browser, jam, "needs").all("a")}
    found = {label: len(names(browser.get(address))) for label, address in links.items()}
    lines = [p.text for p in part(browser, jam, "needs").all("p")]

    assert "2 people have a place and may not have it any more." in lines
    assert "No message reaches 5 people: tell them yourselves." in lines
    assert found["See who"] == 5


@pytest.mark.parametrize("need", ["refused", "clash", "pay"])
def test_list_knows_the_filters_of_the_desk(browser: Client, jam: Event, need: str) -> None:
    fill(jam, 1)
    address = f"/admin/events/registration/?event__id__exact={jam.pk}&need={need}"
    assert names(browser.get(address)) == []


def test_list_of_people_who_came_is_told_from_those_who_did_not(
    browser: Client, jam: Event
) -> None:
    fill(jam, 3)
    first = Registration.objects.order_by("pk").first()
    Registration.objects.filter(pk=first.pk).update(checked_in_at=NOON) if first else None
    start = "/admin/events/registration/?came="
    assert (len(rows(browser.get(f"{start}yes"))), len(rows(browser.get(f"{start}no")))) == (1, 2)


def test_bars_have_numbers_and_lead_to_their_people(browser: Client, jam: Event) -> None:
    fill(jam, 4)
    links = {a.text: a.attributes["href"] for a in part(browser, jam, "places").all("a")}
    assert {label: len(names(browser.get(links[label]))) for label in links} == {
        "3 places taken": 3,
        "1 waits": 1,
    }


def test_chart_has_words_and_a_table(browser: Client, jam: Event) -> None:
    fill(jam, 4)
    chart = part(browser, jam, "sign-ups-heading")
    (picture,) = chart.all("svg", role="img")
    assert picture.first("title").text == "Sign-ups over time"
    assert picture.first("desc").text == (
        "From 1 June 2030 to 1 June 2030. At the end: places 3, waiting 1, given up or not paid 0."
    )
    cells = [cell.text for cell in chart.first("tbody").all("th", "td")]
    assert cells == ["1 June 2030", "3", "1", "0"]


def test_money_is_one_line_for_people_who_may_see_it(
    browser: Client, signed_in: SignedIn, jam: Event
) -> None:
    register(make_attendee(), jam)
    looker = make_user(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_event"))
    jam.organizers.add(looker)
    page = signed_in(looker).get(desk_of(jam)).content.decode()

    assert part(browser, jam, "money").first("p").text == "€5.00 still to come"
    assert "€5.00" not in page
    assert "/admin/events/registration/" not in page


def test_desk_of_a_draft_has_no_link_to_share(browser: Client, jam: Event) -> None:
    assert "http://localhost:8000/events/jam/" in browser.get(desk_of(jam)).content.decode()
    change(jam, status="draft")
    assert "http://localhost:8000/events/jam/" not in browser.get(desk_of(jam)).content.decode()


def test_titles_and_names_do_not_run(browser: Client, jam: Event) -> None:
    markup = "<img src=x onerror=alert(1)>"
    change(jam, title=markup, capacity=0)
    fill(jam, 1)
    make_workshop(jam, title=markup)
    assert markup not in browser.get(desk_of(jam)).content.decode()


def test_desk_speaks_japanese(browser: Client, jam: Event) -> None:
    fill(jam, 4)
    browser.cookies.load({"language": "ja"})
    page = read(browser.get(desk_of(jam), headers={"accept-language": "ja"}))
    with translation.override("ja"):
        heading = page.first("h2", id="needs").text
    assert heading == "対応が必要なこと"
    assert "2030年6月1日" in page.text


@pytest.mark.parametrize(("people", "workshops"), [(1, 1), (1, 5), (30, 1), (30, 5)])
def test_desk_costs_the_same_for_many(
    browser: Client, jam: Event, people: int, workshops: int
) -> None:
    """All needs are there, so that each asks for its reasons."""
    change(jam, capacity=people, price=0)
    made = [make_workshop(jam, capacity=0) for _ in range(workshops)]
    fill(jam, people + 1)
    for person in Attendee.objects.filter(registrations__status="confirmed"):
        register(person, made[0])
        Block.objects.create(neos_id=person.neos_id, event=jam)
    change(jam, capacity=people + 1, neos_required=True)
    Attendee.objects.update(neos_locked=True)
    soon = NOON + timedelta(hours=2)
    change(jam, starts_at=soon, ends_at=soon + timedelta(hours=2))
    browser.get(desk_of(jam))
    with CaptureQueriesContext(connection) as captured:
        browser.get(desk_of(jam))
    assert len(captured) == STATEMENTS
