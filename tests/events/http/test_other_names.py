"""In the demo, other names of this machine lead to the one of SITE_URL."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.eventsite.processes import read

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NAME = "events.http.other_names.OtherNamesMiddleware"


@pytest.fixture(autouse=True)
def demo(settings: Settings) -> None:
    settings.MIDDLEWARE = [NAME, *settings.MIDDLEWARE]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.0.0.1", "0.0.0.0:8000", "[::1]:8000"])
def test_other_name_leads_to_the_same_page_of_the_site(client: Client, host: str) -> None:
    response = client.get("/?when=past", headers={"host": host})

    assert (response.status_code, response["Location"]) == (302, "http://localhost:8000/?when=past")


def test_name_of_the_site_is_answered(client: Client) -> None:
    assert client.get("/", headers={"host": "localhost:8000"}).status_code == 200


def test_names_lead_to_an_address_in_the_house(client: Client, settings: Settings) -> None:
    settings.SITE_URL, settings.SITE_HOST = "http://192.168.1.20:8000", "192.168.1.20"
    settings.ALLOWED_HOSTS = ["192.168.1.20"]

    response = client.get("/account/", headers={"host": "localhost:8000"})
    assert response["Location"] == "http://192.168.1.20:8000/account/"
    assert client.get("/", headers={"host": "192.168.1.20:8000"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.9", "[::1", ""])
def test_stranger_is_refused_as_ever(client: Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


def test_path_of_another_host_stays_on_the_site(client: Client) -> None:
    response = client.get("//evil.example/", headers={"host": "127.0.0.1"})

    assert response["Location"].startswith("http://localhost:8000/")


def test_only_the_demo_has_it() -> None:
    (production,) = read("MIDDLEWARE")
    (sandbox,) = read("MIDDLEWARE", DEBUG="1", NEOS_SANDBOX="1")

    assert NAME not in production
    until_the_door, others = production[:4], production[4:]
    assert sandbox == [*until_the_door, NAME, *others]
