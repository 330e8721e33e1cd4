"""Addresses that are visited although they only take what a button sends."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from events.http.wrong_method import PAGES_WITH_BUTTONS
from tests.factories import make_attendee
from tests.markup import TreeBuilder
from tests.platform import DISCONNECT, LOGIN

pytestmark = pytest.mark.django_db

TO_ACCOUNT = ["/account/", "/"]


@pytest.mark.parametrize(
    ("method", "address", "links"),
    [
        ("get", "/account/data/file/", ["/account/data/", "/"]),
        ("get", "/account/keep-address/", TO_ACCOUNT),
        ("get", "/account/confirmation/", TO_ACCOUNT),
        ("get", "/accounts/logout/", TO_ACCOUNT),
        ("get", LOGIN, TO_ACCOUNT),
        ("get", DISCONNECT, ["/account/unlink/", "/"]),
        ("get", "/payments/manual/", ["/"]),
        ("put", "/account/delete/", ["/account/delete/", "/"]),
        ("post", "/registrations/", ["/registrations/", "/"]),
        ("delete", "/account/", ["/account/", "/"]),
    ],
)
def test_wrong_method_is_answered_with_the_way_on(
    client: Client, method: str, address: str, links: list[str]
) -> None:
    client.force_login(make_attendee().user)

    response = getattr(client, method)(address)

    page = TreeBuilder(response.content.decode()).root.first("main")
    assert (response.status_code, page.first("h1").text) == (405, "Nothing was done")
    assert [link.attributes["href"] for link in page.all("a")] == links
    filled = [link.attributes["href"] for link in page.all("a", class_="button primary")]
    assert filled == links[:1]
    assert ("GET" in response["Allow"]) is (links[0] == address)


def test_visitor_without_an_account_reads_it_too(client: Client) -> None:
    response = client.get("/accounts/logout/")
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert "Go to that page" in response.content.decode()
    assert client.head("/accounts/logout/").content == b""


def named(resolver: URLResolver, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.add(f"{prefix}{entry.name}")
        else:
            found |= named(entry, f"{entry.namespace}:" if entry.namespace else prefix)
    return found


def test_pages_and_their_buttons_exist() -> None:
    views = named(get_resolver())
    assert {*PAGES_WITH_BUTTONS, *PAGES_WITH_BUTTONS.values()} - views == set()
