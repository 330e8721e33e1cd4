"""Which pages of the site somebody has to agree to: once, and again when a version asks."""

import pytest
from pytest_django import DjangoAssertNumQueries

from events.access.agreements import pages_to_agree_to
from events.models import Agreement, Attendee, PageVersion
from tests.factories import NOON, make_attendee, write_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def agree(person: Attendee, version: PageVersion) -> None:
    Agreement.objects.create(attendee=person, version=version, language="en", agreed_at=NOON)


def asked(person: Attendee) -> list[tuple[str, int]]:
    return [(version.page.name, version.number) for version in pages_to_agree_to(person)]


def test_nobody_is_asked_for_a_page_to_which_nobody_agrees() -> None:
    write_page("privacy")

    assert asked(make_attendee()) == []


def test_newest_version_is_asked_for_until_the_person_agreed() -> None:
    ada, stranger = make_attendee(), make_attendee()
    write_page("terms", "One", is_agreed_to=True)
    second = write_page("terms", "Two", is_agreed_to=True)
    assert asked(ada) == [("terms", 2)]
    agree(ada, second)

    assert (asked(ada), asked(stranger)) == ([], [("terms", 2)])


def test_version_asks_again_only_if_it_says_so() -> None:
    ada = make_attendee()
    agree(ada, write_page("terms", "One", is_agreed_to=True))
    write_page("terms", "A comma", is_agreed_to=True)
    assert asked(ada) == []
    write_page("terms", "A price", is_agreed_to=True, asks_again=True)
    write_page("terms", "Another comma", is_agreed_to=True)

    assert asked(ada) == [("terms", 4)]
    agree(ada, PageVersion.objects.get(number=3))
    assert asked(ada) == []


def test_each_page_is_asked_for_by_itself() -> None:
    ada = make_attendee()
    agree(ada, write_page("terms", "One", is_agreed_to=True))
    write_page("conduct", "One", is_agreed_to=True)

    assert asked(ada) == [("conduct", 1)]


def test_page_that_is_taken_off_the_site_is_not_asked_for() -> None:
    write_page("terms", "One", is_agreed_to=True, is_shown=False)

    assert asked(make_attendee()) == []


def test_asking_costs_one_query_where_no_page_is_agreed_to_and_two_else(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ada = make_attendee()
    with django_assert_num_queries(1):
        asked(ada)
    for number in range(3):
        write_page("terms", f"{number}", is_agreed_to=True)
        write_page("conduct", f"{number}", is_agreed_to=True)
    with django_assert_num_queries(2):
        asked(ada)


def test_person_without_a_row_agreed_to_nothing() -> None:
    write_page("terms", "One", is_agreed_to=True)

    assert asked(Attendee()) == [("terms", 1)]
