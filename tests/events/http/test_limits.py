"""A limit counts failures, in every spelling and from every address of one visitor."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from events.http import addresses, throttling
from events.messages import delivery
from events.models import PasswordResetRequest
from tests.factories import make_organizer, make_user
from tests.platform import COMPLETE
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOGIN, ADMIN, SIGN_UP = "/accounts/login/", "/admin/login/", "/accounts/signup/"
RESET = "/accounts/password-reset/"
PASSWORD = "correct horse battery"


@pytest.fixture
def victim() -> User:
    return make_user(username="victim", email="victim@example.org")


def anywhere() -> Client:
    """A browser at an address of its own."""
    high, low = divmod(next(numbers), 250)
    return Client(REMOTE_ADDR=f"10.0.{high}.{low}")


numbers = itertools.count()


def try_password(
    browser: Client, username: str = "victim", password: str = "wrong", address: str = LOGIN
) -> HttpResponse:
    return browser.post(address, {"username": username, "password": password})


def newcomer(number: int, **fields: str) -> dict[str, str]:
    name = f"newcomer-{number}"
    mail = f"{name}@example.org"
    return {"username": name, "email": mail, "password1": PASSWORD, "password2": PASSWORD} | fields


# --- Names ---------------------------------------------------------------------------------------

SPELLINGS = [
    "victim",
    "victim ",
    "  victim",
    "VICTIM",
    "\uff56ictim",
    "victim\u3000",
    "vic\u200btim",
]


def test_every_spelling_of_a_name_counts_for_one_account_h3(victim: User) -> None:
    spellings = itertools.islice(itertools.cycle(SPELLINGS), 60)
    answers = [try_password(anywhere(), spelling).status_code for spelling in spellings]
    assert answers == [200] * 50 + [429] * 10


@pytest.mark.parametrize(
    "spelling", ["victim ", "\uff56ictim", "vic\u200btim", "victim"], ids=ascii
)
def test_spelling_that_is_counted_signs_in_h3(victim: User, spelling: str) -> None:
    """The same spellings, so none of them is refused by accident above."""
    assert try_password(anywhere(), spelling, "secret").status_code == 302


def test_both_pages_for_passwords_count_together_h3(victim: User) -> None:
    pages = itertools.cycle([LOGIN, ADMIN])
    browser = Client()
    answers = [try_password(browser, address=next(pages)).status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2


# --- The cache -----------------------------------------------------------------------------------


def test_refused_requests_begin_no_counters_h3(client: Client, victim: User) -> None:
    for _ in range(10):
        try_password(client)
    before = set(cache._cache)  # type: ignore[attr-defined] - of local memory
    answers = {try_password(client, f"random-{n}", address=ADMIN).status_code for n in range(320)}
    assert answers == {429}
    assert set(cache._cache) == before  # type: ignore[attr-defined]
    assert try_password(client).status_code == 429


def test_many_names_push_out_no_counters_h3(victim: User) -> None:
    """More names than Django's own cache has room for, each from an address of its own."""
    victims_neighbour = Client()
    for _ in range(10):
        try_password(victims_neighbour)
    for number in range(400):
        try_password(Client(REMOTE_ADDR=f"10.1.{number // 200}.{number % 200}"), f"name-{number}")
    assert try_password(victims_neighbour).status_code == 429


