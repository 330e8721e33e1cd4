"""Pages with a form: what is wrong stands at the top, leads to its field, and is told by it."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from tests.factories import make_local_attendee, make_user
from tests.markup import Element, TreeBuilder
from tests.platform import LOGIN
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Addresses of forms with what makes every field of them wrong.
WRONG = {
    "/accounts/signup/": {"username": "a b", "email": "x", "password1": "1", "password2": "2"},
    "/accounts/password-reset/": {"email": "x"},
    "/accounts/password/": {"old_password": "x", "new_password1": "1", "new_password2": "2"},
    "/account/": {"email": "new@example.org", "time_zone": "Mars", "current_password": "x"},
    "/account/delete/": {"current_password": "x"},
    LOGIN: {"current_password": "x"},
}


@pytest.fixture
def own(client: Client) -> Client:
    client.force_login(make_local_attendee(user=make_user(email="a@example.org")).user)
    return client


def read(response: HttpResponse) -> Element:
    return TreeBuilder(response.content.decode()).root


def summary(page: Element) -> Element:
    return next(
        box for box in page.all("div") if "errors" in box.attributes.get("class", "").split()
    )


def wrong_fields(page: Element) -> list[Element]:
    return list(page.first("main").all("input", "select", aria_invalid="true"))


@pytest.mark.parametrize("address", WRONG)
def test_what_is_wrong_is_linked_both_ways(own: Client, address: str) -> None:
    page = read(own.post(address, WRONG[address]))
    wrong = wrong_fields(page)
    assert wrong
    links = [link.attributes["href"] for link in summary(page).all("a")]
    assert links == [f"#{field.attributes['id']}" for field in wrong]
    for field in wrong:
        told_by = field.attributes["aria-describedby"].split()
        (error,) = page.all("div", id=f"{field.attributes['id']}_error")
        assert f"{field.attributes['id']}_error" in told_by
        assert error.text


@pytest.mark.parametrize("address", WRONG)
def test_what_is_wrong_is_said_first_and_gets_the_focus(own: Client, address: str) -> None:
    page = read(own.post(address, WRONG[address]))
    main = page.first("main")
    alerts = list(main.all("div", "p", role="alert"))
    assert [alert.attributes["tabindex"] for alert in alerts] == ["-1"]
    assert main.text.index("Please check what you typed") < main.text.index(
        next(main.all("label")).text
    )
    assert page.first("title").text.startswith("Please check what you typed:")
    assert [script.attributes["src"] for script in main.all("script")] == ["/static/js/errors.js"]


@pytest.mark.parametrize("address", WRONG)
def test_page_without_a_fault_speaks_of_none(own: Client, address: str) -> None:
    response = own.get(address)
    if response.status_code == 200:
        page = read(response)
        assert wrong_fields(page) == []
        assert "errors" not in response.content.decode().replace("errors.js", "")
        assert list(page.first("main").all("script")) == []


def test_wrong_password_is_said_at_the_top(client: Client) -> None:
    page = read(client.post("/accounts/login/", {"username": "ann", "password": "x"}))
    assert "Please enter a correct username and password." in summary(page).text
    assert page.first("input", id="id_username").attributes["value"] == "ann"


PAGES = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password-reset/",
    "/accounts/password/",
    "/account/",
    "/admin/login/",
]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_moves_the_focus_into_a_field(client: Client, address: str) -> None:
    """It would open the keyboard of a headset over the page."""
    if address in {"/accounts/password/", "/account/"}:
        client.force_login(make_local_attendee().user)
    page = client.get(address).content.decode()
    assert ("<input" in page, "autofocus" in page) == (True, False)


@pytest.mark.parametrize("address", ["/admin/auth/user/add/", "/admin/auth/user/{}/password/"])
def test_no_page_of_the_admin_does_either(client: Client, address: str) -> None:
    root: User = make_user(is_staff=True, is_superuser=True)
    client.force_login(root)
    assert "autofocus" not in client.get(address.format(root.pk)).content.decode()


def test_first_password_does_not_either(client: Client) -> None:
    sign_in(client, profile())
    page = client.get("/accounts/password/").content.decode()
    assert ("new_password1" in page, "autofocus" in page) == (True, False)


# --- The filled button ---------------------------------------------------------------------------


def filled(page: Element) -> list[str]:
    found = page.first("main").all("a", "button")
    return [e.text for e in found if "primary" in e.attributes.get("class", "").split()]


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/accounts/login/", "Sign in with Neos"),
        ("/accounts/signup/", "Make the account"),
        ("/accounts/password-reset/", "Mail me a link"),
        ("/accounts/password-reset/done/", "Sign in"),
        ("/accounts/closed/", "See the events"),
        ("/accounts/confirm/made-up/", "Get a new link on your account page"),
    ],
)
def test_page_has_one_filled_button(client: Client, address: str, label: str) -> None:
    assert filled(read(client.get(address))) == [label]


def test_account_fills_the_button_that_most_people_came_for(client: Client) -> None:
    attendee = make_local_attendee(user=make_user(email="a@example.org"), email_confirmed_at=None)
    client.force_login(attendee.user)
    assert filled(read(client.get("/account/"))) == ["Mail the link again"]

    client.force_login(make_local_attendee().user)
    assert filled(read(client.get("/account/"))) == ["Link your Neos account"]

    sign_in(Client(), profile())
    client.force_login(User.objects.get(attendee__neos_id="U-gearfox"))
    assert filled(read(client.get("/account/"))) == ["Save"]


@pytest.mark.parametrize(
    ("query", "filled"),
    [
        ("", "Mail the link again"),
        ("?step=neos", "Link your Neos account"),
        ("?step=x", "Mail the link again"),
    ],
)
def test_account_fills_the_button_that_the_person_came_for(
    client: Client, query: str, filled: str
) -> None:
    user = make_user(email="ada@example.org")
    make_local_attendee(user=user, email_confirmed_at=None)
    client.force_login(user)
    page = TreeBuilder(client.get(f"/account/{query}").content.decode()).root
    assert [b.text for b in page.all("button") if "primary" in b.attributes.get("class", "")] == [
        filled
    ]
