"""A sign-in leaves little behind: nothing in logs, mail, caches or open transactions."""

import logging
from datetime import timedelta

import pytest
import responses
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from events.models import Attendee
from tests import platform
from tests.error_mail import wait_for_error_mail
from tests.factories import (
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_user,
)
from tests.markup import TreeBuilder
from tests.platform import COMPLETE
from tests.sign_in import PROFILE, TOKEN_URL, answer, come_back, sign_in, start

SECRETS = ("a-code", "a-token", "test-client-secret")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock")
def test_provider_is_never_asked_inside_a_transaction(client: Client) -> None:
    seen: list[bool] = []

    def note(_request: object) -> tuple[int, dict[str, str], str]:
        seen.append(connection.in_atomic_block)
        return 500, {}, "{}"

    with responses.RequestsMock() as neos:
        neos.add_callback(responses.POST, TOKEN_URL, callback=note)
        come_back(client, start(client))
    assert seen == [False]


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("status", [200, 400, 500])
def test_logs_hold_no_code_state_token_or_secret(
    client: Client, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as neos:
        if status == 200:
            answer(neos)
        else:
            neos.add(responses.POST, TOKEN_URL, status=status, json={"error": "invalid_grant"})
        state = start(client)
        come_back(client, state)
    assert [word for word in (*SECRETS, state) if word in caplog.text] == []
    assert ("Social authentication failure" in caplog.text) is (status != 200)


@pytest.mark.django_db
def test_error_mail_of_a_broken_sign_in_holds_no_code_or_state(
    client: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ADMINS = [("Staff", "staff@example.org")]
    settings.SOCIAL_AUTH_PIPELINE = ("events.accounts.neos.a_step_that_does_not_exist",)
    client.raise_request_exception = False
    with responses.RequestsMock() as neos:
        answer(neos)
        state = start(client)
        response = come_back(client, state)
    assert response.status_code == 500
    wait_for_error_mail()
    text = "".join(mail.subject + str(mail.body) for mail in mailoutbox)
    assert len(mailoutbox) == 1
    assert [word for word in (*SECRETS, state) if word in text] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_session_changes_at_sign_in_and_the_old_one_is_nobodys(client: Client) -> None:
    start(client)
    old = client.cookies["sessionid"].value
    sign_in(client)
    assert client.cookies["sessionid"].value != old
    thief = Client()
    thief.cookies["sessionid"] = old
    assert thief.get("/account/").status_code == 302


@pytest.mark.django_db
def test_session_stolen_before_signing_out_is_dead_afterwards(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get("/account/").status_code == 200
    client.post("/accounts/logout/")
    assert thief.get("/account/").status_code == 302


@pytest.mark.django_db
def test_role_that_was_taken_away_is_gone_at_the_next_request(client: Client) -> None:
    organizer = make_organizer()
    draft = make_event(status="draft", organizers=[organizer])
    client.force_login(organizer)
    addresses = ("/admin/events/event/", draft.get_absolute_url())
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    User.objects.filter(pk=organizer.pk).update(is_staff=False)
    assert [client.get(address).status_code for address in addresses] == [302, 404]


@pytest.mark.django_db
def test_started_sign_in_is_of_no_use_after_half_an_hour(
    client: Client, clock: time_machine.Traveller
) -> None:
    state = start(client)
    clock.shift(timedelta(minutes=31))
    with responses.RequestsMock():
        response = come_back(client, state)
    assert response.status_code == 403
    assert "Please start again." in response.content.decode()
    assert 'href="/accounts/login/"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_two_tabs_finish_in_any_order_as_the_same_person(client: Client) -> None:
    first, second = start(client), start(client)
    with responses.RequestsMock() as neos:
        answer(neos)
        assert come_back(client, second).status_code == 302
    with responses.RequestsMock():
        assert come_back(client, first).status_code == 403
    assert Attendee.objects.get().neos_id == PROFILE["id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "state={0}&state={0}&code=x",
        "state[]={0}&code=x",
        "state=&code=x",
        "state={1}&code=x",
        "state=%00&code=%00",
        "state=%ff&code=x",
    ],
)
def test_mangled_callback_is_refused_cleanly(client: Client, query: str) -> None:
    state = start(client)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as neos:
        neos.add(responses.POST, TOKEN_URL, status=400, json={"error": "invalid_grant"})
        response = client.get(f"{COMPLETE}?" + query.format(state, "x" * 5000))
    assert response.status_code in {400, 403}
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("method", ["head", "options", "put", "post", "delete"])
def test_callback_by_another_method_signs_nobody_in(client: Client, method: str) -> None:
    state = start(client)
    address = f"{COMPLETE}?state={state}&code=x"
    with responses.RequestsMock():
        response = getattr(client, method)(address)
    assert response.status_code in {400, 403, 405}
    with responses.RequestsMock() as neos:
        answer(neos)
        assert come_back(client, state).status_code == 302


@pytest.mark.django_db
def test_namesakes_get_accounts_of_their_own() -> None:
    for number in range(6):
        sign_in(Client(), PROFILE | {"id": f"U-namesake-{number}"})
    assert Attendee.objects.filter(neos_username="gearfox").count() == 6


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_new_account_with_an_old_name_has_nothing_of_the_old_one(client: Client) -> None:
    old = make_attendee(neos_id="U-first", neos_username="gearfox")
    sign_in(client, PROFILE | {"id": "U-second"})
    assert client.session["_auth_user_id"] != str(old.user.pk)
    page = client.get("/registrations/").content.decode()
    assert "You have no place at an event" in page


def every_address(resolver: URLResolver, prefix: str = "/") -> list[str]:
    """All addresses of our own, with something in place of what varies."""
    found = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append(path)
        elif "admin" not in path:
            found += every_address(entry, path)
    return found


FILLED = {
    "<slug:kind>": "meetup",
    "<slug:seed>": "ada",
    "<slug:digest>": "ada",
    "<slug:name>": "ada",
    "<int:number>": "1",
    "<str:file>": "event.ics",
    "<slug:slug>": "x",
    "<slug:workshop_slug>": "x",
    "<uuid:code>": "00000000-0000-0000-0000-000000000000",
    "<str:backend>": platform.KEY,
    "<str:token>": "x",
    "<slug:token>": "x",
    "<slug:provider>": "stripe",
    "<slug:reference>": "x",
    "<uidb64>": "x",
    "<token>": "x",
}


@pytest.mark.django_db
def test_nothing_is_posted_anywhere_without_a_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    addresses = every_address(get_resolver())
    for variable, value in FILLED.items():
        addresses = [address.replace(variable, value) for address in addresses]
    assert [address for address in addresses if "<" in address] == []
    answers = {address: client.post(address).status_code for address in addresses}
    # The way back from Neos is a visit with a state, and refuses to be posted at all. A payment
    # provider has a signature instead of a token, and this site has none. The link of a mail is
    # signed itself, because mail programs post to it (RFC 8058).
    assert {a: s for a, s in answers.items() if s not in {403, 405}} == {
        COMPLETE: 400,
        "/mails/x/": 404,
        "/payments/stripe/": 404,
    }
    assert len(addresses) > 20


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_link_preview_without_a_cookie_does_not_use_the_callback_up(client: Client) -> None:
    state = start(client)
    with responses.RequestsMock():
        assert come_back(Client(), state).status_code == 403
    with responses.RequestsMock() as neos:
        answer(neos)
        assert come_back(client, state).status_code == 302


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_rights_of_an_account_come_from_the_site_alone(client: Client) -> None:
    staff = make_user(is_staff=True, is_superuser=True)
    client.force_login(staff)
    sign_in(client)
    client.logout()
    sign_in(client, PROFILE | {"is_staff": False, "tags": ["neos admin"]})
    staff.refresh_from_db()
    assert (staff.is_staff, staff.is_superuser) == (True, True)
    assert client.session["_auth_user_id"] == str(staff.pk)


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_new_name_that_somebody_else_has_changes_only_what_is_shown(client: Client) -> None:
    other = make_user(username="gearfox")
    sign_in(client, PROFILE | {"username": "before"})
    client.logout()
    sign_in(client)
    attendee = Attendee.objects.get()
    assert (attendee.neos_username, attendee.user.username) == ("gearfox", "U-gearfox")
    other.refresh_from_db()
    assert other.username == "gearfox"


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("place", ["iconUrl", "backgroundUrl"])
def test_picture_of_a_profile_is_never_loaded_by_site_or_page(client: Client, place: str) -> None:
    """The only requests are those for token and profile: `responses` refuses all others."""
    for address in ("http://169.254.169.254/", "file:///etc/passwd", "neosdb:///" + "a" * 64):
        sign_in(client, PROFILE | {"profile": {place: address}})
        page = client.get("/account/").content.decode()
        assert [word for word in ("169.254", "etc/passwd", "neosdb") if word in page] == []
        pictures = [image.attributes["src"] for image in TreeBuilder(page).root.all("img")]
        assert {source.partition("?")[0].rsplit("/", 1)[0] for source in pictures} == {"/face"}


@pytest.mark.django_db
def test_log_line_of_a_request_is_one_line(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/nothing/%0d%0aERROR forged %1b[31m/")
    lines = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert len(lines) == 1
    assert [c for c in lines[0] if not c.isprintable()] == []
