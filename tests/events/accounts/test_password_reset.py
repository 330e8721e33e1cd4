"""New passwords: the page tells nothing, and the mail leads to one account."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from events.messages import delivery, password_reset
from events.models import Attendee, Notification, PasswordResetRequest
from tests.factories import NOON, make_local_attendee, make_user
from tests.sign_in import sign_in

from .test_views import link_in

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SIGN_UP = {
    "username": "newcomer",
    "email": "newcomer@example.org",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


def test_password_reset_link_names_the_configured_site(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    user = make_user(email="local@example.org")
    client.post(
        "/accounts/password-reset/", {"email": "local@example.org"}, HTTP_HOST="localhost:99"
    )
    assert mailoutbox == []
    assert delivery.deliver_due().sent == 1
    link = link_in(mailoutbox[0])
    page = client.get(link, follow=True)
    new = {"new_password1": "correct horse battery", "new_password2": "correct horse battery"}
    client.post(page.redirect_chain[-1][0], new)
    user.refresh_from_db()
    assert user.check_password("correct horse battery") is True


def test_password_reset_tells_nothing_about_who_has_an_account(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    answers = []
    make_user(email="known@example.org")
    for address in ("known@example.org", "unknown@example.org"):
        response = client.post("/accounts/password-reset/", {"email": address}, follow=True)
        answers.append((response.status_code, response.redirect_chain))
    assert answers[0] == answers[1]
    assert (delivery.deliver_due().sent, len(mailoutbox)) == (1, 1)


def test_password_reset_does_the_same_work_for_known_and_unknown_addresses(
    client: Client,
) -> None:
    """The statements are the same and in the same order, so there is nothing to measure."""
    make_user(email="known@example.org")
    work = []
    for address in ("known@example.org", "unknown@example.org"):
        with CaptureQueriesContext(connection) as captured:
            client.post("/accounts/password-reset/", {"email": address})
        work.append([query["sql"].replace(address, "?") for query in captured])
    assert [len(statements) for statements in work] == [1, 1]
    assert work[0] == work[1]


def test_password_reset_stores_neither_token_nor_request(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    make_user(username="ada", email="ada@example.org")
    client.post("/accounts/password-reset/", {"email": "ADA@example.org"})
    client.post("/accounts/password-reset/", {"email": "unknown@example.org"})
    assert (delivery.count_due(), delivery.deliver_due().sent) == (2, 1)
    mail = mailoutbox[0]
    assert (mail.subject, mail.to) == ("Choose a new password", ["ada@example.org"])
    assert "the account “ada”" in str(mail.body)
    (told,) = Notification.objects.all()
    assert (told.kind, told.facts, told.state) == ("password-reset", {}, "sent")
    assert link_in(mail).split("/")[-2] not in str(Notification.objects.values())
    assert PasswordResetRequest.objects.count() == 0


def test_password_reset_serves_every_account_of_the_address_and_staff_without_attendee(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    for name in ("ada", "bo", "closed"):
        make_user(username=name, email="shared@example.org", is_active=name != "closed")
    client.post("/accounts/password-reset/", {"email": "shared@example.org"})
    delivery.deliver_due()
    named = ["ada" if "“ada”" in str(mail.body) else "bo" for mail in mailoutbox]
    assert (sorted(named), Attendee.objects.count()) == (["ada", "bo"], 2)


@pytest.mark.parametrize("change", ["closed", "erased", "neos only"])
def test_password_reset_is_dropped_for_who_has_no_password_by_then(
    client: Client, mailoutbox: list[EmailMessage], change: str
) -> None:
    user = make_local_attendee(user=make_user(email="ada@example.org")).user
    client.post("/accounts/password-reset/", {"email": "ada@example.org"})
    password_reset.answer_requests()
    if change == "erased":
        Attendee.objects.update(erased_at=NOON)
    elif change == "closed":
        User.objects.update(is_active=False)
    else:
        user.set_unusable_password()
        user.save()
    assert (delivery.deliver_due().dropped, mailoutbox) == (1, [])


def test_password_reset_is_asked_for_once_by_any_number_of_processes(client: Client) -> None:
    """Two processes read the same request; the second finds it answered."""
    make_user(email="ada@example.org")
    client.post("/accounts/password-reset/", {"email": "ada@example.org"})
    asked = PasswordResetRequest.objects.get()
    for _ in range(2):
        password_reset._answer(asked)
    assert Notification.objects.count() == 1


def test_password_reset_asked_for_often_is_mailed_once_and_again_after_that(
    clock: time_machine.Traveller, mailoutbox: list[EmailMessage]
) -> None:
    make_local_attendee(user=make_user(email="ada@example.org"))
    for _ in range(3):
        password_reset.request("ada@example.org")
    delivery.deliver_due()
    assert len(mailoutbox) == 1
    clock.shift(timedelta(minutes=1))
    password_reset.request("ada@example.org")
    delivery.deliver_due()
    assert len(mailoutbox) == 2


def test_password_reset_gives_no_password_to_accounts_of_neos(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(client)
    client.post("/accounts/password-reset/", {"email": "gearfox@example.org"})
    assert (delivery.deliver_due(), mailoutbox) == (delivery.Delivered(), [])


@pytest.mark.parametrize("address", ["known@example.org", "unknown@example.org"])
def test_password_reset_hands_no_mail_over_while_somebody_waits_m9(
    client: Client, settings: Settings, address: str
) -> None:
    """There is no such backend: the page would break if it asked for one."""
    settings.EMAIL_BACKEND = "nothing.of.that.name"
    make_user(email="known@example.org")
    assert client.post("/accounts/password-reset/", {"email": address}).status_code == 302
    with pytest.raises(ModuleNotFoundError):
        delivery.deliver_due()


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/accounts/signup/", SIGN_UP),
        ("/account/confirmation/", {}),
        ("/account/", {"email": "new@example.org", "current_password": "secret"}),
    ],
)
def test_no_page_about_addresses_hands_mail_over_m9(
    client: Client, settings: Settings, address: str, fields: dict[str, str]
) -> None:
    settings.EMAIL_BACKEND = "nothing.of.that.name"
    user = make_user(email="old@example.org")
    make_local_attendee(user=user, email_confirmed_at=None)
    client.force_login(user)
    assert client.post(address, {"time_zone": "UTC"} | fields).status_code == 302
    assert Notification.objects.filter(state="queued").count() == 1
