"""Superusers write the pages of the footer; the footer looks again once one is saved."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from events.http import site_pages
from events.models import SitePage
from tests.factories import make_organizer

from .conftest import SignedIn
from .pages import delete, errors, fields, version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGES = "/admin/events/sitepage/"
ADD = f"{PAGES}add/"
WRITTEN = {"name": "imprint", "text": "The harbour"}


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


def stored() -> list[tuple[str, str]]:
    return list(SitePage.objects.values_list("name", "text"))


def in_footer() -> list[str]:
    return [page.name for page in site_pages.written()]


def test_page_is_written_changed_and_deleted(
    root: Client, committed: DjangoCaptureOnCommitCallbacks
) -> None:
    assert in_footer() == []
    with committed(execute=True):
        assert root.post(ADD, WRITTEN).status_code == 302
    assert (stored(), in_footer()) == ([("imprint", "The harbour")], ["imprint"])

    change = f"{PAGES}{SitePage.objects.get().pk}/change/"
    typed = fields(root.get(change)) | {"name": "terms", "text": "The sea"}
    with committed(execute=True):
        assert root.post(change, typed).status_code == 302
    assert (stored(), in_footer()) == ([("terms", "The sea")], ["terms"])

    with committed(execute=True):
        assert delete(root, f"{PAGES}{SitePage.objects.get().pk}/").status_code == 302
    assert (stored(), in_footer()) == ([], [])


def test_footer_looks_again_after_the_commit_and_not_before(
    root: Client, committed: DjangoCaptureOnCommitCallbacks
) -> None:
    with committed(execute=False):
        root.post(ADD, WRITTEN)
        assert in_footer() == []


def test_several_pages_are_deleted_at_once(
    root: Client, committed: DjangoCaptureOnCommitCallbacks
) -> None:
    SitePage.objects.bulk_create(SitePage(name=name, text="x") for name in ("terms", "imprint"))
    site_pages.forget()
    assert in_footer() == ["imprint", "terms"]
    pks = [str(page.pk) for page in SitePage.objects.all()]
    chosen = {"action": "delete_selected", "_selected_action": pks}
    asked = root.post(PAGES, chosen)
    with committed(execute=True):
        root.post(PAGES, chosen | {"post": "yes", "version": version(asked)})
    assert (stored(), in_footer()) == ([], [])


def test_older_form_does_not_undo_what_somebody_else_wrote(root: Client) -> None:
    root.post(ADD, WRITTEN)
    change = f"{PAGES}{SitePage.objects.get().pk}/change/"
    older = fields(root.get(change))
    root.post(change, older | {"text": "By the sea"})

    response = root.post(change, older | {"text": "Mine"})

    assert "Text (now: By the sea )" in " ".join(errors(response))
    assert stored() == [("imprint", "By the sea")]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"text": " "}, "This field is required."),
        (
            {"text": "|x" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|\n" * 200},
            "page would become too long",
        ),
        ({"name": "secret"}, "not one of the available choices"),
    ],
)
def test_bad_page_is_refused(root: Client, typed: dict[str, str], error: str) -> None:
    response = root.post(ADD, WRITTEN | typed)
    assert (error in " ".join(errors(response)), stored()) == (True, [])


def test_second_page_of_a_name_is_refused(root: Client) -> None:
    root.post(ADD, WRITTEN)
    assert errors(root.post(ADD, WRITTEN)) == ["Page of the site with this Page already exists."]


@pytest.mark.parametrize("permissions", ["", "_sitepage"])
def test_organizers_do_not_write_pages(signed_in: SignedIn, permissions: str) -> None:
    mika = make_organizer(username="mika")
    if permissions:
        mika.user_permissions.set(Permission.objects.filter(codename__endswith=permissions))
    page = SitePage.objects.create(**WRITTEN)
    browser = signed_in(mika)
    for address in (PAGES, ADD, f"{PAGES}{page.pk}/change/", f"{PAGES}{page.pk}/delete/"):
        assert browser.get(address).status_code in {302, 403}, address
        assert browser.post(address, WRITTEN | {"post": "yes"}).status_code in {302, 403}, address
    assert stored() == [("imprint", "The harbour")]


def test_page_in_the_admin_links_to_the_one_on_the_site(root: Client) -> None:
    page = SitePage.objects.create(**WRITTEN)
    html = root.get(f"{PAGES}{page.pk}/change/").content.decode()
    assert 'href="/imprint/"' in html
