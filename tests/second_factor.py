"""People who organize with an app on their phone, and the codes that it shows."""

import time

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.accounts.second_factor import codes, recovery

ASK = "/account/second-factor/"
BEGIN, SET_UP = f"{ASK}begin/", f"{ASK}set-up/"
RECOVERY, REMOVE = f"{ASK}recovery-codes/", f"{ASK}remove/"
SECRET = {"current_password": "secret"}


def make_app(user: User, **fields: object) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, **{"name": "app", "confirmed": True} | fields)


def make_recovery_codes(user: User) -> list[str]:
    return recovery.renew(user)[1]


def code_of(app: TOTPDevice, *, steps: int = 0) -> str:
    """Return what the app shows now, or so many half minutes later."""
    totp = TOTP(app.bin_key, app.step)
    totp.time = time.time() + steps * app.step
    return f"{totp.token():06}"


def wrong_code_of(app: TOTPDevice) -> str:
    near = {code_of(app, steps=steps) for steps in (-2, -1, 0, 1, 2)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555")
                if code not in near)  # fmt: skip


def signed_in(user: User) -> Client:
    """Return a browser in which somebody has typed the password only."""
    browser = Client()
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


def proved(user: User, app: TOTPDevice) -> Client:
    """Return a browser in which somebody has typed a code, too; the next one is free again."""
    browser = signed_in(user)
    assert browser.post(ASK, {"code": code_of(app)}).status_code == 302
    TOTPDevice.objects.update(last_t=-1)
    return browser


def is_open(browser: Client) -> bool:
    """Tell whether the pages of organizers open in this browser."""
    return browser.get("/admin/").status_code == 200


def spelled(code: str) -> str:
    return codes.clean(code)
