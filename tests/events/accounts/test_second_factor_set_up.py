"""Setting up an app, replacing it, new recovery codes, and removing all of it."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from events import housekeeping
from events.accounts.second_factor import recovery
from events.messages.delivery import deliver_due
from events.models import Notification
from tests.factories import make_attendee, make_organizer, make_user
from tests.markup import TreeBuilder
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
    spelled,
    wrong_code_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika", email="mika@example.org")


@pytest.fixture
def browser(mika: User) -> Client:
    return signed_in(mika)


def begin(browser: Client) -> TOTPDevice:
    assert browser.post(BEGIN, SECRET)["Location"] == SET_UP
    return TOTPDevice.objects.get(confirmed=False)


def codes_on(page: str) -> list[str]:
    return re.findall("[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}", page)


def told() -> list[str]:
    """Return what mails said, in their order."""
    sent = Notification.objects.filter(kind="second-factor").order_by("pk")
    return [message.facts["what"] for message in sent]


# --- Setting up ----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [{}, {"current_password": "wrong"}])
def test_key_is_made_with_the_password_only(browser: Client, typed: dict[str, str]) -> None:
    assert browser.post(BEGIN, typed).status_code == 200
    assert (TOTPDevice.objects.count(), browser.get(SET_UP)["Location"]) == (0, ASK)


def test_key_is_made_after_a_new_sign_in_for_who_has_no_password() -> None:
    user = make_attendee().user
    User.objects.filter(pk=user.pk).update(is_staff=True)
    browser = signed_in(user)
    assert "Sign in with Neos again" in browser.get(BEGIN).content.decode()
    assert (browser.post(BEGIN).status_code, TOTPDevice.objects.count()) == (200, 0)


def test_page_shows_the_key_as_picture_link_and_letters(browser: Client) -> None:
    key = begin(browser)
    page = browser.get(SET_UP).content.decode()
    root = TreeBuilder(page).root
    letters = root.first("code").text
    address = next(a.attributes["href"] for a in root.all("a") if "otpauth" in a.attributes["href"])
    secret = parse_qs(urlsplit(address).query)["secret"][0]
    assert (secret, {len(four) for four in letters.split()}) == (letters.replace(" ", ""), {4})
    assert secret == key.config_url.split("secret=")[1][:32]
    assert (page.count("<svg"), "style=" in page) == (1, False)


def test_right_code_makes_it_count_and_shows_codes_once(browser: Client, mika: User) -> None:
    key = begin(browser)
    before = browser.session.session_key
    response = browser.post(SET_UP, {"code": code_of(key)})
    shown = codes_on(response.content.decode())
    assert (response.status_code, len(set(shown))) == (201, 10)
    assert "no-store" in response["Cache-Control"]
    assert (is_open(browser), is_open(signed_in(mika))) == (True, False)
    assert browser.session.session_key != before
    again = browser.post(SET_UP, {"code": code_of(key)}, follow=True).content.decode()
    assert (codes_on(again), told()) == ([], ["set-up"])


def test_wrong_code_keeps_the_key(browser: Client, clock: time_machine.Traveller) -> None:
    key = begin(browser)
    page = browser.post(SET_UP, {"code": wrong_code_of(key)}).content.decode()
    assert key.config_url.split("secret=")[1][:4] in page
    assert (is_open(browser), told()) == (True, [])
    clock.shift(timedelta(seconds=2))
    assert browser.post(SET_UP, {"code": code_of(key)}).status_code == 201


def test_key_is_shown_to_nobody_else_and_not_for_ever(
    browser: Client, mika: User, clock: time_machine.Traveller
) -> None:
    key = begin(browser)
    assert signed_in(mika).get(SET_UP)["Location"] == ASK
    clock.shift(timedelta(minutes=15))
    late = browser.post(SET_UP, {"code": code_of(key)}, follow=True).content.decode()
    assert ("Please begin again" in late, browser.get(SET_UP)["Location"]) == (True, ASK)
    housekeeping.run()
    assert TOTPDevice.objects.count() == 0


def test_second_beginning_replaces_the_first(browser: Client, mika: User) -> None:
    first = begin(browser)
    begin(signed_in(mika))
    assert browser.post(SET_UP, {"code": code_of(first)})["Location"] == ASK
    assert TOTPDevice.objects.filter(confirmed=True).count() == 0


def test_confirmed_key_is_on_no_page_of_the_site(mika: User) -> None:
    app = make_app(mika)
    browser = proved(mika, app)
    letters = app.config_url.split("secret=")[1][:32]
    addresses = (ASK, BEGIN, SET_UP, RECOVERY, REMOVE, "/account/", "/account/data/", "/admin/")
    pages = "".join(browser.get(a, follow=True).content.decode() for a in addresses)
    assert [word for word in (app.key, letters, letters[:4]) if word in pages] == []


@pytest.mark.parametrize("model", ["otp_totp/totpdevice", "otp_static/staticdevice"])
def test_admin_has_no_page_of_keys(model: str) -> None:
    root = make_user(is_staff=True, is_superuser=True)
    app = make_app(root)
    browser = proved(root, app)
    tails = ("", "add/", f"{app.pk}/change/", f"{app.pk}/qrcode/", f"{app.pk}/config/")
    assert {browser.get(f"/admin/{model}/{tail}").status_code for tail in tails} == {404}


def test_page_that_was_asked_for_opens_at_the_end(settings: Settings, browser: Client) -> None:
    """From the sign-in over the password and the key to the codes."""
    settings.STAFF_SECOND_FACTOR = "required"
    asked = "/admin/events/event/?q=jam"
    page = browser.get(asked, follow=True)
    assert page.redirect_chain[-1][0] == f"{BEGIN}?{urlencode({'next': asked})}"
    way = browser.post(page.redirect_chain[-1][0], SECRET | {"next": asked})["Location"]
    assert way == f"{SET_UP}?{urlencode({'next': asked})}"
    assert f'name="next" value="{asked}"' in browser.get(way).content.decode()
    key = TOTPDevice.objects.get()
    made = browser.post(way, {"code": code_of(key), "next": asked}).content.decode()
    assert f'href="{asked}"' in made
    assert browser.get(asked).status_code == 200


# --- Changing what there is ----------------------------------------------------------------------


@pytest.mark.parametrize("page", [BEGIN, SET_UP, RECOVERY, REMOVE])
def test_password_alone_changes_nothing_about_it(mika: User, page: str) -> None:
    app = make_app(mika)
    make_recovery_codes(mika)
    before = list(StaticToken.objects.values_list("token", flat=True))
    thief = signed_in(mika)
    for answer in (thief.get(page), thief.post(page, SECRET | {"code": "000000"})):
        assert answer["Location"].startswith(f"{ASK}?next=")
    assert list(TOTPDevice.objects.all()) == [app]
    assert list(StaticToken.objects.values_list("token", flat=True)) == before


@pytest.mark.parametrize("page", [BEGIN, RECOVERY, REMOVE])
def test_open_browser_alone_changes_nothing_about_it(mika: User, page: str) -> None:
    app = make_app(mika)
    browser = proved(mika, app)
    code = code_of(app)
    answers = [browser.post(page, {"code": code, "current_password": p}) for p in ("", "wrong")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (TOTPDevice.objects.count(), told()) == (1, [])


def test_another_app_replaces_the_old_one_once_it_is_confirmed(mika: User) -> None:
    old = make_app(mika)
    browser = proved(mika, old)
    new = begin(browser)
    assert TOTPDevice.objects.count() == 2
    browser.post(SET_UP, {"code": code_of(new)})
    assert [app.pk for app in TOTPDevice.objects.all()] == [new.pk]
    assert is_open(browser)


def test_new_recovery_codes_end_the_old_ones(mika: User, clock: time_machine.Traveller) -> None:
    app, old = make_app(mika), make_recovery_codes(mika)
    page = proved(mika, app).post(RECOVERY, SECRET)
    new = codes_on(page.content.decode())
    assert (page.status_code, len(new), set(new) & set(old)) == (201, 10, set())
    browser = signed_in(mika)
    browser.post(ASK, {"code": old[0]})
    assert not is_open(browser)
    clock.shift(timedelta(seconds=1))
    browser.post(ASK, {"code": new[0]})
    assert is_open(browser)
    assert told() == ["codes-renewed", "code-used"]


def test_browser_that_a_recovery_code_opened_gets_new_ones_and_stays(mika: User) -> None:
    make_app(mika)
    browser = signed_in(mika)
    browser.post(ASK, {"code": make_recovery_codes(mika)[0]})
    assert (browser.post(RECOVERY, SECRET).status_code, is_open(browser)) == (201, True)


def test_it_is_removed_with_password_and_code(mika: User) -> None:
    app = make_app(mika)
    make_recovery_codes(mika)
    browser = proved(mika, app)
    assert browser.post(REMOVE, SECRET | {"code": code_of(app)})["Location"] == "/account/"
    assert (TOTPDevice.objects.count(), StaticDevice.objects.count()) == (0, 0)
    assert (told(), is_open(browser)) == (["removed"], True)


def test_removed_one_has_to_be_set_up_again_where_it_is_required(
    settings: Settings, mika: User
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    app = make_app(mika)
    browser = proved(mika, app)
    assert "This site asks organizers" in browser.get(REMOVE).content.decode()
    browser.post(REMOVE, SECRET | {"code": code_of(app)})
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith(BEGIN)


def test_somebody_who_organizes_no_more_can_remove_it(mika: User) -> None:
    app = make_app(mika)
    User.objects.filter(pk=mika.pk).update(is_staff=False)
    browser = proved(mika, app)
    assert "Set up another app" not in browser.get(ASK).content.decode()
    browser.post(REMOVE, SECRET | {"code": code_of(app)})
    assert (TOTPDevice.objects.count(), browser.get(ASK).status_code) == (0, 404)


# --- What is kept --------------------------------------------------------------------------------


def test_no_recovery_code_is_in_the_database(mika: User) -> None:
    made = [spelled(code) for code in make_recovery_codes(mika)]
    stored = list(StaticToken.objects.values_list("token", flat=True))
    assert ({len(token) for token in stored}, set(stored) & set(made)) == ({16}, set())


def test_same_code_of_two_people_is_stored_differently(mika: User) -> None:
    make_recovery_codes(mika)
    make_recovery_codes(make_organizer())
    first, second = StaticDevice.objects.order_by("pk")
    code = "a" * 16
    assert recovery.digest(first, code) != recovery.digest(second, code)


def test_mail_goes_to_who_was_made_on_the_command_line(
    browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    """Their address was never proved, and a new password could be mailed there all the same."""
    key = begin(browser)
    browser.post(SET_UP, {"code": code_of(key)})
    deliver_due()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["mika@example.org"], "Your second factor is set up")
    assert f"{ASK}\n" in str(mail.body)
