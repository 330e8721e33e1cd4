"""Signing in, in any way, leads back to the page it was begun on: a table of all of them."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
import responses
from django.core.mail import EmailMessage
from django.test import Client

from events.http import site_pages
from events.messages import delivery
from tests.factories import (
    make_attendee,
    make_event,
    make_host,
    make_local_attendee,
    make_user,
    write_page,
)
from tests.lines import register
from tests.markup import Page, TreeBuilder, fill_in
from tests.platform import COMPLETE, words
from tests.sign_in import answer, come_back, profile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PASSWORD = "correct horse battery"
MINE, JAM = "/registrations/", "/events/jam/"
#: Where one is, and where signing in from there ends.
STARTS = {
    "/": "/",
    "/?q=tea&free=on": "/?q=tea&free=on",
    "/calendar/month/?month=2030-06": "/calendar/month/?month=2030-06",
    JAM: JAM,
    "/events/former/": JAM,  # a former address leads to the present one
    "/hosts/club/": "/hosts/club/",
    "/imprint/": "/imprint/",
    "/registrations/": "/registrations/",  # asks to sign in by itself
    "/account/data/": "/account/data/",
    f"/accounts/login/?next={JAM}": JAM,
    f"/accounts/signup/?next={JAM}": JAM,
    f"/accounts/password-reset/?next={JAM}": JAM,
    "/accounts/login/": MINE,
    "/accounts/closed/": MINE,
    "/nowhere/": MINE,  # a page that says that something is wrong is no place to come back to
    "/events/draft/": MINE,
    "/following/stop/made-up/": MINE,
    "/accounts/confirm/made-up/": MINE,
    f"{COMPLETE}?error=access_denied": MINE,
    "/?next=https://evil.example/": "/?next=https://evil.example/",  # a page of ours all the same
    "/accounts/login/?next=https://evil.example/": MINE,
    "/nowhere/?next=https://evil.example/": MINE,
}


@pytest.fixture(autouse=True)
def site(clock: object) -> None:
    jam = make_event(slug="jam", title="Jam")
    jam.former_addresses.create(slug="former")
    make_host(jam, slug="club")
    make_event(slug="draft", status="draft")
    write_page("imprint", "# Who we are")
    site_pages.forget()


def read(client: Client, address: str) -> Page:
    """Follow redirects, as a browser does."""
    response = client.get(address, follow=True)
    chain = getattr(response, "redirect_chain", [])
    shown = chain[-1][0] if chain else address
    return Page(shown, response.status_code, TreeBuilder(response.content.decode()).root)


def to_sign_in(client: Client, start: str) -> Page:
    """Press "Sign in" in the header, unless the page asks by itself."""
    page = read(client, start)
    if page.path.startswith("/accounts/login/") and not start.startswith("/accounts/login/"):
        return page
    header = page.root.first("header")
    (link,) = [link for link in header.all("a") if link.text == "Sign in"]
    return read(client, link.attributes["href"])


def send(client: Client, page: Page, label: str, **typed: str) -> str:
    """Fill in the form and send it; return where it leads."""
    form, button = page.find_button(label)
    fields = dict(fill_in(form, button, typed))
    address = form.attributes.get("action") or page.path
    return client.post(address, fields)["Location"]


# --- Ways of signing in --------------------------------------------------------------------------

Way = Callable[[Client, Page, list[EmailMessage]], str]


def by_password(client: Client, page: Page, _mails: list[EmailMessage]) -> str:
    make_local_attendee(user=make_user(username="ann"))
    return send(client, page, "Sign in", username="ann", password="secret")


def by_password_at_the_second_try(client: Client, page: Page, mails: list[EmailMessage]) -> str:
    form, button = page.find_button("Sign in")
    wrong = dict(fill_in(form, button, {"username": "ann", "password": "wrong"}))
    again = client.post(page.path, wrong)
    page = Page(page.path, again.status_code, TreeBuilder(again.content.decode()).root)
    return by_password(client, page, mails)


def by_neos(client: Client, page: Page, _mails: list[EmailMessage]) -> str:
    asked = send(client, page, words("Sign in with Neos"))
    with responses.RequestsMock() as neos:
        answer(neos)
        return come_back(client, parse_qs(urlsplit(asked).query)["state"][0])["Location"]


def by_neos_from_signing_up(client: Client, page: Page, mails: list[EmailMessage]) -> str:
    page = read(client, page.find_link("Make a local account"))
    asked = send(client, page, words("Sign in with Neos instead"))
    with responses.RequestsMock() as neos:
        answer(neos)
        return come_back(client, parse_qs(urlsplit(asked).query)["state"][0])["Location"]


def by_new_password(client: Client, page: Page, mails: list[EmailMessage]) -> str:
    make_local_attendee(user=make_user(username="ann", email="ann@example.org"))
    page = read(client, page.find_link("Forgot your password?"))
    send(client, page, "Mail me a link", email="ann@example.org")
    page = read(client, mailed_link(mails))
    done = send(client, page, "Save the password", new_password1=PASSWORD, new_password2=PASSWORD)
    main = read(client, done).root.first("main")
    page = read(client, main.first("a").attributes["href"])
    return send(client, page, "Sign in", username="ann", password=PASSWORD)


def by_signing_up(client: Client, page: Page, _mails: list[EmailMessage]) -> str:
    page = read(client, page.find_link("Make a local account"))
    typed = {"username": "newcomer", "email": "new@example.org"}
    typed |= dict.fromkeys(["password1", "password2"], PASSWORD)
    return send(client, page, "Make the account", **typed)


def by_confirming_after_signing_up(client: Client, page: Page, mails: list[EmailMessage]) -> str:
    """In another browser, as where mail is read."""
    by_signing_up(client, page, mails)
    elsewhere = Client()
    return send(elsewhere, read(elsewhere, mailed_link(mails)), "Yes, confirm it")


def mailed_link(mails: list[EmailMessage]) -> str:
    delivery.deliver_due()
    found = re.search(r"http://localhost:8000(/accounts/\S+)", str(mails[-1].body))
    return found[1] if found else ""


WAYS: tuple[Way, ...] = (
    by_password,
    by_password_at_the_second_try,
    by_neos,
    by_neos_from_signing_up,
    by_new_password,
    by_signing_up,
    by_confirming_after_signing_up,
)
#: Somebody new who came from nowhere is led to their account: there is something to do there.
NEW = (by_signing_up, by_confirming_after_signing_up)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("start", STARTS)
def test_signing_in_leads_back(
    client: Client, mailoutbox: list[EmailMessage], start: str, way: Way
) -> None:
    end = way(client, to_sign_in(client, start), mailoutbox)
    expected = "/account/" if way in NEW and STARTS[start] == MINE != start else STARTS[start]
    assert end == expected


# --- From the account, and from pages that need something of it -----------------------------------


@pytest.mark.parametrize(
    ("proved", "end"), [(True, JAM), (False, "/account/?next=%2Fevents%2Fjam%2F")]
)
def test_saved_profile_leads_back_unless_something_is_left_to_do(
    client: Client, *, proved: bool, end: str
) -> None:
    confirmed = {} if proved else {"email_confirmed_at": None}
    client.force_login(make_local_attendee(**confirmed).user)
    page = read(client, f"/account/?next={JAM}")
    assert send(client, page, "Save", display_name="Ada") == end


def test_saved_profile_of_who_came_from_nowhere_stays(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    assert send(client, read(client, "/account/"), "Save", display_name="Ada") == "/account/"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_saved_profile_never_leads_off_the_site(client: Client, address: str) -> None:
    client.force_login(make_local_attendee().user)
    typed = {"email": make_local_attendee().user.email, "time_zone": "UTC", "next": address}
    typed |= {"current_password": "secret"}
    assert client.post("/account/", typed)["Location"] == "/account/"


@pytest.mark.parametrize("page", ["/registrations/", JAM, "/hosts/club/"])
def test_hint_about_a_missing_address_leads_back(
    client: Client, mailoutbox: list[EmailMessage], page: str
) -> None:
    """By way of Neos, which proves who is there, and of the mail with the link."""
    attendee = make_attendee(neos_id="U-gearfox")
    client.force_login(attendee.user)
    register(attendee, make_event())
    (hint,) = [link for link in read(client, page).root.all("a") if link.text == "Add an address"]
    address = hint.attributes["href"]
    assert address == f"/account/?next={quote(page, safe='')}" + "#profile" * (page != JAM)
    typed = {"email": "new@example.org", "time_zone": "UTC", "next": page}
    again = client.post("/account/", typed)
    shown = Page("/account/", again.status_code, TreeBuilder(again.content.decode()).root)
    asked = send(client, shown, words("Sign in with Neos again"))
    with responses.RequestsMock() as neos:
        answer(neos, profile(isVerified=False, email=""))
        back = come_back(client, parse_qs(urlsplit(asked).query)["state"][0])["Location"]
    assert send(client, read(client, back), "Save") == f"/account/?{urlencode({'next': page})}"
    confirm = read(client, mailed_link(mailoutbox))
    assert send(client, confirm, "Yes, confirm it") == page


def test_password_set_on_the_way_leads_back_to_the_account(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    page = read(client, f"/account/?next={JAM}")
    page = read(client, page.find_link("Change your password"))
    typed = dict.fromkeys(["new_password1", "new_password2"], PASSWORD)
    end = send(client, page, "Save the password", old_password="secret", **typed)
    assert end == "/account/?next=%2Fevents%2Fjam%2F"


def test_stopped_follow_keeps_the_way_back(client: Client) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    client.post("/hosts/club/follow/")
    page = read(client, f"/account/?next={JAM}")
    (button,) = [b for b in page.root.all("button") if b.attributes.get("name") == "stop"]
    end = send(client, page, button.text)
    assert end == "/account/?next=%2Fevents%2Fjam%2F#following"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example"])
def test_given_up_place_never_leads_off_the_site(client: Client, address: str) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    mine = register(attendee, make_event())
    given_up = client.post(f"/registrations/{mine.code}/cancel/", {"next": address})
    assert given_up["Location"] == "/registrations/"
