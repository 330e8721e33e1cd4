"""Superusers write the pages of the footer; the footer looks again once one is saved."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db.models import ProtectedError
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from events.http import site_pages
from events.models import PageVersion, SitePage
from tests.factories import make_organizer, write_page

from .conftest import SignedIn
from .pages import delete, errors, fields, version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGES = "/admin/events/sitepage/"
ADD = f"{PAGES}add/"
WRITTEN = {"name": "imprint", "text": "The harbour", "is_shown": "on", "publish": "on"}


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


def stored() -> list[tuple[str, str]]:
    return list(SitePage.objects.values_list("name", "text"))


def published() -> list[tuple[int, str]]:
    return list(PageVersion.objects.values_list("number", "text"))


def in_footer() -> list[str]:
    return [page.name for page in site_pages.written()]


def test_page_is_written_and_changed(
    root: Client, committed: DjangoCaptureOnCommitCallbacks
) -> None:
    assert in_footer() == []
    with committed(execute=True):
        assert root.post(ADD, WRITTEN).status_code == 302
    assert (stored(), in_footer()) == ([("imprint", "The harbour")], ["imprint"])

    change = f"{PAGES}{SitePage.objects.get().pk}/change/"
    typed = fields(root.get(change)) | {"text": "The sea", "publish": "on"}
    with committed(execute=True):
        assert root.post(change, typed).status_code == 302
    assert (stored(), in_footer()) == ([("imprint", "The sea")], ["imprint"])
    assert published() == [(1, "The harbour"), (2, "The sea")]


def test_footer_looks_again_after_the_commit_and_not_before(
    root: Client, committed: DjangoCaptureOnCommitCallbacks
) -> None:
    with committed(execute=False):
        root.post(ADD, WRITTEN)
        assert in_footer() == []


def delete_all(root: Client) -> str:
    """Choose all pages of the list, press *Delete* and agree; return what the first page says."""
    pks = [str(page.pk) for page in SitePage.objects.all()]
    chosen = {"action": "delete_selected", "_selected_action": pks}
    asked = root.post(PAGES, chosen)
    text = asked.content.decode()
    agreed = {"version": version(asked)} if 'name="version"' in text else {}
    root.post(PAGES, chosen | {"post": "yes"} | agreed)
    return text


def test_drafts_are_deleted_one_by_one_and_at_once(root: Client) -> None:
    for name in ("terms", "imprint", "privacy"):
        SitePage.objects.create(name=name, text=name)
    page = SitePage.objects.get(name="terms")
    assert delete(root, f"{PAGES}{page.pk}/").status_code == 302
    assert [name for name, _text in stored()] == ["imprint", "privacy"]
    delete_all(root)
    assert stored() == []


def test_page_that_was_published_is_not_deleted_and_says_what_to_do(root: Client) -> None:
    SitePage.objects.create(name="privacy", text="x")
    page = write_page("terms", "One").page
    write_page("terms", "Two")
    SitePage.objects.filter(pk=page.pk).update(is_shown=False)
    expected = "was published, and people may read what stood there on any day. Take it off"
    one = f"{PAGES}{page.pk}/delete/"
    texts = [root.get(one), root.post(one, {"post": "yes"})]

    assert [expected in answer.content.decode() for answer in texts] == [True, True]
    assert (expected in delete_all(root), published()) == (True, [(1, "One"), (2, "Two")])
    assert [name for name, _text in stored()] == ["privacy", "terms"]


def test_database_keeps_what_was_published() -> None:
    page = write_page("terms", "One").page
    with pytest.raises(ProtectedError):
        page.delete()


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
        ({"name": "photos"}, "A page of your own needs a title."),
        ({"name": "a/b", "title": "x"}, "Enter a valid “slug”"),
        ({"text": "[name] runs this"}, "write what belongs in place of these: [name]."),
        ({"page_text_ja": "[名前]"}, "write what belongs in place of these: [名前]."),
        ({"page_text_ja": "|x" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|\n" * 200}, "too long"),
        ({"publish": "", "asks_again": "on"}, "only a new version asks again"),
    ],
)
def test_bad_page_is_refused(root: Client, typed: dict[str, str], error: str) -> None:
    response = root.post(ADD, WRITTEN | typed)
    assert (error in " ".join(errors(response)), stored()) == (True, [])


def test_second_page_of_a_name_is_refused(root: Client) -> None:
    root.post(ADD, WRITTEN)
    assert errors(root.post(ADD, WRITTEN)) == ["Page of the site with this Address already exists."]


@pytest.mark.parametrize("permissions", ["", "_sitepage"])
def test_organizers_do_not_write_pages(signed_in: SignedIn, permissions: str) -> None:
    mika = make_organizer(username="mika")
    if permissions:
        mika.user_permissions.set(Permission.objects.filter(codename__endswith=permissions))
    page = write_page("imprint", "The harbour").page
    browser = signed_in(mika)
    for address in (PAGES, ADD, f"{PAGES}{page.pk}/change/", f"{PAGES}{page.pk}/delete/"):
        assert browser.get(address).status_code in {302, 403}, address
        assert browser.post(address, WRITTEN | {"post": "yes"}).status_code in {302, 403}, address
    assert stored() == [("imprint", "The harbour")]


def test_page_in_the_admin_links_to_the_one_on_the_site(root: Client) -> None:
    page = write_page("imprint", "The harbour").page
    html = root.get(f"{PAGES}{page.pk}/change/").content.decode()
    assert 'href="/imprint/"' in html


# --- Drafts and versions -------------------------------------------------------------------------


def change_of(page: SitePage) -> str:
    return f"{PAGES}{page.pk}/change/"


def test_draft_is_seen_by_nobody_until_it_is_published(
    root: Client, client: Client, committed: DjangoCaptureOnCommitCallbacks
) -> None:
    with committed(execute=True):
        root.post(ADD, WRITTEN | {"publish": "", "text": "[name] runs this"})
    assert (stored(), published(), in_footer()) == ([("imprint", "[name] runs this")], [], [])
    assert client.get("/imprint/").status_code == 404

    change = change_of(SitePage.objects.get())
    root.post(change, fields(root.get(change)) | {"text": "Mika runs this", "publish": "on"})
    root.post(change, fields(root.get(change)) | {"text": "Robin runs this"})
    assert published() == [(1, "Mika runs this")]
    assert "version 1; a draft is newer" in root.get(PAGES).content.decode()
    assert "Mika runs this" in client.get("/imprint/").content.decode()


def test_version_asks_again_if_staff_say_so(root: Client) -> None:
    root.post(ADD, WRITTEN | {"name": "terms", "is_agreed_to": "on"})
    change = change_of(SitePage.objects.get())
    typed = {"text": "A price", "publish": "on", "asks_again": "on"}
    root.post(change, fields(root.get(change)) | typed)

    assert list(PageVersion.objects.values_list("number", "asks_again")) == [(1, False), (2, True)]
    assert "(asks again)" in root.get(change).content.decode()


def test_texts_in_other_languages_are_kept_and_published(root: Client) -> None:
    root.post(ADD, WRITTEN | {"page_text_ja": "港"})
    page = SitePage.objects.get()
    assert page.translations == {"ja": {"text": "港"}}
    assert PageVersion.objects.get().translations == {"ja": {"text": "港"}}

    typed = fields(root.get(change_of(page)))
    assert typed["page_text_ja"] == ["港"]
    root.post(change_of(page), typed | {"page_text_ja": ""})
    assert SitePage.objects.get().translations == {}


def test_address_of_what_was_published_stays(root: Client) -> None:
    page = write_page("imprint", "The harbour").page
    typed = fields(root.get(change_of(page)))
    assert "name" not in typed
    root.post(change_of(page), typed | {"name": "terms"})

    assert SitePage.objects.get().name == "imprint"


def test_form_offers_texts_to_begin_with_and_publishes_none(root: Client) -> None:
    html = root.get(ADD).content.decode()
    names = ["imprint", "privacy", "terms", "conduct"]
    assert [name for name in names if f'href="?name={name}"' in html] == names
    for name in names:
        typed = fields(root.get(f"{ADD}?name={name}"))
        assert ["[" in typed[text][0] for text in ("text", "page_text_ja")] == [True, True]
        assert "in place of these" in " ".join(errors(root.post(ADD, typed | {"publish": "on"})))
    assert (stored(), published()) == ([], [])
    assert fields(root.get(f"{ADD}?name=photos"))["text"] == [""]


def test_history_says_who_published_what(root: Client, superuser: User) -> None:
    root.post(ADD, WRITTEN)
    page = SitePage.objects.get()
    typed = fields(root.get(change_of(page))) | {"text": "The sea", "publish": "on"}
    root.post(change_of(page), typed)
    entry = LogEntry.objects.earliest("-pk")

    assert entry.user == superuser
    history = root.get(f"{PAGES}{page.pk}/history/").content.decode()
    assert ("Publish" in history, "The sea" in history) == (True, True)


def test_form_of_a_known_page_has_no_titles_once_it_is_published(root: Client) -> None:
    """Until then its address can be changed, to one of a page that needs a title."""
    draft = SitePage.objects.create(name="terms", text="Be on time")
    known, own = write_page("imprint", "Mika").page, write_page("photos", "x", title="Photos").page
    titles = {"title", "page_title_ja"}
    found = [titles & {*fields(root.get(change_of(page)))} for page in (draft, known, own)]

    assert found == [titles, set(), titles]
    typed = fields(root.get(change_of(known))) | {"text": "Robin", "publish": "on"}
    assert root.post(change_of(known), typed).status_code == 302
    assert PageVersion.objects.get(number=2).text == "Robin"