def test_small_cache_would_lose_counters_h3(victim: User, settings: Settings) -> None:
    """The control: with the room that Django gives, the same names push the counter out."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "small"}
    settings.CACHES = {"default": memory}
    victims_neighbour = Client()
    for _ in range(10):
        try_password(victims_neighbour)
    for number in range(400):
        try_password(Client(REMOTE_ADDR=f"10.1.{number // 200}.{number % 200}"), f"name-{number}")
    assert try_password(victims_neighbour).status_code == 200


# --- Addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:50123", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:0201", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:443", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]:50123", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_visitor_is_known_by_their_network_h3(
    rf: RequestFactory, address: str, network: str
) -> None:
    assert addresses.client_network(rf.get("/", REMOTE_ADDR=address)) == network


def test_network_of_ipv6_counts_as_one_visitor_h3(victim: User) -> None:
    answers = [
        try_password(Client(REMOTE_ADDR=f"2001:db8:1:2::{n:x}"), f"n{n}").status_code
        for n in range(1, 13)
    ]
    assert answers == [200] * 10 + [429] * 2
    assert try_password(Client(REMOTE_ADDR="2001:db8:1:3::1")).status_code == 200


def test_one_person_gets_few_mails_from_all_who_ask_h3(
    victim: User, mailoutbox: list[EmailMessage]
) -> None:
    spellings = itertools.cycle(
        ["victim@example.org", "VICTIM@example.org", "victim\uff20example.org"]
    )
    answers = [
        Client(REMOTE_ADDR=f"2001:db8:1:{n:x}::1").post(RESET, {"email": next(spellings)})
        for n in range(40)
    ]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 35
    assert PasswordResetRequest.objects.count() == 5


# --- Honest people behind one address ------------------------------------------------------------


def test_forty_right_passwords_from_one_address_all_get_in_r19() -> None:
    people = [make_user(username=f"pupil-{n}") for n in range(40)]
    answers = {try_password(Client(), user.username, "secret").status_code for user in people}
    assert answers == {302}


def test_forty_organizers_of_one_office_all_get_in_r19() -> None:
    people = [make_organizer() for _ in range(40)]
    answers = {try_password(Client(), u.username, "secret", ADMIN).status_code for u in people}
    assert answers == {302}


def test_forty_sign_ins_with_neos_from_one_address_all_get_in_r19() -> None:
    answers = {sign_in(Client(), profile(id=f"U-{n}", email="")).status_code for n in range(130)}
    assert answers == {302}


def test_class_of_forty_signs_up_in_one_minute_r19() -> None:
    answers = [Client().post(SIGN_UP, newcomer(n)).status_code for n in range(40)]
    assert answers == [302] * 40


def test_script_that_makes_accounts_is_stopped_r19(clock: time_machine.Traveller) -> None:
    for hour in range(6):
        for number in range(70):
            Client().post(SIGN_UP, newcomer(100 * hour + number))
        clock.shift(timedelta(hours=1))
    assert User.objects.count() == 200


def test_sign_ups_that_fail_are_limited_r19() -> None:
    taken = newcomer(1)
    Client().post(SIGN_UP, taken)
    answers = [Client().post(SIGN_UP, taken).status_code for _ in range(62)]
    assert answers == [200] * 60 + [429] * 2


def test_own_success_gives_back_no_try_for_others_r19(victim: User) -> None:
    """An attacker with an account signs in between any two tries for somebody else's."""
    make_user(username="mine")
    answers = []
    for _ in range(15):
        answers.append(try_password(Client()).status_code)
        try_password(Client(), "mine", "secret")
    assert answers == [200] * 10 + [429] * 5


def test_sign_ins_of_one_account_without_end_are_limited_r19(victim: User) -> None:
    answers = [try_password(Client(), "victim", "secret").status_code for _ in range(32)]
    assert answers == [302] * 30 + [429] * 2


def test_try_is_counted_before_it_runs_r19(rf: RequestFactory) -> None:
    """Many at once: none has an answer yet, so all count."""
    burst = [rf.post(LOGIN, {"username": f"n{n}", "password": "x"}) for n in range(15)]
    waits = [throttling.count("login", request)[0] > 0 for request in burst]
    assert waits == [False] * 10 + [True] * 5


def test_refused_tries_are_not_counted_r19(rf: RequestFactory) -> None:
    """Ten wait for their answers, twenty are refused; when the ten are right, all is free again."""
    asked = [rf.post(LOGIN, {"username": f"n{n}", "password": "x"}) for n in range(30)]
    counted = [throttling.count("login", request)[1] for request in asked]
    for request, counts in list(zip(asked, counted, strict=True))[:10]:
        request.user = make_user()
        throttling.settle("login", request, HttpResponse(status=302), counts)
    waits = [throttling.count("login", request)[0] > 0 for request in asked[:11]]
    assert waits == [False] * 10 + [True]


