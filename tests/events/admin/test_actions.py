"""What organizers do with registrations: asked first, done by the rules, told how it went."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.admin import actions
from events.models import Event, Notification, Payment, Registration
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop, statuses

from .conftest import SignedIn
from .pages import REGISTRATIONS, act, confirm, errors, read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHANGED_1 = "1 registration changed."
CHANGED_2 = "2 registrations changed."
LEFT_1 = "1 was left as it was, because its status or time does not allow it."
LEFT_2 = "2 were left as they were, because their status or time does not allow it."
NOTHING = "Nothing was selected."


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], capacity=2)


@pytest.fixture
def line(jam: Event, clock: time_machine.Traveller) -> list[Registration]:
    """Four people one second after the other: two with a place, two waiting."""
    found = []
    for name in ["Ada", "Bo", "Cy", "Di"]:
        user = make_attendee(neos_id=f"U-{name}", neos_username=name).user
        found.append(places.register(user=user, bookable=jam))
        clock.shift(timedelta(seconds=1))
    return found


@pytest.fixture
def held(jam: Event) -> list[Registration]:
    """Two people whose places wait for their money."""
    Event.objects.update(price=500)
    return [places.register(user=make_attendee().user, bookable=jam) for _ in range(2)]


def logged() -> list[tuple[str, str]]:
    """Who did what, in order."""
    entries = LogEntry.objects.order_by("pk")
    return list(entries.values_list("user__username", "change_message"))


# --- Cancel ------------------------------------------------------------------------------------


def test_cancel_asks_first_and_names_everybody(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    page = read(act(browser, "cancel", line[0], line[2]))
    people = [item.text for item in page.first("div", id="content").first("ul").all("li")]
    assert sorted(people) == [
        "Ada (U-Ada) · Jam · confirmed",
        "Cy (U-Cy) · Jam · on the waitlist",
    ]
    assert statuses(jam) == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    assert logged() == []


def test_cancel_moves_the_next_in_line_up(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    response = confirm(browser, "cancel", line[0])
    assert statuses(jam) == ["cancelled", "confirmed", "confirmed", "waitlisted"]
    assert words(response) == [CHANGED_1]
    assert logged() == [("mika", "Cancelled.")]
    owed = Notification.objects.exclude(kind__in=["registered", "waitlisted"])
    assert set(owed.values_list("kind", flat=True)) == {"cancelled", "place-given"}


def test_cancel_counts_done_and_left(browser: Client, line: list[Registration]) -> None:
    places.cancel(registration=line[0])
    response = confirm(browser, "cancel", *line[:3])
    assert words(response) == [CHANGED_2, LEFT_1]
    assert logged() == [("mika", "Cancelled.")] * 2


def test_cancel_twice_leaves_it_as_it_was(browser: Client, line: list[Registration]) -> None:
    confirm(browser, "cancel", line[3])
    again = confirm(browser, "cancel", line[3])
    assert words(again)[-1] == LEFT_1
    assert len(logged()) == 1


def test_cancel_takes_the_workshops_along(browser: Client, jam: Event) -> None:
    user = make_attendee().user
    both = [places.register(user=user, bookable=bookable) for bookable in (jam, make_workshop(jam))]
    response = confirm(browser, "cancel", *both)
    assert set(Registration.objects.values_list("status", flat=True)) == {"cancelled"}
    assert words(response) == [CHANGED_2]


def test_cancel_of_a_paid_place_owes_a_refund(browser: Client, held: list[Registration]) -> None:
    confirm(browser, "mark_paid", held[0])
    confirm(browser, "cancel", held[0])
    assert Payment.objects.get().status == "refund_due"


def test_cancel_after_the_end_changes_nothing(
    signed_in: SignedIn, mika: User, jam: Event, line: list[Registration]
) -> None:
    Event.objects.update(starts_at=NOON - timedelta(hours=2), ends_at=NOON)
    response = confirm(signed_in(mika), "cancel", *line[:2])
    assert words(response) == [LEFT_2]
    assert (statuses(jam)[:2], logged()) == (["confirmed", "confirmed"], [])


def test_cancel_keeps_the_list_as_it_was_filtered(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    address = f"{REGISTRATIONS}?event__id__exact={jam.pk}&status__exact=waitlisted"
    sent = {"action": "cancel", "_selected_action": [str(line[3].pk)], "confirmed": "1"}
    response = browser.post(address, sent)
    assert (response.status_code, response["Location"]) == (302, address)
    assert statuses(jam)[3] == "cancelled"


# --- Mark as paid ------------------------------------------------------------------------------


def test_mark_paid_asks_for_reference_and_note(browser: Client, held: list[Registration]) -> None:
    page = read(act(browser, "mark_paid", held[0]))
    asked = [field.attributes["name"] for field in page.all("input", type="text")]
    assert asked == ["reference", "note"]
    assert "€5.00" in page.text
    assert Payment.objects.count() == 0


def test_mark_paid_confirms_and_stores_who(
    browser: Client, mika: User, held: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", held[0], reference=" TX-1 ", note="by transfer")
    payment = Payment.objects.get()
    assert (payment.reference, payment.note, payment.recorded_by) == ("TX-1", "by transfer", mika)
    assert (payment.amount, payment.currency, payment.status) == (500, "EUR", "paid")
    held[0].refresh_from_db()
    assert held[0].status == "confirmed"
    assert words(response) == [CHANGED_1]
    assert logged() == [("mika", "Marked €5.00 as received.")]


def test_mark_paid_takes_several_without_a_reference(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", *held, note="cash")
    assert statuses(jam) == ["confirmed", "confirmed"]
    assert words(response) == [CHANGED_2]


def test_mark_paid_takes_no_reference_for_several(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", *held, reference="TX-1")
    assert errors(response) == [
        "One reference is for one payment. Leave it empty, or select one registration."
    ]
    assert (statuses(jam), Payment.objects.count()) == (["awaiting_payment"] * 2, 0)


def test_mark_paid_refuses_a_reference_that_was_used(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    confirm(browser, "mark_paid", held[0], reference="TX-1")
    response = confirm(browser, "mark_paid", held[1], reference="TX-1", note="again")
    assert errors(response) == ["Another payment has this reference already."]
    note = read(response).first("input", name="note")
    assert note.attributes["value"] == "again"
    assert statuses(jam) == ["confirmed", "awaiting_payment"]
    assert (Payment.objects.count(), len(logged())) == (1, 1)
    assert Notification.objects.filter(kind="registered").count() == 1


@pytest.mark.parametrize("typed", ["\0", "x" * 121])
def test_mark_paid_refuses_what_is_no_reference(
    browser: Client, held: list[Registration], typed: str
) -> None:
    assert len(errors(confirm(browser, "mark_paid", held[0], reference=typed))) == 1
    assert Payment.objects.count() == 0


def test_mark_paid_leaves_what_owes_nothing(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", line[0], line[2])
    assert words(response) == [LEFT_2]
    assert (Payment.objects.count(), logged()) == (0, [])


def test_mark_paid_twice_counts_once(browser: Client, held: list[Registration]) -> None:
    confirm(browser, "mark_paid", held[0], reference="TX-1")
    again = confirm(browser, "mark_paid", held[0], reference="TX-2")
    assert words(again)[-1] == LEFT_1
    assert Payment.objects.get().reference == "TX-1"


def test_money_for_a_place_that_is_gone_is_to_be_returned(
    browser: Client, jam: Event, held: list[Registration], clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=1))
    Event.objects.update(capacity=1)
    places.register(user=make_attendee().user, bookable=jam)
    response = confirm(browser, "mark_paid", held[0])
    assert words(response) == [
        f"{held[0].attendee.neos_id}: the place is gone, so €5.00 is noted as a refund to make.",
        CHANGED_1,
    ]
    assert Payment.objects.get().status == "refund_due"


# --- Check in ----------------------------------------------------------------------------------


def test_check_in_notes_who_came(browser: Client, line: list[Registration]) -> None:
    response = act(browser, "check_in", line[0])
    assert words(response) == [CHANGED_1]
    assert logged() == [("mika", "Checked in.")]
    came = Registration.objects.filter(checked_in_at__isnull=False)
    assert list(came) == [line[0]]


def test_check_in_twice_changes_nothing(
    browser: Client, line: list[Registration], clock: time_machine.Traveller
) -> None:
    act(browser, "check_in", line[0])
    line[0].refresh_from_db()
    first = line[0].checked_in_at
    clock.shift(timedelta(minutes=5))
    again = act(browser, "check_in", line[0])
    line[0].refresh_from_db()
    assert (words(again)[-1], line[0].checked_in_at) == (LEFT_1, first)
    assert len(logged()) == 1


def test_check_in_needs_a_confirmed_place(browser: Client, line: list[Registration]) -> None:
    response = act(browser, "check_in", line[1], line[2])
    assert words(response) == [CHANGED_1, LEFT_1]


# --- Who may, and how much at once -------------------------------------------------------------


@pytest.mark.parametrize("action", ["cancel", "mark_paid", "check_in"])
def test_actions_need_the_permission(
    signed_in: SignedIn, jam: Event, held: list[Registration], action: str
) -> None:
    """Staff that may only look at registrations, as organizers of the same event."""
    looker = make_user(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_registration"))
    jam.organizers.add(looker)
    browser = signed_in(looker)
    assert len(list(read(browser.get(REGISTRATIONS)).all("select", name="action"))) == 0
    before = list(Registration.objects.values())
    confirm(browser, action, *held)
    assert list(Registration.objects.values()) == before
    assert (Payment.objects.count(), logged()) == (0, [])


@pytest.mark.parametrize("action", ["cancel", "mark_paid", "check_in"])
def test_actions_of_strangers_change_nothing(
    client: Client, signed_in: SignedIn, robin: User, held: list[Registration], action: str
) -> None:
    make_event(organizers=[robin])
    before = list(Registration.objects.values())
    for stranger in [client, signed_in(held[0].attendee.user), signed_in(robin)]:
        confirm(stranger, action, *held)
    assert list(Registration.objects.values()) == before
    assert (Payment.objects.count(), logged()) == (0, [])


def test_organizers_are_offered_these_actions_only(
    browser: Client, line: list[Registration]
) -> None:
    offered = read(browser.get(REGISTRATIONS)).first("select", name="action").all("option")
    assert [option.attributes["value"] for option in offered] == [
        "",
        "cancel",
        "mark_paid",
        "check_in",
    ]


def test_superuser_acts_on_any_event(
    signed_in: SignedIn, superuser: User, jam: Event, line: list[Registration]
) -> None:
    confirm(signed_in(superuser), "cancel", line[0])
    assert statuses(jam)[0] == "cancelled"
    assert logged() == [("root", "Cancelled.")]


@pytest.mark.parametrize("action", ["cancel", "mark_paid", "check_in"])
def test_rows_that_are_gone_are_nothing(browser: Client, action: str) -> None:
    gone = Registration(pk=987654)
    assert words(act(browser, action, gone)) == [NOTHING]
    assert words(confirm(browser, action, gone))[-1] == NOTHING


@pytest.mark.parametrize("action", ["cancel", "mark_paid", "check_in"])
def test_too_many_at_once_are_refused(
    browser: Client,
    line: list[Registration],
    monkeypatch: pytest.MonkeyPatch,
    action: str,
) -> None:
    monkeypatch.setattr(actions, "MOST", 3)
    before = list(Registration.objects.values())
    response = confirm(browser, action, *line)
    assert words(response) == ["Please select at most 3 registrations at a time."]
    assert list(Registration.objects.values()) == before
    assert words(confirm(browser, action, *line[:3]))[-1].startswith(("1", "2", "3"))


def test_question_about_as_many_as_allowed_can_be_answered() -> None:
    """More fields than this in one form are a bad request."""
    assert actions.MOST + 10 < 1000


def test_question_costs_the_same_with_more_people(
    browser: Client, line: list[Registration], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for chosen in [line[:1], line[:3]]:
        with django_assert_num_queries(11):
            act(browser, "cancel", *chosen)
