"""What the event form says that saving would do, for each kind of change, before it is done."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from events import places
from events.admin import shown
from events.models import Event, Notification, Payment, Registration
from events.payments.providers import manual
from tests.factories import (
    make_attendee,
    make_event,
    make_local_attendee,
    make_perk,
    make_user,
    make_workshop,
)
from tests.lines import register

from .ledgers import make_money, make_refund
from .pages import ADD, affected, agreement, effects, fields, page_of, press_save, said, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    """Two hours from noon, a workshop in each."""
    event = make_event(title="Jam", slug="jam", organizers=[mika])
    make_workshop(event, title="Mixing")
    make_workshop(event, title="Later", starts_at=event.starts_at + timedelta(hours=1))
    return event


def sign_up(event: Event, name: str, *titles: str) -> Registration:
    """Somebody with a confirmed address who signs up for the event and some of its workshops."""
    user = make_user(username=f"account-{name}")
    fields = {"neos_id": f"U-{name}", "neos_username": name, "email_confirmed_at": timezone.now()}
    make_attendee(user=user, **fields)
    registration = places.register(user=user, bookable=event)
    for title in titles:
        places.register(user=user, bookable=event.workshops.get(title=title))
    return registration


def asked(browser: Client, event: Event, **changes: Any) -> list[str]:
    """Return what the form says when it asks; nothing if it was saved at once."""
    response = press_save(browser, page_of(event), **changes)
    if not agreement(response):
        assert response.status_code == 302
        return []
    return effects(response)


# --- Times ----------------------------------------------------------------------------------------


def test_moved_event_says_the_times_and_who_is_told(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada")
    sign_up(jam, "Bo")
    response = press_save(browser, page_of(jam), ends_at_1="15:00")
    assert effects(response) == [
        "“Jam” is moved: Sat 8 June 2030, 12:00 to 15:00 instead of Sat 8 June 2030, 12:00 to "
        "14:00.",
        "2 people get a message with the old and the new time.",
    ]
    assert affected(response) == ["Ada (U-Ada) · Bo (U-Bo)"]


def test_moved_event_without_people_asks_nothing(browser: Client, jam: Event) -> None:
    assert asked(browser, jam, ends_at_1="15:00") == []


def test_moved_workshops_name_who_clashes(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing", "Later")
    sign_up(jam, "Bo", "Later")
    moved = {"workshops-0-starts_at_1": "13:00", "workshops-0-ends_at_1": "14:00"}
    response = press_save(browser, page_of(jam), **moved)
    assert effects(response) == [
        "“Mixing” is moved: Sat 8 June 2030, 13:00 to 14:00 instead of Sat 8 June 2030, 12:00 to "
        "13:00.",
        "1 person gets a message with the old and the new time.",
        "1 person will have two workshops at the same time and is told:",
    ]
    assert affected(response) == ["Ada (U-Ada)", "Ada (U-Ada): “Mixing” and “Later”"]


def test_people_without_a_confirmed_address_are_counted_and_named(
    browser: Client, jam: Event
) -> None:
    sign_up(jam, "Ada")
    register(make_attendee(neos_id="U-Bo", neos_username="Bo"), jam)
    response = press_save(browser, page_of(jam), ends_at_1="15:00")
    assert effects(response)[1:] == [
        "1 person gets a message with the old and the new time.",
        "1 person cannot be reached, because there is no confirmed address.",
    ]
    assert affected(response) == ["Ada (U-Ada)", "Bo (U-Bo)"]


def test_saved_change_says_how_many_people_are_told(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada")
    register(make_attendee(neos_id="U-Bo", neos_username="Bo"), jam)
    assert said(save(browser, page_of(jam), ends_at_1="15:00"))[:2] == [
        "1 person gets a message about it.",
        "1 person cannot be reached, because there is no confirmed address.",
    ]
    quiet = said(save(browser, page_of(jam), summary="Other"))
    assert [line for line in quiet if "message" in line or "reached" in line] == []


def test_only_some_people_are_named(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "MAX_NAMES", 2)
    for name in ["Ada", "Bo", "Cy", "Di"]:
        sign_up(jam, name)
    response = press_save(browser, page_of(jam), ends_at_1="15:00")
    assert affected(response) == ["Ada (U-Ada) · Bo (U-Bo) · 2 more"]


def test_name_with_markup_is_shown_as_it_is(browser: Client, jam: Event) -> None:
    register(make_attendee(neos_id="U-x", neos_username="<b>Eve</b>"), jam)
    response = press_save(browser, page_of(jam), ends_at_1="15:00")
    assert affected(response)[0] == "<b>Eve</b> (U-x)"
    assert b"<b>Eve" not in response.content


def test_draw_that_is_moved_says_when(browser: Client, mika: User) -> None:
    draw_at = timezone.now() + timedelta(days=2)
    raffle = make_event(title="Raffle", organizers=[mika], draw_at=draw_at)
    sign_up(raffle, "Ada")
    response = press_save(browser, page_of(raffle), draw_at_1="18:00")
    assert effects(response) == [
        "The draw is moved: Mon 3 June 2030, 18:00 (UTC) instead of Mon 3 June 2030, 12:00 (UTC).",
        "1 person gets a message with the new time of the draw.",
    ]


def test_published_event_moved_into_the_past_is_asked_about(browser: Client, jam: Event) -> None:
    jam.workshops.all().delete()
    past = {"starts_at_0": "2020-06-08", "ends_at_0": "2020-06-08"}
    assert asked(browser, jam, **past) == [
        "The event is over since Mon 8 June 2020, 14:00 (UTC). Is the date right?"
    ]


def test_event_that_is_over_is_not_asked_about_again(browser: Client, mika: User) -> None:
    old = make_event(organizers=[mika], starts_at=timezone.now() - timedelta(days=2))
    sign_up_before = Registration.objects.count()
    assert asked(browser, old, summary="It was good", price="9.00", session_url="") == []
    assert Registration.objects.count() == sign_up_before


# --- Status ---------------------------------------------------------------------------------------


def test_draft_published_in_the_past_is_asked_about(browser: Client, mika: User) -> None:
    starts_at = timezone.now() - timedelta(days=2)
    draft = make_event(organizers=[mika], status="draft", starts_at=starts_at)
    assert asked(browser, draft, status="published") == [
        "The event is over since Thu 30 May 2030, 14:00 (UTC). Is the date right?"
    ]


def test_draft_published_after_its_registration_is_asked_about(browser: Client, mika: User) -> None:
    closes_at = timezone.now() - timedelta(hours=1)
    draft = make_event(organizers=[mika], status="draft", closes_at=closes_at)
    assert asked(browser, draft, status="published") == [
        "Registration is closed already: nobody can sign up."
    ]


def test_ordinary_draft_is_published_without_a_question(browser: Client, mika: User) -> None:
    draft = make_event(organizers=[mika], status="draft", starts_at=None)
    assert asked(browser, draft, status="published") == []


def test_new_event_published_in_the_past_is_asked_about(browser: Client) -> None:
    form = fields(browser.get(ADD)) | {
        "title": "Old",
        "slug": "old",
        "status": "published",
        "starts_at_0": "2020-06-08",
        "starts_at_1": "12:00",
        "ends_at_0": "2020-06-08",
        "ends_at_1": "14:00",
    }
    response = browser.post(ADD, form)
    assert effects(response) == [
        "The event is over since Mon 8 June 2020, 14:00 (UTC). Is the date right?"
    ]
    assert Event.objects.count() == 0
    again = browser.post(ADD, fields(response) | agreement(response))
    assert (again.status_code, Event.objects.get().slug) == (302, "old")


def test_copy_is_a_draft_and_asks_nothing(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada")
    changes = {"slug": "copy", "_saveasnew": "1", "ends_at_1": "15:00", "price": "9.00"}
    assert asked(browser, jam, **changes) == []
    assert Event.objects.get(slug="copy").status == "draft"


def test_unpublished_event_leaves_the_site(browser: Client, jam: Event) -> None:
    assert asked(browser, jam, status="draft") == [
        "The event becomes a draft: only its organizers see its page."
    ]


def test_cancelled_event_that_becomes_a_draft_is_asked_about(browser: Client, jam: Event) -> None:
    Event.objects.update(status="cancelled")
    assert asked(browser, jam, status="draft") == [
        "The event becomes a draft: only its organizers see its page."
    ]


def test_unlisted_event_leaves_the_list(browser: Client, jam: Event) -> None:
    form = fields(browser.get(page_of(jam)))
    del form["listed"]
    assert effects(browser.post(page_of(jam), form)) == [
        "The event leaves the public list. People who have the link still see it."
    ]


def test_cancelled_event_tells_and_says_no_more_of_its_places(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada")
    changes = {"status": "cancelled", "capacity": "0", "price": "9.00"}
    assert asked(browser, jam, **changes) == [
        "1 person gets a message that the event is cancelled."
    ]


def test_restored_event_says_its_new_time(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada")
    Event.objects.update(status="cancelled")
    assert asked(browser, jam, status="published", ends_at_1="15:00") == [
        "“Jam” is moved: Sat 8 June 2030, 12:00 to 15:00 instead of Sat 8 June 2030, 12:00 to "
        "14:00.",
        "1 person gets a message that the event takes place after all.",
    ]


# --- Money ----------------------------------------------------------------------------------------


def test_money_that_goes_back_is_summed_by_currency(
    browser: Client, mika: User, jam: Event
) -> None:
    Event.objects.update(price=500)
    jam.refresh_from_db()
    for name in ["Ada", "Bo"]:
        manual.mark_paid(registration=sign_up(jam, name), by=mika)
    Payment.objects.filter(registration__attendee__neos_username="Bo").update(
        provider="sandbox", currency="JPY", amount=800
    )
    response = press_save(browser, page_of(jam), status="cancelled")
    assert effects(response)[1:] == [
        "2 payments go back in full (€5.00 + ¥800), and then the event stays cancelled.",
        "1 of them was noted by hand (€5.00): send the money back yourself, and note it in the "
        "list of payments.",
    ]
    assert affected(response)[1:] == ["Ada (U-Ada) · Bo (U-Bo)", "Ada (U-Ada)"]
    assert set(Payment.objects.values_list("status", flat=True)) == {"paid"}


def test_money_that_went_back_before_is_not_counted_twice(browser: Client, jam: Event) -> None:
    payment = make_money(jam, provider="sandbox", amount=900)
    make_refund(payment, amount=200, status="done")
    assert asked(browser, jam, status="cancelled")[-1] == (
        "1 payment goes back in full (€7.00), and then the event stays cancelled."
    )


@pytest.mark.parametrize(
    ("before", "typed", "said"),
    [
        (500, "7.00", "from €5.00 to €7.00"),
        (500, "3.00", "from €5.00 to €3.00"),
        (0, "3.00", "from €0.00 to €3.00"),
        (500, "0", "from €5.00 to €0.00"),
    ],
)
def test_other_price_is_for_people_from_now_on(
    browser: Client, jam: Event, before: int, typed: str, said: str
) -> None:
    Event.objects.update(price=before)
    jam.refresh_from_db()
    held = sign_up(jam, "Ada")
    response = press_save(browser, page_of(jam), price=typed)
    assert effects(response) == [
        f"The price of “Jam” changes {said} for everybody who takes a place from now on, also from "
        "the waitlist.",
        "1 person has a place at “Jam” and keeps the old price.",
    ]
    assert affected(response) == ["Ada (U-Ada)"]
    browser.post(page_of(jam), fields(response) | agreement(response))
    held.refresh_from_db()
    assert held.amount == before


def test_other_currency_is_another_price(browser: Client, jam: Event) -> None:
    Event.objects.update(price=500)
    jam.refresh_from_db()
    sign_up(jam, "Ada")
    assert asked(browser, jam, currency="JPY", price="500")[0] == (
        "The price of “Jam” changes from €5.00 to ¥500 for everybody who takes a place from now "
        "on, also from the waitlist."
    )


def test_other_currency_of_what_is_free_asks_nothing(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing")
    assert asked(browser, jam, currency="JPY") == []


def test_other_price_of_a_workshop_names_it(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing")
    sign_up(jam, "Bo")
    response = press_save(browser, page_of(jam), **{"workshops-0-price": "4.00"})
    assert effects(response)[1:] == ["1 person has a place at “Mixing” and keeps the old price."]
    assert affected(response) == ["Ada (U-Ada)"]


def test_other_price_with_people_only_waiting_is_asked_about(browser: Client, mika: User) -> None:
    full = make_event(title="Full", organizers=[mika], capacity=0)
    sign_up(full, "Ada")
    assert asked(browser, full, price="4.00") == [
        "The price of “Full” changes from €0.00 to €4.00 for everybody who takes a place from now "
        "on, also from the waitlist."
    ]


def test_other_price_without_people_asks_nothing(browser: Client, jam: Event) -> None:
    assert asked(browser, jam, price="4.00") == []


@pytest.mark.parametrize(
    ("name", "value", "is_asked"),
    [("discount_percent", "20", True), ("early_hours", "5", True), ("label", "Friend", False)],
)
def test_other_perks_are_for_people_from_now_on(
    browser: Client, jam: Event, name: str, value: str, *, is_asked: bool
) -> None:
    make_perk(jam, discount_percent=50)
    sign_up(jam, "Ada")
    sentence = (
        "People who have a place keep the price that they agreed to. The new patron perks are for "
        "everybody who takes one from now on, and for people on the waitlist."
    )
    assert asked(browser, jam, **{f"perks-0-{name}": value}) == [sentence] * is_asked


def test_perk_that_is_deleted_is_asked_about(browser: Client, jam: Event) -> None:
    make_perk(jam, discount_percent=50)
    sign_up(jam, "Ada")
    assert len(asked(browser, jam, **{"perks-0-DELETE": "on"})) == 1


# --- The waitlist, and terms of payment -----------------------------------------------------------

NO_WAITLIST = {"has_waitlist": []}


def fill(event: Event, **fields: Any) -> Event:
    """Let two people wait at an event that has no place, whose fields are these otherwise."""
    Event.objects.filter(pk=event.pk).update(capacity=0)
    for name in ["Ada", "Bo"]:
        sign_up(event, name)
    Event.objects.filter(pk=event.pk).update(**fields)
    event.refresh_from_db()
    return event


def test_waitlist_that_is_closed_says_who_keeps_their_spots(browser: Client, jam: Event) -> None:
    response = press_save(browser, page_of(fill(jam)), **NO_WAITLIST)
    assert effects(response) == [
        "2 people wait for a place at “Jam”, keep their spots and still move up. Nobody else can "
        "join the waitlist."
    ]
    assert affected(response) == ["Ada (U-Ada) · Bo (U-Bo)"]
    browser.post(page_of(jam), fields(response) | agreement(response) | NO_WAITLIST)
    jam.refresh_from_db()
    assert (jam.has_waitlist, jam.registrations.waiting().count()) == (False, 2)


def test_waitlist_of_a_workshop_that_is_closed_names_it(browser: Client, jam: Event) -> None:
    jam.workshops.filter(title="Mixing").update(capacity=0)
    sign_up(jam, "Ada", "Mixing")
    sign_up(jam, "Bo")
    response = press_save(browser, page_of(jam), **{"workshops-0-has_waitlist": []})
    assert effects(response) == [
        "1 person waits for a place at “Mixing”, keeps the spot and still moves up. Nobody else "
        "can join the waitlist."
    ]
    assert affected(response) == ["Ada (U-Ada)"]


def test_waitlist_without_people_is_closed_without_a_question(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada")
    assert asked(browser, jam, **NO_WAITLIST) == []


def test_close_before_the_start_says_who_moves_up_for_a_shorter_time(
    browser: Client, jam: Event
) -> None:
    response = press_save(
        browser, page_of(fill(jam)), closes_at_0="2030-06-07", closes_at_1="12:00"
    )
    assert effects(response) == [
        "2 people wait for a place at “Jam”, and move up until Sat 8 June 2030, 12:00 (UTC) only, "
        "instead of Sat 8 June 2030, 14:00 (UTC)."
    ]
    assert affected(response) == ["Ada (U-Ada) · Bo (U-Bo)"]


def test_earlier_close_of_both_before_the_start_asks_nothing(browser: Client, jam: Event) -> None:
    """People who wait move up until the start, so nothing is other for them."""
    fill(jam, closes_at=jam.starts_at - timedelta(days=1))
    assert asked(browser, jam, closes_at_0="2030-06-05", closes_at_1="12:00") == []


def test_later_close_asks_nothing(browser: Client, jam: Event) -> None:
    fill(jam, closes_at=jam.starts_at - timedelta(days=1))
    assert asked(browser, jam, closes_at_0="", closes_at_1="") == []


def test_event_that_is_moved_earlier_says_nothing_of_its_close(browser: Client, jam: Event) -> None:
    jam.workshops.all().delete()
    found = asked(browser, fill(jam), starts_at_0="2030-06-07", ends_at_0="2030-06-07")
    assert [one for one in found if "move up" in one] == []


def test_close_that_has_passed_says_that_nobody_new_gets_in(browser: Client, jam: Event) -> None:
    past = {"closes_at_0": "2030-06-01", "closes_at_1": "11:00"}
    assert asked(browser, jam, **past) == ["Registration closes at once: nobody new can sign up."]
    Event.objects.update(closes_at=timezone.now() - timedelta(hours=2))
    assert asked(browser, jam, **past) == []


def paid_event(event: Event) -> Registration:
    """Let Ada have a place that costs money, and Bo wait for one."""
    Event.objects.filter(pk=event.pk).update(price=500, capacity=1, refund_days=5)
    event.refresh_from_db()
    held = sign_up(event, "Ada")
    sign_up(event, "Bo")
    return held


@pytest.mark.parametrize("days", ["2", "7", ""])
def test_other_refund_terms_are_not_for_who_has_a_place(
    browser: Client, jam: Event, days: str
) -> None:
    held = paid_event(jam)
    response = press_save(browser, page_of(jam), refund_days=days)
    assert effects(response) == [
        "1 person has a place that costs money, and keeps the refund terms that they agreed to.",
        "1 person waits for a place that costs money, and gets the new refund terms when moving "
        "up.",
    ]
    assert affected(response) == ["Ada (U-Ada)", "Bo (U-Bo)"]
    agreed = held.refund_until
    browser.post(page_of(jam), fields(response) | agreement(response))
    held.refresh_from_db()
    assert (held.refund_until, held.refund_days) == (agreed, 5)


def test_restored_event_says_who_keeps_refund_terms(browser: Client, jam: Event) -> None:
    paid_event(jam)
    Event.objects.update(status="cancelled")
    assert asked(browser, jam, status="published", refund_days="2")[0] == (
        "1 person has a place that costs money, and keeps the refund terms that they agreed to."
    )


def test_refund_terms_that_people_have_already_ask_nothing(browser: Client, jam: Event) -> None:
    paid_event(jam)
    Registration.objects.filter(status="waitlisted").delete()
    Event.objects.update(refund_days=2)
    assert asked(browser, jam, refund_days="5") == []


def test_refund_terms_of_what_is_free_ask_nothing(browser: Client, jam: Event) -> None:
    sign_up(fill(jam), "Cy")
    assert asked(browser, jam, refund_days="5", payment_days="2") == []


def test_refund_terms_count_a_person_with_two_places_once(browser: Client, jam: Event) -> None:
    jam.workshops.update(price=300)
    held = sign_up(jam, "Ada", "Mixing", "Later")
    assert asked(browser, jam, refund_days="5") == [
        "1 person has a place that costs money, and keeps the refund terms that they agreed to."
    ]
    assert held.amount == 0


@pytest.mark.parametrize("days", ["2", "30"])
def test_other_time_to_pay_leaves_deadlines_as_they_are(
    browser: Client, jam: Event, settings: Settings, days: str
) -> None:
    settings.PAYMENT_BY_HAND = True
    held = paid_event(jam)
    deadline = held.hold_until
    response = press_save(browser, page_of(jam), payment_days=days)
    assert effects(response) == [
        "1 person still has to pay, and keeps the deadline that they were told.",
        "1 person waits for a place that costs money, and gets the new time to pay when moving up.",
    ]
    browser.post(page_of(jam), fields(response) | agreement(response))
    held.refresh_from_db()
    assert held.hold_until == deadline


def test_time_to_pay_that_a_provider_sets_asks_nothing(browser: Client, jam: Event) -> None:
    paid_event(jam)
    assert asked(browser, jam, payment_days="2") == []


def test_time_to_pay_of_who_has_paid_asks_nothing(
    browser: Client, mika: User, jam: Event, settings: Settings
) -> None:
    settings.PAYMENT_BY_HAND = True
    manual.mark_paid(registration=paid_event(jam), by=mika)
    Registration.objects.filter(status="waitlisted").delete()
    assert asked(browser, jam, payment_days="2") == []


# --- Places and conditions ------------------------------------------------------------------------


def test_capacity_below_those_in_says_so(browser: Client, jam: Event) -> None:
    for name in ["Ada", "Bo"]:
        sign_up(jam, name, "Mixing")
    changes = {"capacity": "1", "workshops-0-capacity": "0", "workshops-1-capacity": "0"}
    rest = (
        "places, and 2 are taken. Nobody loses a place, and nobody new gets one until enough "
        "people have left."
    )
    assert asked(browser, jam, **changes) == [f"“Jam” has 1 {rest}", f"“Mixing” has 0 {rest}"]


def test_capacity_above_those_in_asks_nothing(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing")
    assert asked(browser, jam, **{"capacity": "1", "workshops-0-capacity": "1"}) == []


@pytest.mark.parametrize(("price", "more"), [(0, ""), (500, " and has to pay")])
def test_people_who_would_move_up_are_named(
    browser: Client, mika: User, price: int, more: str
) -> None:
    full = make_event(organizers=[mika], capacity=1, price=price)
    for name in ["Ada", "Bo", "Cy"]:
        sign_up(full, name)
    response = press_save(browser, page_of(full), capacity="2")
    assert effects(response) == [f"1 person moves up from the waitlist{more}."]
    assert affected(response) == ["Bo (U-Bo)"]


def test_gate_names_people_without_neos(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada")
    places.register(user=make_local_attendee(display_name="Lo").user, bookable=jam)
    response = press_save(browser, page_of(jam), neos_required="on")
    assert effects(response) == [
        "1 person who has a place or waits has no Neos account. Who has a place keeps it; who "
        "waits does not move up without one."
    ]
    assert affected(response) == ["Lo (–)"]


@pytest.mark.parametrize(("before", "typed", "is_asked"), [(0, "5.00", 1), (500, "0", 0)])
def test_higher_pledge_is_for_people_from_now_on(
    browser: Client, jam: Event, before: int, typed: str, is_asked: int
) -> None:
    sign_up(jam, "Ada")
    Event.objects.update(patron_cents=before)
    sentence = (
        "People who have a place keep it. The new pledge is for everybody who takes one from now "
        "on, and for people on the waitlist."
    )
    assert asked(browser, jam, patron_cents=typed) == [sentence] * is_asked


def test_other_session_says_who_is_told(browser: Client, jam: Event) -> None:
    Event.objects.update(session_url="https://example.org/old")
    sign_up(jam, "Ada")
    sign_up(jam, "Bo")
    assert asked(browser, jam, session_url="https://example.org/new") == []
    ada = Notification.objects.filter(attendee__neos_username="Ada")
    ada.update(kind="session-open", state="sent", sent_at=timezone.now())
    response = press_save(browser, page_of(jam), session_url="https://example.org/third")
    assert effects(response) == [
        "1 person who could see the old link into the session gets a message with what to do."
    ]
    assert affected(response) == ["Ada (U-Ada)"]
    response = press_save(browser, page_of(jam), session_url="")
    assert effects(response) == [
        "There is no link into the session any more, until you write another one.",
        "1 person who could see the old link into the session gets a message with what to do.",
    ]


def test_workshop_without_people_is_deleted_without_a_question(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Later")
    assert asked(browser, jam, **{"workshops-0-DELETE": "on"}) == []
    assert [each.title for each in jam.workshops.all()] == ["Later"]


def test_words_are_changed_without_a_question(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing")
    changes = {"title": "Jam!", "summary": "Bring a mask", "workshops-0-summary": "Loud"}
    assert asked(browser, jam, **changes) == []
