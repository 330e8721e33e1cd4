"""What the event form says that saving would do, for each kind of change, before it is done."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

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
from .pages import ADD, affected, agreement, effects, fields, page_of, press_save

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
        "2 people get a message with the old and the new time.",
        "1 of them has no confirmed address, so no message arrives.",
    ]
    assert affected(response) == ["Ada (U-Ada) · Bo (U-Bo)", "Bo (U-Bo)"]


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


@pytest.mark.parametrize(
    ("price", "said"), [(0, "and gets a message."), (500, "and is asked to pay.")]
)
def test_people_who_would_move_up_are_named(
    browser: Client, mika: User, price: int, said: str
) -> None:
    full = make_event(organizers=[mika], capacity=1, price=price)
    for name in ["Ada", "Bo", "Cy"]:
        sign_up(full, name)
    response = press_save(browser, page_of(full), capacity="2")
    assert effects(response) == [f"1 person moves up from the waitlist {said}"]
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
