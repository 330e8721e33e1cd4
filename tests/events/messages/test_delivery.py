"""Delivery sends each message once, to the address of that moment, over one connection."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from events import places
from events.accounts import local
from events.messages import delivery, retention, texts
from events.messages.delivery import Delivered
from events.models import Attendee, Notification, Payment, Registration
from tests.factories import NOON, make_attendee, make_event, make_user
from tests.mail_server import mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
SMTP = "django.core.mail.backends.smtp.EmailBackend"
CODE = "{{ settings.SECRET_KEY }}{% load log %}"


def make_person(name: str = "person") -> Attendee:
    """Somebody with a confirmed address, <name>@example.org."""
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(user=user, neos_id=f"U-{name}", email_confirmed_at=NOON)


def owe(*people: Attendee) -> None:
    """A message to each, about one event."""
    event = make_event(title="Jam")
    for person in people:
        places.register(user=person.user, bookable=event)


def recipients(mails: list[EmailMessage]) -> list[str]:
    return [address for mail in mails for address in mail.recipients()]


# --- What goes out -----------------------------------------------------------------------------


def test_delivery_sends_each_message_once(mailoutbox: list[EmailMessage]) -> None:
    owe(make_person("ada"), make_person("bo"))
    assert delivery.count_due() == 2
    assert [delivery.deliver_due() for _ in range(2)] == [Delivered(sent=2), Delivered()]
    assert recipients(mailoutbox) == ["ada@example.org", "bo@example.org"]
    assert [n.sent_at for n in Notification.objects.all()] == [NOON, NOON]


def test_delivery_leaves_what_is_told_twice_to_the_first(mailoutbox: list[EmailMessage]) -> None:
    registration = places.register(user=make_person().user, bookable=make_event())
    texts.registered(registration)
    assert delivery.deliver_due() == Delivered(sent=1)
    texts.registered(registration)
    assert delivery.deliver_due() == Delivered()
    assert (len(mailoutbox), Notification.objects.count()) == (1, 1)


def test_delivery_goes_to_the_address_of_today(mailoutbox: list[EmailMessage]) -> None:
    person = make_person()
    owe(person)
    person.user.email = "moved@example.org"
    person.user.save()
    assert delivery.deliver_due() == Delivered(sent=1)
    assert recipients(mailoutbox) == ["moved@example.org"]


@pytest.mark.parametrize("change", ["inactive", "erased", "unconfirmed"])
def test_delivery_drops_what_is_for_nobody_anymore(
    change: str, mailoutbox: list[EmailMessage]
) -> None:
    person = make_person()
    owe(person)
    if change == "inactive":
        person.user.is_active = False
        person.user.save()
    else:
        field = "erased_at" if change == "erased" else "email_confirmed_at"
        Attendee.objects.update(**{field: NOON if change == "erased" else None})
    Notification.objects.update(facts={"amount": 500, "currency": "EUR"}, last_error="Error: ada")
    assert [delivery.deliver_due() for _ in range(2)] == [Delivered(dropped=1), Delivered()]
    told = Notification.objects.values_list("state", "sent_at", "facts", "last_error")
    assert (mailoutbox, list(told)) == ([], [("nobody", None, {}, "")])


def test_delivery_drops_what_is_about_a_registration_that_is_gone(
    mailoutbox: list[EmailMessage],
) -> None:
    owe(make_person())
    Registration.objects.all().delete()
    assert (delivery.deliver_due(), mailoutbox) == (Delivered(dropped=1), [])


def test_delivery_to_somebody_who_is_erased_after_the_claim_leaves_no_row(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    owe(make_person())
    claim = delivery._claim

    def claim_and_erase(pk: int) -> bool:
        is_claimed = claim(pk)
        Notification.objects.all().delete()
        return is_claimed

    monkeypatch.setattr(delivery, "_claim", claim_and_erase)
    assert (delivery.deliver_due(), mailoutbox) == (Delivered(), [])
    assert Notification.objects.count() == 0


def test_delivery_takes_no_address_apart(mailoutbox: list[EmailMessage]) -> None:
    person = make_person()
    person.user.email = '"x,victim@example.org,y"@example.org'
    person.user.save()
    owe(person)
    delivery.deliver_due()
    assert recipients(mailoutbox) == ['"x,victim@example.org,y"@example.org']


def test_title_is_neither_template_code_nor_a_header(
    settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    event = make_event(title=f"{CODE}\r\nBcc: victim@example.org")
    places.register(user=make_person().user, bookable=event)
    delivery.deliver_due()
    (mail,) = mailoutbox
    assert mail.subject == f"You are in: {CODE} Bcc: victim@example.org"
    assert (mail.recipients(), CODE in str(mail.body)) == (["person@example.org"], True)
    sent = mail.message().as_string()
    assert [settings.SECRET_KEY in sent, "\nBcc:" in sent] == [False, False]


def test_delivery_uses_one_connection(settings: Settings) -> None:
    owe(*map(make_person, ["ada", "bo", "cy"]))
    with mail_server() as server:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "127.0.0.1"
        settings.EMAIL_PORT = server.port
        assert [delivery.deliver_due() for _ in range(2)] == [Delivered(sent=3), Delivered()]
    assert (len(server.taken), server.connections) == (3, 1)


def test_delivery_reports_how_far_it_is(mailoutbox: list[EmailMessage]) -> None:
    owe(*map(make_person, ["ada", "bo"]))
    heard: list[tuple[int, int]] = []
    delivery.deliver_due(report=lambda done, of: heard.append((done, of)))
    assert heard == [(1, 2), (2, 2)]


# --- The link that proves an address -----------------------------------------------------------


def newcomer() -> Attendee:
    attendee = make_attendee(user=make_user(username="new", email="new@example.org"))
    local.send_confirmation(attendee)
    return attendee


def stored() -> str:
    """All that the outbox says."""
    rows = Notification.objects.values()
    return " ".join(str(value) for row in rows for value in row.values())


def test_confirmation_link_is_in_the_mail_only(mailoutbox: list[EmailMessage]) -> None:
    attendee = newcomer()
    before = stored()
    delivery.deliver_due()
    link = next(line for line in str(mailoutbox[0].body).splitlines() if "/confirm/" in line)
    token = link.rstrip("/").rpartition("/")[2]
    assert local.read_confirmation(token) == attendee
    for words in (before, stored()):
        needles = ["confirm-address", "/confirm/", token]
        assert [needle in words for needle in needles] == [True, False, False]


@pytest.mark.parametrize("address", ["new@example.org", "newer@example.org"])
def test_confirmation_is_for_the_address_it_was_asked_for(
    address: str, mailoutbox: list[EmailMessage]
) -> None:
    attendee = newcomer()
    if address == attendee.user.email:
        Attendee.objects.update(email_confirmed_at=NOON)  # proved meanwhile
    else:
        attendee.user.email = address
        attendee.user.save()
    assert (delivery.deliver_due(), mailoutbox) == (Delivered(dropped=1), [])


def test_confirmation_is_owed_for_each_request(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    attendee = newcomer()
    clock.shift(60)
    local.send_confirmation(attendee)
    assert delivery.deliver_due() == Delivered(sent=2)


# --- Around it ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_delivery_inside_a_transaction_is_an_error(mailoutbox: list[EmailMessage]) -> None:
    owe(make_person())
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        delivery.deliver_due()
    assert (mailoutbox, Notification.objects.get().state) == ([], "queued")


# --- Afterwards --------------------------------------------------------------------------------


def test_purge_forgets_old_facts_and_keeps_the_keys(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    for name in ["ada", "bo", "cy"]:
        if name != "ada":
            clock.shift(timedelta(days=31))
        owe_money(make_person(name))
        if name != "cy":
            delivery.deliver_due()
    assert [retention.purge_facts(NOON + timedelta(days=1)) for _ in range(2)] == [1, 0]
    told = Notification.objects.filter(kind="money-goes-back").order_by("pk")
    reason = {"problem": "late"}
    assert [(n.state, n.facts) for n in told] == [
        ("sent", {}), ("sent", reason), ("queued", reason)
    ]  # fmt: skip


def owe_money(person: Attendee) -> None:
    registration = places.register(user=person.user, bookable=make_event())
    texts.money_goes_back(registration, Payment(pk=person.pk, problem="late"))


def test_purge_deletes_what_has_a_new_key_for_each_request(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    attendee = make_person()
    texts.password_reset(attendee, asked_at=timezone.now())
    delivery.deliver_due()
    clock.shift(timedelta(days=1))
    assert retention.purge_facts(timezone.now()) == 1
    assert Notification.objects.filter(kind="password-reset").count() == 0


def test_purge_leaves_dead_letters_to_the_staff(clock: Clock) -> None:
    owe_money(make_person())
    Notification.objects.update(state="dead", last_error="SMTPDataError: spam")
    clock.shift(timedelta(days=99))
    assert retention.purge_facts(timezone.now()) == 0
    assert Notification.objects.get(kind="money-goes-back").facts == {"problem": "late"}
