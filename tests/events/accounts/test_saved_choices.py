"""Language and zone that are saved on the account page hold at once, in the browser too."""

import pytest
from django.test import Client

from events.models import Attendee
from tests.factories import make_local_attendee

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> Attendee:
    attendee = make_local_attendee(language="en", time_zone="UTC")
    client.force_login(attendee.user)
    return attendee


def save(client: Client, ada: Attendee, *, zone: str, language: str, **header: str) -> str:
    """Save the form, and return the page that follows."""
    typed = {"email": ada.user.email, "time_zone": zone, "language": language}
    response = client.post("/account/", typed, follow=True, headers=header)
    assert [status for _address, status in response.redirect_chain] == [302]
    ada.refresh_from_db()
    return response.content.decode()


def cookies(client: Client) -> dict[str, str]:
    return {
        name: client.cookies[name].value for name in ("zone", "language") if name in client.cookies
    }


def test_account_page_shows_language_and_zone_side_by_side(client: Client, ada: Attendee) -> None:
    page = client.get("/account/").content.decode()
    profile = page[page.index('id="profile"') : page.index('id="sign-in"')]
    assert [name for name in ("time_zone", "language") if f'name="{name}"' not in profile] == []
    assert '<option value="en" selected>English</option>' in profile
    assert '<option value="ja">日本語</option>' in profile


def test_saved_language_is_that_of_the_answer_and_of_the_browser(
    client: Client, ada: Attendee
) -> None:
    client.cookies["language"] = "en"
    page = save(client, ada, zone="UTC", language="ja")
    assert ('<html lang="ja">' in page, "保存しました" in page) == (True, True)
    assert (ada.language, cookies(client)["language"]) == ("ja", "ja")
    client.post("/accounts/logout/")
    assert '<html lang="ja">' in client.get("/").content.decode()


def test_no_language_leaves_it_to_the_header_again(client: Client, ada: Attendee) -> None:
    client.cookies["language"] = "en"
    page = save(client, ada, zone="UTC", language="", **{"Accept-Language": "ja"})
    assert ('<html lang="ja">' in page, "保存しました" in page) == (True, True)
    assert (ada.language, cookies(client)["language"]) == ("", "")


@pytest.mark.parametrize("odd", ["xx", "de", "../ja", "ja\x00"])
def test_odd_language_is_refused_and_nothing_is_stored(
    client: Client, ada: Attendee, odd: str
) -> None:
    typed = {"email": ada.user.email, "time_zone": "Asia/Tokyo", "language": odd}
    assert "field-errors" in client.post("/account/", typed).content.decode()
    ada.refresh_from_db()
    assert (ada.language, str(ada.time_zone), cookies(client)) == ("en", "UTC", {"language": "en"})


def test_language_that_the_site_has_no_more_can_be_saved_over(
    client: Client, ada: Attendee
) -> None:
    Attendee.objects.update(language="de")
    assert '<option value="" selected>' in client.get("/account/").content.decode()
    save(client, ada, zone="UTC", language="")
    assert ada.language == ""


@pytest.mark.parametrize(
    ("before", "cookie", "saved", "kept"),
    [
        ("UTC", "UTC", "Asia/Tokyo", "Asia/Tokyo"),
        ("UTC", "", "Asia/Tokyo", "Asia/Tokyo"),
        ("", "none", "Asia/Tokyo", "Asia/Tokyo"),
        ("UTC", "UTC", "", "none"),
        ("", "UTC", "", "none"),
    ],
)
def test_browser_follows_the_saved_zone(
    client: Client, ada: Attendee, before: str, cookie: str, saved: str, kept: str
) -> None:
    Attendee.objects.update(time_zone=before)
    client.cookies["zone"] = cookie
    save(client, ada, zone=saved, language="en")
    assert (str(ada.time_zone or ""), cookies(client)["zone"]) == (saved, kept)


def test_person_who_never_chose_a_zone_is_still_asked(client: Client, ada: Attendee) -> None:
    """To save another field is no answer to that question."""
    Attendee.objects.update(time_zone="")
    page = save(client, ada, zone="", language="en")
    assert ("zone" in cookies(client), 'id="zone-proposal"' in page) == (False, True)
