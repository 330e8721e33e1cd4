"""Addresses with a secret: our log has it not. The log of the proxy is tested in `test_deploy`."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.urls import URLPattern, URLResolver

from eventsite import urls
from eventsite.logs import without_secret

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


def test_routes_with_a_secret_are_these() -> None:
    found = [route for route in routes(urls.urlpatterns) if SECRET_PARAMETERS.search(route)]
    assert sorted(SECRET_PARAMETERS.sub("{}", route) for route in found) == ADDRESSES


@pytest.mark.parametrize("address", [*ADDRESSES, *BESIDE])
def test_secret_of_an_address_is_in_no_log(address: str) -> None:
    shown = str(without_secret(address.format(KEPT, KEPT)))
    assert (KEPT in shown, "…" in shown) == (False, True)


@pytest.mark.parametrize("address", PLAIN)
def test_address_without_a_secret_is_logged_as_it_is(address: str) -> None:
    assert without_secret(address) == address
