"""Addresses with a secret: neither our log nor that of a proxy, as README sets it up, has it."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver

from eventsite import urls
from eventsite.logs import without_secret

from .processes import ROOT

pytestmark = pytest.mark.once

KEPT = "Kept-s3cret:_42"
#: Parameters of routes that are secrets, by the names that the routes give them. A number is none.
SECRET_PARAMETERS = re.compile(r"<(?:(?!int)\w+:)?(?:token|key|uidb64)>")
#: All of them, written out by hand.
ADDRESSES = [
    "/accounts/confirm/{}/",
    "/accounts/keep-address/{}/",
    "/accounts/password-reset/{}/{}/",
    "/calendar/{}.ics",
    "/following/stop/{}/",
    "/invitations/{}/",
    "/mails/{}/",
    "/preview/{}/",
]
#: These are no routes: doors are answered before them, and a query is in none.
BESIDE = [
    "/door/{}/U-mika",
    "//door/{}/list.txt?status=1",
    "/auth/complete/neos/?state={}&code={}",
    "/auth/complete/resonite/?code={}",
]
PLAIN = [
    "/",
    "/account/mails/",
    "/accounts/login/?next=/events/jam/",
    "/auth/complete/neos/",
    "/calendar.ics",
    "/events/doors/",
    "/hosts/jam/calendar.ics",
    "/registrations/",
]


def routes(patterns: Iterable[object], before: str = "/") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield before + str(one.pattern)


def in_proxy_log(address: str) -> str:
    """Return what README's nginx writes: the first expression that is found decides."""
    (block,) = re.findall(r"map \$request_uri \$shown_uri \{(.*?)\n   \}", README, re.DOTALL)
    for expression, shown in re.findall(r'"~\*(.+)" "(.+)";', block):
        if found := re.search(expression, address, re.IGNORECASE):
            return str(shown.replace("$1", found[1]))
    return address


README = (ROOT / "README.md").read_text()


def test_routes_with_a_secret_are_these() -> None:
    found = [route for route in routes(urls.urlpatterns) if SECRET_PARAMETERS.search(route)]
    assert sorted(SECRET_PARAMETERS.sub("{}", route) for route in found) == ADDRESSES


@pytest.mark.parametrize("address", [*ADDRESSES, *BESIDE])
def test_secret_of_an_address_is_in_no_log(address: str) -> None:
    asked = address.format(KEPT, KEPT)
    shown = [str(without_secret(asked)), in_proxy_log(asked)]
    assert [KEPT in text for text in shown] == [False, False]
    assert ["…" in text for text in shown] == [True, True]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("safe", ["/", ""], ids=["as it is", "encoded"])
def test_secret_that_signing_in_leads_back_to_is_in_no_log(address: str, safe: str) -> None:
    """Our own log has no query of a page."""
    secret = KEPT.replace(":", "")
    asked = f"/accounts/login/?next={quote(address.format(secret, secret), safe=safe)}"
    assert (secret in asked, secret in in_proxy_log(asked)) == (True, False)
    assert in_proxy_log(asked).startswith("/accounts/login/?next=") is True


@pytest.mark.parametrize("address", PLAIN)
def test_address_without_a_secret_is_logged_as_it_is(address: str) -> None:
    assert without_secret(address) == address
    shown = in_proxy_log(address)
    assert shown.removesuffix("…") == address
