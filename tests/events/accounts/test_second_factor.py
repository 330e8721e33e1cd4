"""Organizers are asked for a second factor, as the site's setting and they themselves say."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import DjangoAssertNumQueries, Settings

from events.models import Attendee
from tests.factories import make_local_attendee, make_organizer, make_user
from tests.second_factor import (
    ASK,
    BEGIN,
    RECOVERY,
    REMOVE,
    SECRET,
    SET_UP,
    code_of,
    is_open,
    make_app,
    make_recovery_codes,
    proved,
    signed_in,
    wrong_code_of,
)
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGES = [ASK, BEGIN, SET_UP, RECOVERY, REMOVE]
ADMIN = "/admin/events/event/?q=jam"


def make_superuser() -> User:
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def app(mika: User) -> TOTPDevice:
    return make_app(mika)


def way(browser: Client, address: str = ADMIN) -> str:
    """Return where a page of organizers leads, or "open"."""
    response = browser.get(address)
    return response.get("Location", "open" if response.status_code == 200 else "closed")


ASKED = f"{ASK}?{urlencode({'next': ADMIN})}"
SIGN_IN = f"/admin/login/?{urlencode({'next': ADMIN}, safe='/')}"


# --- Who is asked --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "without", "with_app"),
    [("off", "open", "open"), ("offered", "open", ASKED), ("required", ASKED, ASKED)],
)
@pytest.mark.parametrize("make", [make_organizer, make_superuser])
def test_people_who_organize_are_asked_as_the_setting_says(
    settings: Settings, mode: str, without: str, with_app: str, make: Callable[[], User]
) -> None:
    settings.STAFF_SECOND_FACTOR = mode
    user = make()
    assert way(signed_in(user)) == without
    make_app(user)
    assert way(signed_in(user)) == with_app


@pytest.mark.parametrize("mode", ["off", "offered", "required"])
def test_others_are_told_as_ever_that_they_do_not_organize(settings: Settings, mode: str) -> None:
    settings.STAFF_SECOND_FACTOR = mode
    attendee = signed_in(make_local_attendee().user)
    assert [way(browser) for browser in (Client(), attendee)] == [SIGN_IN, SIGN_IN]


@pytest.mark.parametrize("mode", ["off", "offered", "required"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_are_there_for_people_who_organize_only(
    settings: Settings, mode: str, page: str
) -> None:
    settings.STAFF_SECOND_FACTOR = mode
    other = signed_in(make_local_attendee().user)
    assert (other.get(page).status_code, other.post(page, SECRET).status_code) == (404, 404)
    assert Client().get(page)["Location"] == f"/accounts/login/?next={page}"
    expected = 404 if mode == "off" else 200
    organizer = signed_in(make_organizer())
    assert organizer.get(page, follow=True).status_code == expected
    assert TOTPDevice.objects.count() == 0


def test_sign_in_with_neos_is_asked_too(client: Client, settings: Settings) -> None:
    sign_in(client, profile())
    user = Attendee.objects.get().user
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    assert way(client) == "open"
    settings.STAFF_SECOND_FACTOR = "required"
    assert way(client) == ASKED
    settings.STAFF_SECOND_FACTOR = "offered"
    app = make_app(user)
    assert way(client) == ASKED
    client.post(ASK, {"code": code_of(app)})
    assert way(client) == "open"


def test_unconfirmed_app_is_no_second_factor(mika: User) -> None:
    make_app(mika, confirmed=False)
    make_recovery_codes(mika)
    assert way(signed_in(mika)) == "open"


# --- The code ------------------------------------------------------------------------------------


def test_right_code_opens_the_page_that_was_asked_for(mika: User, app: TOTPDevice) -> None:
    browser = signed_in(mika)
    before = browser.session.session_key
    response = browser.post(ASKED, {"code": code_of(app), "next": ADMIN})
    assert (response.status_code, response["Location"]) == (302, ADMIN)
    assert (way(browser), browser.session.session_key == before) == ("open", False)


@pytest.mark.parametrize("leads", ["https://evil.example/", "//evil.example/", "/\\evil", "x"])
def test_right_code_never_leads_off_the_site(mika: User, app: TOTPDevice, leads: str) -> None:
    response = signed_in(mika).post(ASK, {"code": code_of(app), "next": leads})
    assert response["Location"] == "/admin/"


def test_session_of_before_the_code_is_nobodys(mika: User, app: TOTPDevice) -> None:
    browser, thief = signed_in(mika), Client()
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    browser.post(ASK, {"code": code_of(app)})
    assert (way(browser), way(thief)) == ("open", SIGN_IN)


def test_wrong_code_opens_nothing_and_says_so(mika: User, app: TOTPDevice) -> None:
    browser = signed_in(mika)
    page = browser.post(ASK, {"code": wrong_code_of(app), "next": ADMIN}).content.decode()
    assert ("This code is not right" in page, f'value="{ADMIN}"' in page) == (True, True)
    assert way(browser) == ASKED


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abc", "'; --", "\uff11\uff12", "x" * 5000]
)
def test_what_is_no_code_is_not_tried(mika: User, app: TOTPDevice, typed: str) -> None:
    assert signed_in(mika).post(ASK, {"code": typed}).status_code == 200
    app.refresh_from_db()
    assert app.throttling_failure_count == 0


@pytest.mark.parametrize("spell", ["{0} {1}", " {0}-{1} ", "{0}\u2009{1}"])
def test_code_is_taken_in_every_spelling(mika: User, app: TOTPDevice, spell: str) -> None:
    code, browser = code_of(app), signed_in(mika)
    browser.post(ASK, {"code": spell.format(code[:3], code[3:])})
    assert is_open(browser)


def test_code_is_taken_in_wide_digits(mika: User, app: TOTPDevice) -> None:
    browser = signed_in(mika)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code_of(app))
    browser.post(ASK, {"code": wide})
    assert is_open(browser)


def test_code_of_somebody_else_opens_nothing(mika: User, app: TOTPDevice) -> None:
    other = make_organizer()
    make_app(other)
    browser = signed_in(other)
    browser.post(ASK, {"code": code_of(app)})
    assert not is_open(browser)


def test_code_that_is_sent_twice_leads_on_the_second_time(mika: User, app: TOTPDevice) -> None:
    browser, code = signed_in(mika), code_of(app)
    answers = [browser.post(ASK, {"code": code, "next": ADMIN})["Location"] for _ in range(2)]
    assert answers == [ADMIN, ADMIN]


# --- How long it lasts ---------------------------------------------------------------------------


def test_signing_out_ends_it(mika: User, app: TOTPDevice) -> None:
    browser = proved(mika, app)
    browser.post("/accounts/logout/")
    browser.force_login(mika, "django.contrib.auth.backends.ModelBackend")
    assert way(browser) == ASKED


def test_other_person_in_the_same_browser_is_asked(mika: User, app: TOTPDevice) -> None:
    browser, other = proved(mika, app), make_organizer()
    make_app(other)
    browser.force_login(other, "django.contrib.auth.backends.ModelBackend")
    assert way(browser) == ASKED


def test_new_password_keeps_the_session_and_asks_in_others(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller
) -> None:
    browser = proved(mika, app)
    new = dict.fromkeys(["new_password1", "new_password2"], "correct horse battery")
    browser.post("/accounts/password/", {"old_password": "secret"} | new)
    assert way(browser) == "open"
    clock.shift(timedelta(days=1))
    other = Client()
    other.login(username="mika", password="correct horse battery")
    assert way(other) == ASKED


def test_removed_app_ends_it_everywhere_at_once(
    settings: Settings, mika: User, app: TOTPDevice
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    browser = proved(mika, app)
    app.delete()
    assert way(browser) == ASKED


# --- What it costs -------------------------------------------------------------------------------


def test_people_without_it_pay_nothing_on_pages_of_the_site(
    mika: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, account and attendee; the list is empty."""
    with django_assert_num_queries(0):
        Client().get("/accounts/closed/")
    browser = signed_in(mika)
    with django_assert_num_queries(3):
        browser.get("/accounts/closed/")


def test_proved_session_costs_one_query(
    mika: User, app: TOTPDevice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = proved(mika, app)
    with django_assert_num_queries(4):
        browser.get("/accounts/closed/")
