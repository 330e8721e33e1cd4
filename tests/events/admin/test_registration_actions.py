"""Actions of organizers on registrations: asked first, done by the rules, told how it went."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.admin import confirmed_actions
from events.models import Event, Notification, Payment, Registration
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop, statuses

from .conftest import SignedIn
from .pages import (
    CHANGED_1,
    CHANGED_2,
    LEFT_1,
    LEFT_2,
    REGISTRATIONS,
    act,
    confirm,
    logged,
    person,
    read,
    version,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NOTHING = "Nothing was selected."
ACTIONS = ["cancel", "promote", "mark_paid", "check_in", "undo_check_in"]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], capacity=2)


# --- Cancel ------------------------------------------------------------------------------------


def test_cancel_asks_first_and_names_everybody(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    page = read(act(browser, "cancel", line[0], line[2]))
    people = [item.raw for item in page.first("div", id="content").first("ul").all("li")]
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
    places.cancel(registration=line[0], in_full=False)
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


def test_cancel_by_organizers_gives_back_whatever_the_policy_says(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    Registration.objects.update(refund_until=None)
    for registration in held:
        confirm(browser, "mark_paid", registration)
    places.cancel(registration=held[0], in_full=False)
    confirm(browser, "cancel", held[1])
    found = Payment.objects.order_by("pk").values_list("status", "problem")
    assert list(found) == [("paid", ""), ("refund_due", "cancelled")]


def test_cancel_says_what_comes_back(browser: Client, jam: Event, held: list[Registration]) -> None:
    mixing = make_workshop(jam, title="Mixing", price=300)
    confirm(browser, "mark_paid", held[0])
    both = [held[0], places.register(user=held[0].attendee.user, bookable=mixing)]
    confirm(browser, "mark_paid", both[1])
    page = read(act(browser, "cancel", *both, held[1]))
    people = [item.raw for item in page.first("div", id="content").first("ul").all("li")]
    assert sorted(people) == sorted(
        [
            f"{person(held[0])} · {jam.title} · confirmed · €5.00 · €8.00 goes back",
            f"{person(held[0])} · Mixing · confirmed · €3.00 · €3.00 goes back",
            f"{person(held[1])} · {jam.title} · waiting for payment · €5.00",
        ]
    )
    confirm(browser, "cancel", both[0])
    assert set(Payment.objects.values_list("status", flat=True)) == {"refund_due"}


def test_cancel_adds_up_each_currency(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    confirm(browser, "mark_paid", held[0])
    Event.objects.update(currency="JPY")
    workshop = make_workshop(Event.objects.get(), price=300)
    confirm(
        browser,
        "mark_paid",
        places.register(user=held[0].attendee.user, bookable=workshop),
    )
    page = read(act(browser, "cancel", held[0]))
    assert "€5.00 + ¥300 goes back" in page.first("div", id="content").text


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
    sent = {"action": "cancel", "_selected_action": [str(line[3].pk)]}
    said = {"confirmed": "1", "version": version(browser.post(address, sent))}
    response = browser.post(address, sent | said)
    assert (response.status_code, response["Location"]) == (302, address)
    assert statuses(jam)[3] == "cancelled"


# --- Check in ----------------------------------------------------------------------------------


@pytest.fixture
def soon(jam: Event, line: list[Registration]) -> list[Registration]:
    """The line, three hours before the start."""
    jam.starts_at, jam.ends_at = NOON + timedelta(hours=3), NOON + timedelta(hours=4)
    jam.save()
    for registration in line:
        registration.event = jam
    return line


def test_check_in_long_before_the_start_asks_first_and_says_when(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    asked = read(act(browser, "check_in", line[0])).first("div", id="content")
    assert asked.first("p").text.startswith("It is still long before the start.")
    (item,) = asked.first("ul").all("li")
    assert item.raw == "Ada (U-Ada) · Jam · confirmed · starts Sat 8 June 2030, 12:00 (UTC)"
    assert (logged(), came()) == ([], [])
    assert words(confirm(browser, "check_in", line[0])) == [CHANGED_1]
    assert (logged(), came()) == ([("mika", "Checked in.")], ["Ada"])


def test_check_in_long_before_the_start_asks_also_if_one_of_two_starts_soon(
    browser: Client, mika: User, soon: list[Registration]
) -> None:
    later = make_event(organizers=[mika])
    other = places.register(user=make_attendee().user, bookable=later)
    assert version(act(browser, "check_in", soon[0], other)) != ""
    assert came() == []


def test_undo_check_in_takes_it_back_once(browser: Client, soon: list[Registration]) -> None:
    act(browser, "check_in", *soon[:2])
    responses = [act(browser, "undo_check_in", *soon[:2]) for _ in range(2)]
    assert words(responses[1])[-2:] == [CHANGED_2, LEFT_2]
    when = "Sat 1 June 2030, 12:00 (UTC)"
    assert logged()[2:] == [("mika", f"Check-in taken back. It was noted at {when}.")] * 2
    assert came() == []


def came() -> list[str]:
    q = Registration.objects.filter(checked_in_at__isnull=False).order_by("pk")
    return list(q.values_list("attendee__neos_username", flat=True))


def test_check_in_notes_who_came(browser: Client, soon: list[Registration]) -> None:
    response = act(browser, "check_in", soon[0])
    assert words(response) == [CHANGED_1]
    assert logged() == [("mika", "Checked in.")]
    assert came() == ["Ada"]


def test_check_in_twice_changes_nothing(
    browser: Client, soon: list[Registration], clock: time_machine.Traveller
) -> None:
    act(browser, "check_in", soon[0])
    soon[0].refresh_from_db()
    first = soon[0].checked_in_at
    clock.shift(timedelta(minutes=5))
    again = act(browser, "check_in", soon[0])
    soon[0].refresh_from_db()
    assert (words(again)[-1], soon[0].checked_in_at) == (LEFT_1, first)
    assert len(logged()) == 1


def test_check_in_needs_a_confirmed_place(browser: Client, soon: list[Registration]) -> None:
    response = act(browser, "check_in", soon[1], soon[2])
    assert words(response) == [CHANGED_1, LEFT_1]


# --- Who may, and how much at once -------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
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


@pytest.mark.parametrize("action", ACTIONS)
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
        "promote",
        "mark_paid",
        "check_in",
        "undo_check_in",
    ]


def test_superuser_acts_on_any_event(
    signed_in: SignedIn, superuser: User, jam: Event, line: list[Registration]
) -> None:
    confirm(signed_in(superuser), "cancel", line[0])
    assert statuses(jam)[0] == "cancelled"
    assert logged() == [("root", "Cancelled.")]


@pytest.mark.parametrize("action", ACTIONS)
def test_rows_that_are_gone_are_nothing(browser: Client, action: str) -> None:
    gone = Registration(pk=987654)
    assert words(act(browser, action, gone)) == [NOTHING]
    assert words(confirm(browser, action, gone))[-1] == NOTHING


@pytest.mark.parametrize("action", ACTIONS)
def test_too_many_at_once_are_refused(
    browser: Client,
    line: list[Registration],
    monkeypatch: pytest.MonkeyPatch,
    action: str,
) -> None:
    monkeypatch.setattr(confirmed_actions, "MAX_SELECTED_ROWS", 3)
    before = list(Registration.objects.values())
    response = confirm(browser, action, *line)
    assert words(response) == ["Please select at most 3 rows at a time."]
    assert list(Registration.objects.values()) == before
    assert words(confirm(browser, action, *line[:3]))[-1].startswith(("1", "2", "3"))


def test_question_about_as_many_as_allowed_can_be_answered() -> None:
    """More fields than this in one form are a bad request."""
    assert confirmed_actions.MAX_SELECTED_ROWS + 10 < 1000


def test_question_costs_the_same_with_more_people(
    browser: Client, line: list[Registration], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for chosen in [line[:1], line[:3]]:
        with django_assert_num_queries(13):
            act(browser, "cancel", *chosen)
