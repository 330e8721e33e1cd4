"""The link to a draft: made, made anew and revoked on a page that asks first."""

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from events.models import Event, PreviewLink
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import at
from tests.events.admin.pages import logged, page_of, read, save, version, words
from tests.factories import make_event, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHANGED = "Something here changed while you had the page open. Please look again."


@pytest.fixture
def draft(mika: User) -> Event:
    return make_event(title="Fog", slug="fog", status="draft", organizers=[mika])


def open_page(browser: Client, event: Event) -> HttpResponse:
    return browser.get(at(event, "share/"))


def press(browser: Client, event: Event, page: HttpResponse, act: str, **more: str) -> HttpResponse:
    return browser.post(at(event, "share/"), {"act": act, "version": version(page)} | more)


def do(browser: Client, event: Event, act: str) -> HttpResponse:
    """Press the button, and say yes if the page asks."""
    answer = press(browser, event, open_page(browser, event), act)
    asks = any(read(answer).all("button", name="confirmed"))
    return press(browser, event, answer, act, confirmed="1") if asks else answer


def link_in(response: HttpResponse) -> str:
    return read(response).first("input", id="link").attributes["value"]


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_link_of_a_draft_is_shown_once_and_noted_without_its_secret(
    browser: Client, draft: Event
) -> None:
    made = do(browser, draft, "make")
    link = link_in(made)
    assert "no-store" in made["Cache-Control"]
    assert Client().get(path_of(link)).status_code == 200
    assert logged() == [("mika", "Made a preview link.")]
    again = open_page(browser, draft)
    assert "There is a link, made Sat 1 June 2030, 12:00 (UTC)." in read(again).text
    assert link.split("/")[-2] not in again.content.decode()
    history = browser.get(at(draft, "history/")).content.decode()
    assert ("Made a preview link." in history, link.split("/")[-2] in history) == (True, False)


def test_another_link_is_made_after_a_question(browser: Client, draft: Event) -> None:
    first = path_of(link_in(do(browser, draft, "make")))
    asked = press(browser, draft, open_page(browser, draft), "make")
    assert "Make another preview link?" in read(asked).text
    assert Client().get(first).status_code == 200
    second = path_of(link_in(press(browser, draft, asked, "make", confirmed="1")))
    assert [Client().get(path).status_code for path in (first, second)] == [404, 200]


def test_link_to_a_draft_is_revoked_after_a_question(browser: Client, draft: Event) -> None:
    path = path_of(link_in(do(browser, draft, "make")))
    asked = press(browser, draft, open_page(browser, draft), "revoke")
    assert "Revoke the preview link?" in read(asked).text
    assert Client().get(path).status_code == 200
    done = press(browser, draft, asked, "revoke", confirmed="1")
    assert (done.status_code, words(done)) == (302, ["The preview link leads nowhere any more."])
    assert Client().get(path).status_code == 404
    assert logged()[-1] == ("mika", "Revoked a preview link.")
    assert "There is no link at the moment." in read(open_page(browser, draft)).text


@pytest.mark.parametrize("act", ["make", "revoke"])
def test_page_that_was_open_too_long_changes_no_newer_link(
    browser: Client, draft: Event, act: str
) -> None:
    do(browser, draft, "make")
    old = open_page(browser, draft)
    newer = path_of(link_in(do(browser, draft, "make")))
    answer = press(browser, draft, old, act, confirmed="1")
    assert (answer.status_code, words(answer)) == (302, [CHANGED])
    assert Client().get(newer).status_code == 200


def test_loading_the_answer_again_makes_no_second_link(browser: Client, draft: Event) -> None:
    first = open_page(browser, draft)
    path = path_of(link_in(press(browser, draft, first, "make")))
    assert "Make another" in read(press(browser, draft, first, "make")).text
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize("status", ["published", "cancelled"])
def test_public_event_gets_no_link(browser: Client, draft: Event, status: str) -> None:
    page = open_page(browser, draft)
    Event.objects.update(status=status)
    answer = press(browser, draft, page, "make")
    assert (answer.status_code, PreviewLink.objects.count()) == (302, 0)
    assert "The event is not a draft any more" in words(answer)[0]
    assert [
        b for b in read(open_page(browser, draft)).all("button") if b.attributes.get("name")
    ] == []


def test_link_ends_when_the_event_is_published_with_its_form(browser: Client, draft: Event) -> None:
    path = path_of(link_in(do(browser, draft, "make")))
    save(browser, page_of(draft), status="published")
    assert Client().get(path)["Location"] == "/events/fog/"
    save(browser, page_of(draft), status="draft")
    assert Event.objects.get().status == "draft"
    assert Client().get(path).status_code == 404


def test_copy_has_no_link(browser: Client, draft: Event) -> None:
    do(browser, draft, "make")
    save(browser, page_of(draft), title="Copy", slug="copy", _saveasnew="1")
    copy = Event.objects.get(slug="copy")
    assert (PreviewLink.objects.filter(event=copy).count(), PreviewLink.objects.count()) == (0, 1)


def test_draft_with_a_link_can_be_deleted(browser: Client, draft: Event) -> None:
    path = path_of(link_in(do(browser, draft, "make")))
    page = browser.get(at(draft, "delete/"))
    browser.post(at(draft, "delete/"), {"post": "yes", "version": version(page)})
    assert (Event.objects.count(), PreviewLink.objects.count()) == (0, 0)
    assert Client().get(path).status_code == 404


def test_only_who_may_change_the_event_shares_it(signed_in: SignedIn, draft: Event) -> None:
    reader = make_user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_event"))
    draft.organizers.add(reader)
    browser = signed_in(reader)
    assert browser.get(at(draft, "share/")).status_code == 403
    assert browser.post(at(draft, "share/"), {"act": "make"}).status_code == 403
    page = browser.get(at(draft, "look/"))
    assert (page.status_code, "share/" in page.content.decode()) == (200, False)


def test_page_needs_the_token_of_its_form(mika: User, draft: Event) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mika, "django.contrib.auth.backends.ModelBackend")
    page = open_page(browser, draft)
    assert press(browser, draft, page, "make").status_code == 403
    assert PreviewLink.objects.count() == 0


def test_act_that_is_none_is_not_there(browser: Client, draft: Event) -> None:
    assert press(browser, draft, open_page(browser, draft), "publish").status_code == 404
