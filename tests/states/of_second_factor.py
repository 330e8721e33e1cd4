"""The pages of the second factor, each as an organizer sees it."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.test import Client

from events.models import Attendee
from tests.factories import make_attendee, make_organizer
from tests.second_factor import (
    ASK,
    BEGIN,
    RECOVERY,
    REMOVE,
    SECRET,
    SET_UP,
    make_app,
    make_recovery_codes,
    signed_in,
)

from .state import State

WRONG = "Please check what you typed"


def of_second_factor() -> Iterator[State]:
    new, asked = make_organizer(), make_organizer()
    yield State("factor-begin", BEGIN, "How it works", new)
    yield State("factor-begin-errors", BEGIN, WRONG, new, "Begin")
    make_app(asked)
    yield State("factor-ask", ASK, "Type the code of your app", asked)
    yield State("factor-ask-errors", ASK, WRONG, asked, "Go on", {"code": "1"})
    yield State("factor-ask-recovery", f"{ASK}?recovery=1", "Use your app instead", asked)
    yield State("factor-account", "/account/", "See your second factor", asked)
    yield State("factor-data", "/account/data/", "An app, set up on", asked)
    linked = make_attendee().user
    User.objects.filter(pk=linked.pk).update(is_staff=True)
    yield State("factor-begin-neos", BEGIN, "sign in with Neos again", linked)
    yield from _of_proved()


def _of_proved() -> Iterator[State]:
    """Made in a browser that has typed a code: no other one is shown these."""
    user = make_organizer()
    Attendee.objects.create(user=user)
    browser = signed_in(user)
    browser.post(BEGIN, SECRET)
    yield _seen("factor-set-up", "Scan and type a code", browser.get(SET_UP).content)
    wrong = browser.post(SET_UP, {"code": "1"}).content
    yield _seen("factor-set-up-errors", WRONG, wrong)
    make_app(user)
    browser.post(ASK, {"code": make_recovery_codes(user)[0]})
    pages = [
        ("factor-shown", "of your recovery codes are left", ASK),
        ("factor-another", "Set up another app", BEGIN),
        ("factor-recovery", "old codes that are left stop working", RECOVERY),
        ("factor-remove", "Yes, remove it", REMOVE),
    ]
    for name, says, address in pages:
        yield _seen(name, says, browser.get(address).content)
    yield _seen("factor-remove-errors", WRONG, browser.post(REMOVE, {"code": "1"}).content)
    yield _seen("factor-codes", "I have written them down", _made(browser))


def _made(browser: Client) -> bytes:
    return browser.post(RECOVERY, SECRET).content


def _seen(name: str, says: str, page: bytes) -> State:
    return State(name, f"/made/{name}/", says, html=page.decode())
