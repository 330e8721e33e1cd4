"""An https site behind a proxy that ends TLS, as its visitors' browsers see it."""

from collections.abc import Iterator

import pytest
import requests

from tests.observatory import score
from tests.servers import Site, running_site

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]

PUBLIC = ("/", "/accounts/login/", "/accounts/signup/", "/nothing/", "/static/css/site.css")
HTTPS = {"Host": "events.example.org", "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[Site]:
    """One for all: what is asked of it here leaves nothing behind."""
    with running_site(
        application="tests.without_debug:application", SITE_URL="https://events.example.org"
    ) as site:
        yield site


def get(site: Site, address: str, headers: dict[str, str] = HTTPS) -> requests.Response:
    return requests.get(
        site.url + address, headers=headers, allow_redirects=False, timeout=60, proxies={}
    )


def test_https_site_is_graded_a_plus_on_public_pages_and_a_in_the_admin(site: Site) -> None:
    scores = {address: score(get(site, address)) for address in (*PUBLIC, "/admin/login/")}
    assert [address for address in PUBLIC if scores[address] < 100] == []
    assert scores["/admin/login/"] >= 90


def test_score_falls_without_the_headers(site: Site) -> None:
    """The control: each header that is taken away costs points."""
    full = score(get(site, "/accounts/login/"))
    for header in ("Content-Security-Policy", "Strict-Transport-Security", "Referrer-Policy"):
        response = get(site, "/accounts/login/")
        del response.headers[header]
        assert score(response) < full


def test_http_leads_to_the_same_page_on_https(site: Site) -> None:
    response = get(site, "/events/jam/?when=past", {"Host": "events.example.org"})
    assert response.status_code == 301
    assert response.headers["Location"] == "https://events.example.org/events/jam/?when=past"


def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(site: Site) -> None:
    lines = get(site, "/accounts/login/").raw.headers.getlist("Set-Cookie")
    assert [line.partition("=")[0] for line in lines] == ["__Host-csrftoken"]
    flags = {flag.strip().partition("=")[0] for flag in lines[0].split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite", "Path"} <= flags
    assert "Domain" not in flags


@pytest.mark.parametrize(
    "host", ["evil.test", "events.example.org.evil.test", "events.example.org@x"]
)
def test_foreign_hosts_are_refused_and_never_repeated(site: Site, host: str) -> None:
    response = get(site, "/accounts/login/", HTTPS | {"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.text + str(response.headers)


def test_forwarded_host_is_believed_from_nobody(site: Site) -> None:
    headers = HTTPS | {"X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
    response = get(site, "/registrations/", headers)
    assert response.headers["Location"] == "/accounts/login/?next=/registrations/"


@pytest.mark.parametrize(
    "address",
    [
        "/.git/config",
        "/.env",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static//etc/passwd",
        "/media/",
        "/__debug__/",
        "/server-status",
    ],
)
def test_nothing_private_lies_around(site: Site, address: str) -> None:
    response = requests.Request("GET", site.url, headers=HTTPS).prepare()
    response.url = site.url + address  # as typed: the library would tidy it up
    with requests.Session() as session:
        session.trust_env = False
        answer = session.send(response, timeout=60)
    assert answer.status_code == 404
    assert "django" not in answer.text.lower()