def test_answer_in_the_next_window_gives_nothing_back_twice_r19(
    rf: RequestFactory, clock: time_machine.Traveller
) -> None:
    """The counter of the last window is gone, and the new one is not made smaller."""
    request = rf.post(LOGIN, {"username": "n", "password": "x"})
    request.user = make_user()
    counted = throttling.count("login", request)[1]
    throttling.settle("login", request, HttpResponse(status=302), counted)
    throttling.settle("login", request, HttpResponse(status=302), counted)
    waits = [throttling.count("login", request)[0] > 0 for _ in range(11)]
    assert waits == [False] * 10 + [True]


def test_sign_in_to_a_closed_account_counts_as_a_failure_r19() -> None:
    """It redirects as a success does, to the page that says so."""
    sign_in(Client(), profile(id="U-closed", email=""))
    User.objects.update(is_active=False)
    answers = {sign_in(Client(), profile(id="U-closed", email="")).status_code for _ in range(30)}
    assert answers == {302}
    assert Client().get(COMPLETE).status_code == 429


# --- Strangers who lock somebody out -------------------------------------------------------------


def exhaust(name: str = "victim") -> None:
    answers = [try_password(anywhere(), name).status_code for _ in range(51)]
    assert answers[-1] == 429


def test_browser_that_knows_the_account_gets_in_while_strangers_try_p(victim: User) -> None:
    own = anywhere()
    try_password(own, "victim", "secret")
    own.post("/accounts/logout/")
    exhaust()
    assert try_password(anywhere(), "victim", "secret").status_code == 429
    assert try_password(own, "victim", "secret").status_code == 302


def test_browser_that_knows_the_account_has_few_tries_too_p(victim: User) -> None:
    own = anywhere()
    try_password(own, "victim", "secret")
    own.post("/accounts/logout/")
    answers = [try_password(own).status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2


def test_known_browser_is_of_no_use_for_another_account_p(victim: User) -> None:
    make_user(username="mine")
    attacker = anywhere()
    try_password(attacker, "mine", "secret")
    attacker.post("/accounts/logout/")
    exhaust()
    assert try_password(attacker).status_code == 429


def test_cookie_of_a_known_browser_is_signed_and_names_nobody_p(victim: User) -> None:
    own = anywhere()
    try_password(own, "victim", "secret")
    cookie = own.cookies["known"]
    assert ("victim" in cookie.value, cookie["httponly"], cookie["samesite"]) == (
        False,
        True,
        "Lax",
    )
    forger = anywhere()
    forger.cookies["known"] = cookie.value[:-2] + "xx"
    exhaust()
    assert try_password(forger).status_code == 429


def test_signed_in_attacker_gets_no_cookie_of_the_victim_p(victim: User) -> None:
    """Somebody signed in is sent on without their password being looked at."""
    attacker = anywhere()
    attacker.force_login(make_user(username="mine"))
    assert try_password(attacker, "victim", "wrong").status_code == 302
    attacker.post("/accounts/logout/")
    exhaust()
    assert try_password(attacker).status_code == 429


def test_mailed_link_lets_a_locked_out_person_in_p(
    victim: User, mailoutbox: list[EmailMessage]
) -> None:
    exhaust()
    own = anywhere()
    own.post(RESET, {"email": "victim@example.org"})
    delivery.deliver_due()
    link = next(w for w in str(mailoutbox[0].body).split() if "/password-reset/" in w)
    page = own.get(link.removeprefix("http://localhost:8000"), follow=True)
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    own.post(page.redirect_chain[-1][0], new)
    assert try_password(own, "victim", PASSWORD).status_code == 302
