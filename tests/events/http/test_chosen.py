"""What a browser remembers: a zone on offer, or that nobody wants to be asked."""

from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from events.http import chosen
from events.models import Attendee

TOKYO = ZoneInfo("Asia/Tokyo")


def request_with(cookie: str | None, name: str = "zone") -> object:
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES[name] = cookie
    return request


@pytest.mark.parametrize(
    ("cookie", "zone", "is_asked"),
    [
        ("Asia/Tokyo", TOKYO, False),
        ("UTC", ZoneInfo("UTC"), False),
        ("none", None, False),
        (None, None, True),
        *((odd, None, True) for odd in ("", "Mars", "localtime", "Asia/Calcutta", "../x", "a\x00")),
    ],
)
def test_cookie_is_a_zone_on_offer_or_nothing(
    cookie: str | None, zone: ZoneInfo | None, *, is_asked: bool
) -> None:
    request = request_with(cookie)
    assert chosen.zone_of_browser(request) == zone
    assert chosen.is_asked_for_zone(request, None) == is_asked


def test_account_counts_before_the_browser() -> None:
    berlin = Attendee(time_zone="Europe/Berlin")
    assert chosen.own_zone(request_with("Asia/Tokyo"), berlin) == ZoneInfo("Europe/Berlin")
    assert chosen.own_zone(request_with("Asia/Tokyo"), Attendee()) == TOKYO
    assert chosen.own_zone(request_with(None), Attendee(time_zone="UTC")) == ZoneInfo("UTC")
    assert chosen.own_zone(None, None) is None
    assert chosen.is_asked_for_zone(request_with(None), berlin) is False


def test_choices_are_kept_in_cookies_bound_to_this_host(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    settings.LANGUAGE_COOKIE_NAME = "__Host-language"
    response = HttpResponse()
    chosen.remember_zone(response, "Asia/Tokyo")
    chosen.remember_language(response, "ja")
    for name in ("__Host-zone", "__Host-language"):
        cookie = response.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", 31_536_000)


def test_language_of_the_browser_is_one_of_the_site() -> None:
    name = settings.LANGUAGE_COOKIE_NAME
    found = [chosen.language_of_browser(request_with(code, name)) for code in ("ja", "xx", None)]
    assert found == ["ja", "", ""]
