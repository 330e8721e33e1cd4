"""The doctor names pages on which people do not read what staff wrote last."""

import pytest

from events.doctor import Asked, drafts, examine
from events.doctor.finding import State
from events.models import SitePage
from tests.factories import write_page

pytestmark = pytest.mark.django_db


def found() -> list[tuple[State, str]]:
    return [(one.state, one.sentence) for one in drafts.check_drafts(Asked())]


def test_published_pages_are_fine_and_so_is_a_site_without_pages() -> None:
    fine = [(State.OK, "What staff wrote on pages of the site is published.")]
    assert found() == fine
    write_page("imprint", "Mika")
    assert found() == fine


def test_page_that_old_code_made_is_not_published() -> None:
    """Code of before versions writes the row of the page and no version."""
    SitePage.objects.create(name="imprint", text="Mika")
    assert found() == [
        (State.WARNING, "The page imprint is not published: people find nothing there.")
    ]


def test_page_that_old_code_changed_has_a_draft() -> None:
    write_page("imprint", "Mika")
    write_page("imprint", "Robin")
    write_page("terms", "Be on time")
    SitePage.objects.filter(name="imprint").update(text="Ada")
    assert found() == [
        (State.WARNING, "The page imprint has a draft: people see version 2, which is older.")
    ]


def test_page_that_is_taken_off_the_site_is_not_named() -> None:
    write_page("imprint", "Mika", is_shown=False)
    SitePage.objects.create(name="terms", text="Be on time", is_shown=False)
    SitePage.objects.filter(name="imprint").update(text="Ada")
    assert [state for state, _sentence in found()] == [State.OK]


def test_doctor_looks_for_drafts() -> None:
    SitePage.objects.create(name="imprint", text="Mika")
    sentences = [one.sentence for one in examine(Asked(is_offline=True))]
    assert "The page imprint is not published: people find nothing there." in sentences
