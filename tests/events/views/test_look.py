"""Drawn pictures, the logo and the theme: types, caches, and nothing told about the events."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from events import artwork
from tests.factories import make_attendee, make_event, make_organizer
from tests.markup import TreeBuilder

ART, FACE, THEME = "/art/music/jam.svg", "/face/u-1.svg", "/theme.css"


@pytest.mark.parametrize(
    ("address", "kind", "seconds"),
    [
        (ART, "image/svg+xml", 86_400),
        (FACE, "image/svg+xml", 86_400),
        (THEME, "text/css; charset=utf-8", 3_600),
    ],
)
def test_picture_and_theme_say_what_they_are_and_are_kept(
    client: Client, address: str, kind: str, seconds: int
) -> None:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert set(response["Cache-Control"].split(", ")) == {"public", f"max-age={seconds}"}
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response.cookies == {}


@pytest.mark.parametrize("address", [ART, FACE, THEME])
def test_what_a_browser_has_is_not_sent_again(client: Client, address: str) -> None:
    etag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("address", [ART, FACE, THEME, "/logo"])
def test_picture_takes_no_post(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("kind", ["nonsense", "Music", "face"])
def test_unknown_kind_of_picture_is_not_found(client: Client, kind: str) -> None:
    response = client.get(f"/art/{kind}/jam.svg")
    assert response.status_code == 404


@pytest.mark.django_db
def test_pictures_look_nothing_up(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Else they would tell strangers which drafts there are."""
    make_event(slug="secret", status="draft")
    with django_assert_num_queries(0):
        found = [
            client.get(address).status_code
            for slug in ("secret", "nothing-of-that-name")
            for address in (f"/art/meetup/{slug}.svg", f"/face/{slug}.svg", THEME)
        ]
    assert found == [200] * 6


def test_picture_is_drawn_from_the_address(client: Client) -> None:
    assert client.get(ART).content.decode() == artwork.draw("jam", "music")


# --- The logo ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("logo.svg", "image/svg+xml"),
        ("logo.PNG", "image/png"),
        ("logo.webp", "image/webp"),
        ("logo.jpg", "image/jpeg"),
        ("logo.jpeg", "image/jpeg"),
    ],
)
def test_logo_is_the_file_of_the_settings(
    client: Client, settings: Settings, tmp_path: Path, name: str, kind: str
) -> None:
    file = tmp_path / name
    file.write_bytes(b"picture")
    settings.SITE_LOGO = str(file)
    response = client.get("/logo")
    assert (response["Content-Type"], response.content) == (kind, b"picture")
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
    assert response["X-Content-Type-Options"] == "nosniff"


def test_site_without_a_logo_has_none(client: Client) -> None:
    assert client.get("/logo").status_code == 404


def test_logo_whose_file_is_gone_is_not_found_14(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    """It was there when the site started. A folder of its name is no picture either."""
    for file in (tmp_path / "logo.svg", tmp_path):
        settings.SITE_LOGO = str(file)
        assert client.get("/logo").status_code == 404


def test_pages_name_the_site_and_show_its_logo(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert ("Community events" in page, 'src="/logo"' in page) == (True, False)

    settings.SITE_NAME, settings.SITE_TAGLINE = "Harbour <Nights>", "By the sea"
    settings.SITE_LOGO = str(tmp_path / "logo.svg")
    page = client.get("/accounts/login/").content.decode()
    assert "Harbour &lt;Nights&gt;" in page
    assert "By the sea" in page
    assert 'src="/logo"' in page


# --- Who is signed in ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_everybody_who_is_signed_in_has_a_face_beside_the_name(client: Client) -> None:
    """Organizers who take part in nothing have no row of an attendee."""
    faces = []
    for user in (make_attendee(neos_username="Ada").user, make_organizer(username="mika")):
        client.force_login(user)
        root = TreeBuilder(client.get("/").content.decode()).root
        chip = root.first("header").first("a", class_="chip")
        faces.append((chip.text, chip.first("img").attributes["src"]))
    assert [name for name, _face in faces] == ["Ada", "mika"]
    assert [client.get(face).status_code for _name, face in faces] == [200, 200]
    assert len({face for _name, face in faces}) == 2
