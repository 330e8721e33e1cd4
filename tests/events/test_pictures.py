"""Pictures of people: fetched by housekeeping within bounds, made anew, kept and dropped."""

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import responses
import time_machine
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from events import housekeeping, pictures
from events.accounts import closing
from events.models import Attendee, Picture
from neos_backend.http import MAX_BODY
from tests.factories import NOON, make_attendee
from tests.platform import PLATFORM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
ASSETS = PLATFORM.assets_url
ICON, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def platform() -> Iterator[responses.RequestsMock]:
    """Refuse every request that was not added."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def image(kind: str = "PNG", size: tuple[int, int] = (300, 200), colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind)
    return made.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that would be unpacked to 64 million pixels."""
    made = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(made, "PNG")
    assert len(made.getvalue()) < 20_000
    return made.getvalue()


def serve(platform: responses.RequestsMock, icon: str = ICON, **answer: object) -> None:
    platform.get(f"{ASSETS}{icon}", **{"body": image()} | answer)


def fetch() -> int:
    return pictures.fetch_some(NOON)


# --- Fetching ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_picture_is_made_anew_and_kept(platform: responses.RequestsMock, kind: str) -> None:
    serve(platform, body=image(kind))
    ada, stranger = make_attendee(neos_icon=ICON), make_attendee()
    housekeeping.run()
    ada.refresh_from_db()
    stranger.refresh_from_db()
    assert ada.picture is not None
    content = bytes(ada.picture.content)
    made = Image.open(io.BytesIO(content))
    assert (made.format, made.size, ada.picture.content_type) == ("WEBP", (128, 128), "image/webp")
    assert ada.picture.digest == hashlib.sha256(content).hexdigest()
    assert (ada.picture_of, ada.picture_tried_at) == (ICON, None)
    assert ada.face_url == f"/pictures/{ada.picture.digest}/"
    assert stranger.face_url.startswith("/face/")


def test_picture_brings_nothing_along_that_was_hidden_in_it(
    platform: responses.RequestsMock,
) -> None:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where Ada lives"
    Image.new("RGB", (200, 200)).save(made, "JPEG", exif=exif)
    serve(platform, body=made.getvalue() + b"<script>")
    make_attendee(neos_icon=ICON)
    fetch()
    kept = bytes(Picture.objects.get().content)
    assert (b"Ada" in kept, b"script" in kept) == (False, False)


def test_picture_is_fetched_once(
    platform: responses.RequestsMock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    serve(platform)
    make_attendee(neos_icon=ICON)
    assert fetch() == 1
    with django_assert_num_queries(2):  # whose is outdated, which is nobody's
        assert fetch() == 0
    assert len(platform.calls) == 1


def test_changed_picture_takes_the_place_of_the_old_one(platform: responses.RequestsMock) -> None:
    serve(platform)
    serve(platform, OTHER, body=image(colour="blue"))
    ada = make_attendee(neos_icon=ICON)
    fetch()
    old = Picture.objects.get()
    Attendee.objects.update(neos_icon=OTHER)
    fetch()
    ada.refresh_from_db()
    assert (ada.picture_of, Picture.objects.get() == old) == (OTHER, False)
    Attendee.objects.update(neos_icon="")
    fetch()
    ada.refresh_from_db()
    assert (ada.picture, ada.picture_of, Picture.objects.count()) == (None, "", 0)


def test_same_picture_of_two_people_is_kept_once(platform: responses.RequestsMock) -> None:
    serve(platform)
    people = [make_attendee(neos_icon=ICON) for _ in range(2)]
    assert (fetch(), Picture.objects.count()) == (2, 1)
    closing.erase(people[0].user)
    people[1].refresh_from_db()
    assert people[1].picture == Picture.objects.get()
    closing.erase(people[1].user)
    assert Picture.objects.count() == 0


def test_picture_that_an_interrupted_round_left_behind_is_dropped(
    platform: responses.RequestsMock,
) -> None:
    serve(platform)
    ada = make_attendee(neos_icon=ICON)
    left = Picture.objects.create(digest="0" * 64, content=b"", content_type="image/webp")
    fetch()
    ada.refresh_from_db()
    assert (list(Picture.objects.all()), left == ada.picture) == ([ada.picture], False)


# --- Bounds --------------------------------------------------------------------------------------

BAD = [
    {"body": b"<svg xmlns='http://www.w3.org/2000/svg'/>"},
    {"body": b""},
    {"body": image()[:100]},
    {"body": image("BMP")},
    {"body": bomb()},
    {"body": image() + b"\0" * pictures.MAX_BYTES},
    {"status": 404},
    {"status": 302, "headers": {"Location": "http://127.0.0.1/secrets"}},
    {"body": TimeoutError("too slow")},
]


@pytest.mark.parametrize("answer", BAD, ids=range(len(BAD)))
def test_bad_picture_keeps_nobody_waiting_and_is_tried_again_after_a_day(
    platform: responses.RequestsMock, clock: Clock, answer: dict[str, object]
) -> None:
    serve(platform, **answer)
    serve(platform, OTHER)
    bad, good = make_attendee(neos_icon=ICON), make_attendee(neos_icon=OTHER)
    for _ in range(2):
        housekeeping.run()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.picture, bad.picture_of, bad.picture_tried_at) == (None, "", NOON)
    assert (good.picture_of, len(platform.calls)) == (OTHER, 2)
    platform.replace("GET", f"{ASSETS}{ICON}", body=image())
    clock.shift(timedelta(days=1))
    housekeeping.run()
    bad.refresh_from_db()
    assert bad.picture_of == ICON


