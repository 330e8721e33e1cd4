"""Where a language was chosen, and the kinds of page that follow it: each of them, and mails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as site
from django.core.mail import EmailMessage
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.messages import delivery
from events.models import Attendee
from tests.factories import NOON, make_event, make_local_attendee, make_organizer
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Account, cookie and header, and the language that follows.
CHOSEN = {
    "account": ("ja", "en", "en", "ja"),
    "account alone": ("ja", "", "", "ja"),
    "account in English": ("en", "ja", "ja", "en"),
    "account in a language that is gone": ("de", "ja", "en", "ja"),
    "cookie": ("", "ja", "en", "ja"),
    "cookie in English": ("", "en", "ja", "en"),
    "header": ("", "", "ja", "ja"),
    "none": ("", "", "", "en"),
}


def page(client: Client) -> HttpResponse:
    return client.get("/")


def admin(client: Client) -> HttpResponse:
    return client.get("/admin/")


def not_found(client: Client) -> HttpResponse:
    return client.get("/nowhere/")


def event_not_found(client: Client) -> HttpResponse:
    return client.get("/events/nowhere/")


def forbidden(client: Client) -> HttpResponse:
    return client.get("/admin/auth/user/")


def forged(client: Client) -> HttpResponse:
    client.handler.enforce_csrf_checks = True
    return client.post("/account/")


def wrong_method(client: Client) -> HttpResponse:
    return client.get("/language/")


def too_many(client: Client) -> HttpResponse:
    address = reverse("events:send-confirmation")
    return [client.post(address) for _ in range(11)][-1]


def unavailable(client: Client) -> HttpResponse:
    """Break the rows of events only, so that the account can be read."""
    with broken_events():
        return client.get("/events/jam/")


@contextmanager
def broken_events() -> Iterator[None]:
    def refuse(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if 'FROM "events_event"' in sql:
            raise OperationalError
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        yield


PAGES: dict[Callable[[Client], HttpResponse], int] = {
    page: 200,
    admin: 200,
    not_found: 404,
    event_not_found: 404,
    forbidden: 403,
    forged: 403,
    wrong_method: 405,
    too_many: 429,
    unavailable: 503,
}


def browser(attendee: Attendee | None, cookie: str, header: str) -> Client:
    accepts = {"HTTP_ACCEPT_LANGUAGE": header} if header else {}
    client = Client(raise_request_exception=False, **accepts)
    if cookie:
        client.cookies[site.LANGUAGE_COOKIE_NAME] = cookie
    if attendee:
        client.force_login(attendee.user)
    return client


def organizer(language: str) -> Attendee:
    return make_local_attendee(user=make_organizer(), language=language)


@pytest.mark.parametrize("look", PAGES, ids=lambda look: look.__name__)
@pytest.mark.parametrize("case", CHOSEN)
def test_page_is_in_the_language_that_was_chosen(
    look: Callable[[Client], HttpResponse], case: str
) -> None:
    account, cookie, header, expected = CHOSEN[case]
    response = look(browser(organizer(account), cookie, header))
    assert (response.status_code, said_by(response)) == (PAGES[look], expected)


@pytest.mark.parametrize("look", [page, not_found, event_not_found, forged, wrong_method])
@pytest.mark.parametrize("case", ["cookie", "cookie in English", "header", "none"])
def test_page_for_somebody_signed_out_follows_the_browser(
    look: Callable[[Client], HttpResponse], case: str
) -> None:
    _account, cookie, header, expected = CHOSEN[case]
    response = look(browser(None, cookie, header))
    assert (response.status_code, said_by(response)) == (PAGES[look], expected)


def said_by(response: HttpResponse) -> str:
    html = response.content.decode().partition("<html ")[2].partition(">")[0]
    return html.partition('lang="')[2].partition('"')[0]


@pytest.mark.parametrize("case", CHOSEN)
def test_mail_is_in_the_language_of_the_account_or_of_the_site(
    case: str, mailoutbox: list[EmailMessage]
) -> None:
    """Nobody is at a browser when it is sent."""
    account = CHOSEN[case][0]
    ada = make_local_attendee(language=account, email_confirmed_at=NOON)
    register(ada, make_event(title="Jam"))
    delivery.deliver_due()
    said = {"ja": "参加が確定しました\uff1aJam"}.get(account, "You are in: Jam")
    assert [mail.subject for mail in mailoutbox] == [said]
