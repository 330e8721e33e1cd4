"""Codes that are old, come again, are guessed, or are for recovery after the app was lost."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.accounts import closing, export
from events.accounts.second_factor import codes
from events.accounts.second_factor.codes import Came
from events.messages.delivery import deliver_due
from events.models import Attendee
from tests.factories import NOON, make_organizer
from tests.second_factor import (
    ASK,
    BEGIN,
    SECRET,
    SET_UP,
    code_of,
    is_open,
    make_app,
    make_recovery_codes,
    signed_in,
    spelled,
    wrong_code_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both]

HALF_A_MINUTE, HOUR = timedelta(seconds=30), timedelta(hours=1)
LONGEST = timedelta(seconds=4096)


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika", email="mika@example.org")


@pytest.fixture
def app(mika: User) -> TOTPDevice:
    return make_app(mika)


def check(user: User, code: str) -> Came:
    return codes.check(User.objects.get(pk=user.pk), code).came


# --- Old codes, and codes that come again --------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "came"),
    [(-2, "wrong"), (-1, "taken"), (0, "taken"), (1, "taken"), (2, "wrong")],
)
def test_code_counts_one_step_before_and_after(
    mika: User, app: TOTPDevice, steps: int, came: str
) -> None:
    assert check(mika, code_of(app, steps=steps)) == came


def test_clock_that_is_off_is_not_followed(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller
) -> None:
    """Each time by one step more: a site that follows would take the last one."""
    assert check(mika, code_of(app, steps=1)) == "taken"
    clock.shift(2 * HALF_A_MINUTE)
    assert check(mika, code_of(app, steps=2)) == "wrong"


def test_code_that_comes_again_is_refused_and_says_why(mika: User, app: TOTPDevice) -> None:
    code = code_of(app)
    assert is_open_after(signed_in(mika), code)
    thief = signed_in(mika)
    page = thief.post(ASK, {"code": code}).content.decode()
    assert ("This code was used already" in page, is_open(thief)) == (True, False)


def is_open_after(browser: Client, code: str) -> bool:
    browser.post(ASK, {"code": code})
    return is_open(browser)


def test_code_of_before_one_that_was_taken_is_refused(mika: User, app: TOTPDevice) -> None:
    earlier = code_of(app, steps=-1)
    assert [check(mika, code_of(app)), check(mika, earlier)] == ["taken", "used"]


def test_code_that_set_it_up_opens_no_second_browser(mika: User) -> None:
    first, second = signed_in(mika), signed_in(mika)
    first.post(BEGIN, SECRET)
    code = code_of(TOTPDevice.objects.get())
    assert first.post(SET_UP, {"code": code}).status_code == 201
    assert not is_open_after(second, code)


# --- Guesses -------------------------------------------------------------------------------------


def test_each_wrong_code_doubles_the_pause(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller
) -> None:
    for seconds in (1, 2, 4, 8, 16):
        assert check(mika, wrong_code_of(app)) == "wrong"
        clock.shift(timedelta(seconds=seconds - 0.5))
        assert check(mika, code_of(app)) == "too soon"
        clock.shift(timedelta(seconds=0.5))
    assert check(mika, code_of(app)) == "taken"
    app.refresh_from_db()
    assert app.throttling_failure_count == 0


def test_guesses_never_keep_the_person_out_for_longer_than_an_hour_or_so(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller
) -> None:
    for _ in range(40):
        assert check(mika, wrong_code_of(app)) == "wrong"
        clock.shift(LONGEST)
    assert check(mika, wrong_code_of(app)) == "wrong"
    clock.shift(LONGEST - timedelta(seconds=1))
    assert check(mika, code_of(app)) == "too soon"
    clock.shift(timedelta(seconds=1))
    assert check(mika, code_of(app)) == "taken"


def test_person_is_told_once_of_many_wrong_codes(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller, mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(12):
        check(mika, wrong_code_of(app))
        clock.shift(LONGEST)
    deliver_due()
    (mail,) = mailoutbox
    assert mail.subject == "Somebody types wrong codes of your second factor"


def test_guesses_in_one_browser_are_stopped_and_say_when_to_come_back(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller
) -> None:
    """The pause of the device first, then the limit of the site; both count for all browsers."""
    browser = signed_in(mika)
    answers = [browser.post(ASK, {"code": wrong_code_of(app)}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "Try again in 1 second." in answers[1].content.decode()
    assert "Please try again in 15 minutes." in answers[10].content.decode()
    assert signed_in(mika).post(ASK, {"code": code_of(app)}).status_code == 429
    app.refresh_from_db()
    assert app.throttling_failure_count == 1
    clock.shift(timedelta(minutes=15))
    assert is_open_after(signed_in(mika), code_of(app))


def test_wait_of_minutes_is_told_in_minutes(mika: User, app: TOTPDevice) -> None:
    TOTPDevice.objects.update(throttling_failure_count=10, throttling_failure_timestamp=NOON)
    page = signed_in(mika).post(ASK, {"code": code_of(app)}).content.decode()
    assert "Try again in 9 minutes." in page


def test_nobody_outside_can_use_up_the_tries(mika: User, app: TOTPDevice) -> None:
    """The page is behind the sign-in: strangers and other organizers count for themselves."""
    other = make_organizer()
    make_app(other)
    for browser in (Client(), signed_in(other)):
        for _ in range(12):
            browser.post(ASK, {"code": wrong_code_of(app)})
    assert is_open_after(signed_in(mika), code_of(app))


# --- The app is lost -----------------------------------------------------------------------------


def test_each_recovery_code_opens_once(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller
) -> None:
    made = make_recovery_codes(mika)
    for number, code in enumerate(made, start=1):
        typed = code.upper().replace("-", " ") if number % 2 else code
        browsers = signed_in(mika), signed_in(mika)
        assert [is_open_after(browser, typed) for browser in browsers] == [True, False]
        clock.shift(HOUR)  # the pause after the wrong code
    assert StaticToken.objects.count() == 0


def test_recovery_code_works_while_codes_of_the_app_are_guessed(
    mika: User, app: TOTPDevice
) -> None:
    made = make_recovery_codes(mika)
    check(mika, wrong_code_of(app))
    assert [check(mika, code_of(app)), check(mika, spelled(made[0]))] == ["too soon", "taken"]


def test_recovery_code_of_somebody_else_opens_nothing(mika: User, app: TOTPDevice) -> None:
    made = make_recovery_codes(make_organizer())
    make_recovery_codes(mika)
    page = signed_in(mika).post(f"{ASK}?recovery=1", {"code": made[0]}).content.decode()
    assert "This recovery code is not right, or it was used already." in page


def test_person_is_told_of_each_recovery_code_and_how_many_are_left(
    mika: User, app: TOTPDevice, mailoutbox: list[EmailMessage]
) -> None:
    made = make_recovery_codes(mika)
    StaticToken.objects.filter(pk__in=StaticToken.objects.all()[5:]).delete()
    for code in made[:3]:
        assert check(mika, spelled(code)) == "taken"
    deliver_due()
    bodies = [str(mail.body) for mail in mailoutbox]
    assert [f"{n} codes are left" in body for n, body in zip((4, 3, 2), bodies, strict=True)] == [
        True
    ] * 3
    assert ["make new ones" in body for body in bodies] == [False, True, True]


def test_few_recovery_codes_are_said_at_once(mika: User, app: TOTPDevice) -> None:
    made = make_recovery_codes(mika)
    StaticToken.objects.filter(pk__in=StaticToken.objects.all()[4:]).delete()
    page = signed_in(mika).post(ASK, {"code": made[0], "next": "/admin/"}, follow=True)
    assert "You have few recovery codes left" in page.content.decode()
    assert 'href="/admin/"' in page.content.decode()


def test_lost_app_is_replaced_with_a_recovery_code(
    mika: User, app: TOTPDevice, clock: time_machine.Traveller
) -> None:
    browser = signed_in(mika)
    browser.post(ASK, {"code": make_recovery_codes(mika)[3]})
    browser.post(BEGIN, SECRET)
    new = TOTPDevice.objects.get(confirmed=False)
    assert browser.post(SET_UP, {"code": code_of(new)}).status_code == 201
    assert not is_open_after(signed_in(mika), code_of(app))
    clock.shift(HALF_A_MINUTE)
    assert is_open_after(signed_in(mika), code_of(new))


# --- The person is gone, or asks what is kept ----------------------------------------------------


def test_erased_person_leaves_no_key_behind(mika: User, app: TOTPDevice) -> None:
    make_recovery_codes(mika)
    closing.erase(mika)
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)


def test_closed_account_keeps_it_for_the_day_on_which_it_is_opened_again(
    mika: User, app: TOTPDevice
) -> None:
    closing.deactivate(mika)
    assert TOTPDevice.objects.count() == 1


def test_file_of_ones_data_says_that_there_is_one_and_no_secret(
    mika: User, app: TOTPDevice
) -> None:
    made = make_recovery_codes(mika)
    check(mika, code_of(app))
    text = "".join(export.write(Attendee.objects.get(user=mika), NOON))
    noon = '"2030-06-01T12:00:00Z"'
    said = f'"second_factor": {{"set_up_at": {noon}, "last_used_at": {noon}, "recovery_codes": 10}}'
    assert said in text
    stored = list(StaticToken.objects.values_list("token", flat=True))
    assert [word for word in (app.key, *made, *stored) if word in text] == []