def test_picture_may_be_larger_than_a_profile_but_no_larger_than_a_megabyte(
    platform: responses.RequestsMock,
) -> None:
    large = image() + b"\0" * MAX_BODY
    serve(platform, body=large)
    make_attendee(neos_icon=ICON)
    assert (len(large) > MAX_BODY, fetch()) == (True, 1)


def test_round_fetches_ten_at_most_and_begins_with_whom_it_has_not_tried(
    platform: responses.RequestsMock,
) -> None:
    tried = NOON - timedelta(days=2)
    failed = [make_attendee(neos_icon=ICON, picture_tried_at=tried) for _ in range(2)]
    fresh = [make_attendee(neos_icon=ICON) for _ in range(9)]
    serve(platform)
    assert fetch() == 10
    waiting = Attendee.objects.filter(picture=None)
    assert list(waiting) == [failed[1]]
    assert len(fresh) == 9


@pytest.mark.parametrize(
    ("address", "is_sandbox", "fetched"),
    [
        (f"http://127.0.0.1:8001{PLATFORM.sandbox}/assets/", True, 1),
        (f"http://127.0.0.1:8001{PLATFORM.sandbox}/assets/", False, 0),
        ("ftp://assets.neos.com/", True, 0),
    ],
)
def test_picture_comes_over_https_or_from_the_sandbox(
    platform: responses.RequestsMock,
    settings: Settings,
    address: str,
    *,
    is_sandbox: bool,
    fetched: int,
) -> None:
    settings.ASSETS_URL, settings.NEOS_SANDBOX = address, is_sandbox
    platform.get(f"{address}{ICON}", body=image())
    make_attendee(neos_icon=ICON)
    assert (fetch(), len(platform.calls)) == (fetched, fetched)


@pytest.mark.parametrize("icon", ["@evil.example/x", "//evil.example/x", "\\evil", "../../x"])
def test_picture_is_asked_of_no_other_host(platform: responses.RequestsMock, icon: str) -> None:
    make_attendee(neos_icon=icon)
    fetch()
    asked = {urlsplit(str(call.request.url)).netloc for call in platform.calls}
    assert asked == {urlsplit(ASSETS).hostname}


def test_person_who_unlinks_while_it_is_fetched_gets_none(platform: responses.RequestsMock) -> None:
    ada = make_attendee(neos_icon=ICON)

    def leave(_request: object) -> tuple[int, dict[str, str], bytes]:
        closing.erase(ada.user)
        return 200, {}, image()

    platform.add_callback("GET", f"{ASSETS}{ICON}", leave)
    assert fetch() == 0
    ada.refresh_from_db()
    assert (ada.picture, Picture.objects.count()) == (None, 0)


# --- Serving -------------------------------------------------------------------------------------


def test_picture_is_served_for_good_and_as_what_it_is(
    client: Client, platform: responses.RequestsMock
) -> None:
    serve(platform)
    ada = make_attendee(neos_icon=ICON)
    fetch()
    ada.refresh_from_db()
    response = client.get(ada.face_url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content == bytes(Picture.objects.get().content)
    closing.erase(ada.user)
    assert client.get(ada.face_url).status_code == 404


def test_picture_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(f"/pictures/{'0' * 64}/").status_code == 404
