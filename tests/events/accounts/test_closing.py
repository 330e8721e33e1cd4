"""Erasing a person: nothing of them is left in any text, and money follows who decided it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client
from social_django.models import UserSocialAuth

from events import follows, housekeeping
from events.accounts import closing, local
from events.messages import password_reset
from events.models import (
    Attendee,
    Block,
    ExportColumns,
    Follow,
    Host,
    Notice,
    Notification,
    Payment,
    PlaceInvitation,
    Refund,
    Registration,
    Workshop,
)
from events.payments.providers import manual
from tests import platform
from tests.factories import (
    NOON,
    make_announcement,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
)
from tests.lines import register

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MARK = "Ada-and-her-mother"
#: Where text stays, and why.
STAYS = {
    # The event's own words for a discount.
    "events.registration.perk_label",
    # Codes of ours and of a provider.
    "events.registration.passed_over_for",
    "events.registration.overruled",
    # Of a secret.
    "events.placeinvitation.digest",
    *(f"events.payment.error ({provider})" for provider in ("manual", "stripe")),
    # A provider's ids of money, without which nothing could be given back or accounted for.
    *(f"events.payment.{name} (stripe)" for name in ("key", "intent", "reference")),
    "events.payment.key (manual)",
    "events.payment.intent (manual)",
    *(f"events.refund.{name} (stripe)" for name in ("key", "error", "reference")),
    *(f"events.notice.{name}" for name in ("external_id", "reference", "intent", "key", "outcome")),
    # Codes of ours or of a provider, which are the same for everybody.
    *(f"events.payment.error ({provider})" for provider in ("stripe", "manual")),
    # A block keeps out a person who comes back with the same Neos account, and says why.
    "events.block.neos_id",
    "events.block.reason",
}
#: Written by nobody about a person: events, rights, bookkeeping of Django, and what is encoded.
NOT_ABOUT_A_PERSON = {
    "contenttypes.contenttype", "auth.permission", "auth.group", "sessions.session",
    "events.event", "events.workshop", "events.patronperk", "events.fillingpass",
    "social_django.association", "social_django.nonce", "social_django.code",
    "social_django.partial",
}  # fmt: skip
TEXTS = (models.CharField, models.TextField, models.JSONField)


def ada() -> User:
    """Somebody with a row in every table that says something of people."""
    user = make_user()
    attendee = make_attendee(user=user, email_confirmed_at=NOON, language="de")
    Attendee.objects.update(time_zone="Asia/Tokyo")
    UserSocialAuth.objects.create(user=user, provider=platform.KEY, uid="U-ada")
    event = make_event(price=500, starts_at=NOON + timedelta(days=1), refund_days=30)
    held = register(attendee, event)
    ended = {"status": "cancelled", "ended_at": NOON, "created_at": NOON}
    other = Registration.objects.create(attendee=attendee, event=make_event(), **ended)
    for registration, provider in ((held, "manual"), (other, "stripe")):
        pay(registration, provider)
    Block.objects.create(neos_id=MARK, event=event)
    Notice.objects.create(provider="stripe", kind="paid", received_at=NOON)
    password_reset.request("ada@example.org")
    PlaceInvitation.objects.create(
        event=event, digest="0", used_by=attendee, used_at=NOON, created_at=NOON, expires_at=NOON
    )
    log(user)
    return user


def pay(registration: Registration, provider: str) -> None:
    payment = Payment.objects.create(
        registration=registration, provider=provider, status="paid", created_at=NOON,
        amount=500, currency="EUR",
    )  # fmt: skip
    if provider == "stripe":
        give_back(payment, tries=1)


def give_back(payment: Payment, **fields: Any) -> Refund:
    Payment.objects.filter(pk=payment.pk).update(status="refunded", problem="cancelled")
    return Refund.objects.create(
        payment=payment, key=payment.provider, status="done", amount=500, currency="EUR",
        created_at=NOON, finished_at=NOON, **fields,
    )  # fmt: skip


def log(user: User) -> None:
    """One entry of the admin's log for each row, as organizers leave them."""
    rows: list[Any] = [user, user.attendee]
    for model in (Registration, Notification, Payment, Refund, Block):
        rows += model.objects.all()
    for row in rows:
        LogEntry.objects.log_actions(user.pk, [row], CHANGE, MARK, single_object=True)
    gone = Block(pk=10**6, neos_id=MARK)
    LogEntry.objects.log_actions(user.pk, [gone], CHANGE, MARK, single_object=True)


def texts() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column that holds free text, also those of tomorrow."""
    for model in apps.get_models():
        if model._meta.label_lower not in NOT_ABOUT_A_PERSON:
            for field in model._meta.concrete_fields:
                is_short = (field.max_length or 999) < len(MARK)
                if isinstance(field, TEXTS) and not (field.choices or is_short):
                    yield model, field


def plant() -> None:
    for model, field in texts():
        if field.name not in {"provider", "object_id"}:
            is_json = isinstance(field, models.JSONField)
            model._default_manager.update(**{field.name: {"x": MARK} if is_json else MARK})


def found() -> set[str]:
    """Return where the mark is, by the table's and the column's names."""
    places = set()
    for model, field in texts():
        for row in model._default_manager.all():
            if MARK in str(getattr(row, field.attname)):
                places.add(f"{model._meta.label_lower}.{field.name}{provider_of(row)}")
    return places


def provider_of(row: models.Model) -> str:
    payment = row.payment if isinstance(row, Refund) else row
    return f" ({payment.provider})" if isinstance(payment, Payment) else ""


def test_erased_person_is_in_no_text_but_those_named_m11() -> None:
    user = ada()
    plant()
    planted = found()
    assert {"auth.user.username", "events.attendee.pending_email"} <= planted
    closing.erase(User.objects.get(pk=user.pk))
    assert found() <= STAYS
    assert {"events.payment.reference (stripe)", "events.block.neos_id"} <= found()


def test_mark_would_be_found_m11() -> None:
    """The control: the columns that were forgotten before are looked at."""
    ada()
    plant()
    forgotten = {
        "events.payment.note (manual)",
        "events.registration.given_because",
        "events.placeinvitation.reason",
        "events.payment.decision (manual)",
        "events.payment.decision (stripe)",
        "events.payment.reference (manual)",
        "events.refund.note (stripe)",
        "admin.logentry.object_repr",
        "admin.logentry.change_message",
        "events.notification.last_error",
        "events.notification.facts",
        "events.passwordresetrequest.address",
        "social_django.usersocialauth.uid",
    }
    assert forgotten - found() == set()


def test_log_of_blocks_forgets_a_former_neos_id_m11() -> None:
    """Somebody unlinked before leaving, so the id is a former one."""
    user = ada()
    user.attendee.former_neos_ids.create(neos_id="U-former")
    Attendee.objects.update(neos_id=None)
    there = Block.objects.create(neos_id="U-former")
    other = Block.objects.create(neos_id="U-other")
    for block in (there, Block(pk=10**7, neos_id="U-former"), other):
        LogEntry.objects.log_actions(user.pk, [block], CHANGE, "Said", single_object=True)
    closing.erase(user)
    assert LogEntry.objects.filter(object_repr="U-former").count() == 0
    said = LogEntry.objects.filter(change_message__contains="Said")
    assert [entry.object_repr for entry in said] == ["U-other"]


def test_log_of_others_and_of_other_things_stays_s9() -> None:
    """A workshop may have the id of the person: the log tells them apart by their kind."""
    user, other = ada(), make_attendee()
    held = register(other, make_event())
    rows = [other, other.user, held, *(Workshop(pk=pk) for pk in (user.pk, user.attendee.pk))]
    for row in rows:
        LogEntry.objects.log_actions(user.pk, [row], CHANGE, "Kept", single_object=True)
    closing.erase(user)
    assert LogEntry.objects.filter(change_message__contains="Kept").count() == 5


def test_refund_by_hand_forgets_its_reference_m11() -> None:
    user = ada()
    Refund.objects.update(reference="re_1", note="She asked")
    hand = Payment.objects.get(provider="manual")
    give_back(hand, reference="To Ada", note="in person")
    closing.erase(user)
    left = Refund.objects.order_by("payment__provider").values_list("reference", "note")
    assert list(left) == [("", ""), ("re_1", "")]


def test_money_of_a_provider_that_was_given_back_by_hand_forgets_its_reference_m11() -> None:
    user = ada()
    hand = Refund.objects.filter(payment__provider="stripe")
    hand.update(reference="Ada, cash", tries=0, requested_by=make_organizer())
    closing.erase(user)
    assert [refund.reference for refund in hand] == [""]


def test_erased_person_has_no_zone_language_or_sign_in_left_m11() -> None:
    user = ada()
    User.objects.update(last_login=NOON)
    closing.erase(User.objects.get(pk=user.pk))
    attendee = Attendee.objects.select_related("user").get(user=user)
    assert (attendee.chosen_zone, attendee.language) == (None, "")
    assert (attendee.user.last_login, attendee.pending_email) == (None, "")
    assert attendee.user.has_usable_password() is False


def test_erased_persons_sessions_end_and_no_others_m11() -> None:
    user, other = make_user(), make_user()
    for browser, person in [(Client(), user), (Client(), user), (Client(), other)]:
        browser.force_login(person)
    closing.erase(user)
    left = [session.get_decoded()["_auth_user_id"] for session in Session.objects.all()]
    assert left == [str(other.pk)]


def test_requests_for_a_password_are_forgotten_in_any_spelling_m11() -> None:
    user = make_user(email="ada@example.org")
    attendee = make_attendee(user=user, email_confirmed_at=NOON)
    local.change_address(attendee, "new@example.org")
    for address in ("ADA@example.org", "new@example.org", "bo@example.org"):
        password_reset.request(address)
    closing.erase(User.objects.get(pk=user.pk))
    left = password_reset.PasswordResetRequest.objects.values_list("address", flat=True)
    assert list(left) == ["bo@example.org"]


def test_erased_person_follows_nothing() -> None:
    ada, other = make_attendee(), make_attendee()
    host = Host.objects.create(name="Lanterns", slug="lanterns")
    event = make_event(opens_at=NOON + timedelta(days=1))
    for attendee in (ada, other):
        follows.follow(attendee, host=host)
        follows.follow(attendee, event=event)
    closing.erase(ada.user)
    assert set(Follow.objects.values_list("attendee", flat=True)) == {other.pk}


def test_erased_organizer_has_no_columns_left() -> None:
    one, other = make_organizer(), make_organizer()
    for user in (one, other):
        user.export_columns.create(kind="payments", columns=["name"])
    closing.erase(one)
    assert [c.user for c in ExportColumns.objects.all()] == [other]


# --- Money ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by_choice", "money"), [(True, "paid"), (False, "refund_due")])
def test_money_of_erased_people_follows_who_decided_l1(
    clock: time_machine.Traveller, *, by_choice: bool, money: str
) -> None:
    event = make_event(price=500, refund_days=2)
    held = register(make_attendee(), event)
    manual.mark_paid(registration=held, by=make_organizer())
    clock.shift(timedelta(days=6))
    closing.erase(held.attendee.user, by_choice=by_choice)
    assert Payment.objects.get().status == money


@pytest.mark.parametrize(("by_choice", "money"), [(True, "paid"), (False, "refund_due")])
def test_interrupted_erasure_is_finished_by_the_same_rule_l1(
    clock: time_machine.Traveller, *, by_choice: bool, money: str
) -> None:
    """Housekeeping gives up the places, when nobody knows any more who pressed the button."""
    held = register(make_attendee(), make_event(price=500, refund_days=2))
    manual.mark_paid(registration=held, by=make_organizer())
    clock.shift(timedelta(days=6))
    closing._anonymize(held.attendee.user, by_choice=by_choice)
    housekeeping.run()
    assert Payment.objects.get().status == money


def test_erasing_again_changes_no_rule_l1() -> None:
    user = make_attendee().user
    closing.erase(user, by_choice=True)
    closing.erase(user, by_choice=False)
    assert Attendee.objects.get().left_by_choice is True


def test_what_an_erased_organizer_wrote_stays_with_the_event_without_them() -> None:
    user = make_user()
    announcement = make_announcement(make_event(), author=user)
    closing.erase(user)
    announcement.refresh_from_db()
    assert (announcement.author, announcement.subject) == (None, "News")
