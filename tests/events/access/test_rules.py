"""Every refusal: that it is there when it must be, and not when it need not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from events.access import rules
from events.access.facts import Occupancy, read_facts
from events.access.refusals import Code, Refusal
from events.models import Attendee, Block, Bookable, Event, Registration
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_perk,
    make_user,
    make_workshop,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def refusals(bookable: Bookable, attendee: Attendee | None) -> list[Refusal]:
    event = bookable.event
    if attendee is not None:
        attendee = Attendee.objects.facing(event).get(pk=attendee.pk)
    return rules.refusals(read_facts(event, attendee, NOON), bookable)


def codes(bookable: Bookable, attendee: Attendee | None) -> list[str]:
    return [refusal.code.value for refusal in refusals(bookable, attendee)]


def hold(attendee: Attendee, bookable: Bookable, status: str = "confirmed") -> Registration:
    return Registration.objects.create(
        attendee=attendee,
        event=bookable.event,
        workshop=None if isinstance(bookable, Event) else bookable,
        status=status,
        created_at=NOON,
        confirmed_at=NOON,
        waitlisted_at=NOON,
        taken_at=NOON,
        hold_until=NOON + DAY,
    )


def test_refusals_are_none_for_a_verified_person_at_an_open_event() -> None:
    assert codes(make_event(neos_required=True), make_attendee()) == []


def test_refusals_are_none_for_a_local_account_at_a_free_ungated_event() -> None:
    assert codes(make_event(), make_local_attendee()) == []


def test_refusals_all_appear_and_not_just_the_first() -> None:
    event = make_event(status="cancelled", neos_required=True, closes_at=NOON - DAY)
    attendee = make_attendee(neos_email_verified=False, neos_locked=True)
    assert codes(event, attendee) == [
        "event-cancelled",
        "registration-closed",
        "neos-unverified",
        "neos-locked",
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("published", []), ("cancelled", ["event-cancelled"]), ("draft", ["event-draft"])],
)
def test_event_that_is_not_published_is_refused_to_everybody_r1(
    status: str, expected: list[str]
) -> None:
    assert codes(make_event(status=status), make_attendee()) == expected


def test_registration_not_open_names_the_instant() -> None:
    refusal = refusals(make_event(opens_at=NOON + DAY), make_attendee())[0]
    assert (refusal.code, refusal.instant) == (Code.REGISTRATION_NOT_OPEN, NOON + DAY)


def test_registration_not_open_ends_at_the_very_instant() -> None:
    assert codes(make_event(opens_at=NOON), make_attendee()) == []
    assert codes(make_event(opens_at=NOON + timedelta(microseconds=1)), make_attendee()) == [
        "registration-not-open"
    ]


def test_registration_not_open_names_the_patrons_own_instant() -> None:
    event = make_event(opens_at=NOON + 2 * DAY)
    make_perk(event, early_hours=24)
    patron = make_attendee(patreon_cents=600)
    assert refusals(event, patron)[0].instant == NOON + DAY
    assert refusals(event, make_attendee())[0].instant == NOON + 2 * DAY


def test_registration_is_open_early_for_a_patron_alone() -> None:
    event = make_event(opens_at=NOON + DAY)
    make_perk(event, early_hours=24)
    assert codes(event, make_attendee(patreon_cents=600)) == []
    assert codes(event, make_attendee(patreon_cents=599)) == ["registration-not-open"]


def test_registration_closed_begins_at_the_very_instant() -> None:
    assert codes(make_event(closes_at=NOON), make_attendee()) == ["registration-closed"]
    assert codes(make_event(closes_at=NOON + timedelta(microseconds=1)), make_attendee()) == []


def test_registration_closed_when_the_event_is_over_without_a_closing_time() -> None:
    event = make_event(starts_at=NOON - DAY)
    assert codes(event, make_attendee()) == ["registration-closed"]


def test_registration_closes_for_a_workshop_when_it_ends() -> None:
    event = make_event(starts_at=NOON - timedelta(hours=1))
    over = make_workshop(event)
    attendee = make_attendee()
    hold(attendee, event)
    assert codes(over, attendee) == ["registration-closed"]


def test_sign_in_is_required_of_nobody_in_particular() -> None:
    assert codes(make_event(), None) == ["sign-in-required"]
    assert codes(make_event(neos_required=True), None) == ["sign-in-required"]


def test_email_unconfirmed_concerns_only_local_accounts_at_ungated_events() -> None:
    unconfirmed = make_local_attendee(email_confirmed_at=None)
    assert codes(make_event(), unconfirmed) == ["email-unconfirmed"]
    assert codes(make_event(neos_required=True), unconfirmed) == ["neos-required"]
    assert codes(make_event(), make_attendee(email_confirmed_at=None)) == []


@pytest.mark.parametrize("gate", [{"neos_required": True}, {"price": 1}, {"patron_cents": 1}])
def test_neos_is_required_by_every_gate_whatever_the_form_said(gate: dict[str, Any]) -> None:
    assert codes(make_event(**gate), make_local_attendee()) == ["neos-required"]


def test_neos_is_required_by_the_price_of_a_workshop_alone() -> None:
    event = make_event()
    local = make_local_attendee()
    hold(local, event)
    assert codes(make_workshop(event, price=1), local) == ["neos-required"]
    assert codes(make_workshop(event, starts_at=event.starts_at + DAY), local) == []


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ({"neos_email_verified": False}, "neos-unverified"),
        ({"neos_locked": True}, "neos-locked"),
        ({"neos_banned_until": NOON + DAY}, "neos-banned"),
        ({"verified_at": NOON - 30 * DAY - timedelta(seconds=1)}, "neos-stale"),
        ({"verified_at": None}, "neos-stale"),
    ],
)
def test_neos_standing_matters_at_gated_events_only(fact: dict[str, Any], code: str) -> None:
    attendee = make_attendee(**fact)
    assert codes(make_event(neos_required=True), attendee) == [code]
    assert codes(make_event(), attendee) == []


@pytest.mark.parametrize(
    "fact", [{"neos_banned_until": NOON}, {"verified_at": NOON - 30 * DAY}], ids=str
)
def test_neos_standing_is_good_again_at_the_very_instant(fact: dict[str, Any]) -> None:
    assert codes(make_event(neos_required=True), make_attendee(**fact)) == []


def test_neos_banned_names_its_end() -> None:
    attendee = make_attendee(neos_banned_until=NOON + DAY)
    assert refusals(make_event(neos_required=True), attendee)[0].instant == NOON + DAY


def test_patreon_unknown_is_not_the_same_as_no_pledge() -> None:
    event = make_event(patron_cents=600)
    assert codes(event, make_attendee(patreon_known=False)) == ["patreon-unknown"]
    assert codes(event, make_attendee(patreon_cents=599)) == ["patreon-required"]
    assert codes(event, make_attendee(patreon_cents=600)) == []


def test_patreon_required_of_whose_pledge_has_run_out() -> None:
    lapsed = make_attendee(patreon_cents=600, patreon_until=NOON)
    paying = make_attendee(patreon_cents=600, patreon_until=NOON + DAY)
    event = make_event(patron_cents=600)
    assert codes(event, lapsed) == ["patreon-required"]
    assert codes(event, paying) == []


@pytest.mark.parametrize("of_site", [True, False])
def test_blocked_is_by_exact_id_for_the_event_or_the_site(of_site: bool) -> None:  # noqa: FBT001 - a parameter of the test
    event, other = make_event(), make_event()
    blocked, namesake = make_attendee(neos_id="U-Troll"), make_attendee(neos_id="U-troll")
    Block.objects.create(neos_id="U-Troll", event=None if of_site else event)
    assert codes(event, blocked) == ["blocked"]
    assert codes(event, namesake) == []
    assert codes(other, blocked) == (["blocked"] if of_site else [])


@pytest.mark.parametrize("status", ["waitlisted", "awaiting_payment"])
def test_event_place_is_required_to_be_confirmed_for_a_workshop(status: str) -> None:
    event = make_event()
    attendee = make_attendee()
    workshop = make_workshop(event)
    assert codes(workshop, attendee) == ["event-place-required"]
    hold(attendee, event, status)
    assert codes(workshop, attendee) == ["event-place-required"]


def test_time_clash_names_the_other_workshop() -> None:
    event, attendee = make_event(), make_attendee()
    hold(attendee, event)
    held = make_workshop(event, title="First")
    hold(attendee, held)
    clashing = make_workshop(event, starts_at=held.ends_at - timedelta(minutes=1))
    refusal = refusals(clashing, attendee)[0]
    assert refusal.code == Code.TIME_CLASH
    assert refusal.sentence == "It is at the same time as “First”, where you have a place."


def test_time_clash_says_that_one_waits_for_the_other_workshop() -> None:
    event, attendee = make_event(), make_attendee()
    hold(attendee, event)
    hold(attendee, make_workshop(event, title="First"), "waitlisted")
    refusal = refusals(make_workshop(event), attendee)[0]
    sentence = "It is at the same time as “First”, where you are on the waitlist."
    assert refusal.sentence == sentence


@pytest.mark.parametrize(
    ("capacity", "sentence"),
    [
        (0, "There are no places yet, and there is no waitlist."),
        (1, "All places are taken, and there is no waitlist."),
    ],
)
def test_full_says_if_there_never_was_a_place(capacity: int, sentence: str) -> None:
    event = make_event(capacity=capacity, has_waitlist=False)
    if capacity:
        hold(make_attendee(), event)
    assert [r.sentence for r in refusals(event, make_attendee())] == [sentence]


def test_time_clash_is_not_what_merely_follows() -> None:
    event, attendee = make_event(), make_attendee()
    hold(attendee, event)
    held = make_workshop(event)
    hold(attendee, held)
    assert codes(make_workshop(event, starts_at=held.ends_at), attendee) == []


def test_full_is_a_refusal_only_without_a_waitlist() -> None:
    event = make_event(capacity=1, has_waitlist=False)
    waitlisted = make_event(capacity=1)
    for one in (event, waitlisted):
        hold(make_attendee(), one)
    assert codes(event, make_attendee()) == ["full"]
    assert codes(waitlisted, make_attendee()) == []


def test_full_is_no_refusal_for_a_place_that_nobody_who_waits_may_have() -> None:
    """People who wait and may have it were served before: see `places.register`."""
    event = make_event(capacity=1, has_waitlist=False)
    hold(make_attendee(), event, "waitlisted")
    assert codes(event, make_attendee()) == []


def test_every_refusal_has_a_sentence_and_a_step_that_leads_somewhere() -> None:
    found: dict[Code, Refusal] = {}
    for scene in SCENES:
        found |= {refusal.code: refusal for refusal in scene()}
    assert set(found) == set(Code)
    assert [code for code, refusal in found.items() if not refusal.sentence] == []
    starts = ("/", "mailto:")
    assert [code for code, r in found.items() if not r.step.address.startswith(starts)] == []


def _everything_wrong_with_neos() -> list[Refusal]:
    event = make_event(neos_required=True, patron_cents=600, capacity=0, has_waitlist=False)
    attendee = make_attendee(
        neos_email_verified=False,
        neos_locked=True,
        neos_banned_until=NOON + DAY,
        verified_at=None,
        patreon_known=False,
    )
    Block.objects.create(neos_id=attendee.neos_id)
    return refusals(event, attendee)


def _clash() -> list[Refusal]:
    event, attendee = make_event(status="cancelled", opens_at=NOON + DAY), make_attendee()
    hold(attendee, make_workshop(event))
    return refusals(make_workshop(event), attendee)


SCENES: tuple[Callable[[], list[Refusal]], ...] = (
    _everything_wrong_with_neos,
    _clash,
    lambda: refusals(make_event(closes_at=NOON), None),
    lambda: refusals(make_event(status="draft"), None),
    lambda: refusals(make_event(), make_local_attendee(email_confirmed_at=None)),
    lambda: refusals(make_event(price=1), make_local_attendee()),
    lambda: refusals(make_event(patron_cents=1), make_attendee()),
    lambda: refusals(make_event(), make_attendee(user=make_user(is_active=False))),
)


def test_waiting_people_are_not_judged_by_fullness_or_the_opening() -> None:
    event = make_event(capacity=0, has_waitlist=False, opens_at=NOON + DAY)
    attendee = Attendee.objects.facing(event).get(pk=make_attendee().pk)
    facts = read_facts(event, attendee, NOON)
    assert [r.code for r in rules.refusals(facts, event)] == ["registration-not-open", "full"]
    assert rules.refusals_of_waiting(facts, event) == []


def test_registration_may_be_cancelled_until_what_it_is_for_ends(
    clock: time_machine.Traveller,
) -> None:
    event = make_event(starts_at=NOON - timedelta(hours=1))
    registration = hold(make_attendee(), event)
    assert registration.may_be_cancelled(NOON) is True
    assert registration.may_be_cancelled(event.ends_at) is False


def test_unlinking_is_forbidden_by_gated_places_but_not_by_free_and_past_ones() -> None:
    attendee = make_attendee()
    gated = hold(attendee, make_event(neos_required=True))
    free = hold(attendee, make_event())
    past = hold(attendee, make_event(neos_required=True, starts_at=NOON - DAY))
    assert [r.needs_neos(NOON) for r in (gated, free, past)] == [True, False, False]


@pytest.mark.parametrize(
    ("occupancy", "capacity", "free"),
    [
        (Occupancy(), None, None),
        (Occupancy(taken=2), 3, 1),
        (Occupancy(taken=3), 3, 0),
        (Occupancy(taken=4), 3, 0),
        (Occupancy(taken=2, waiting=1), 3, 1),
        (Occupancy(waiting=1), None, None),
        (Occupancy(), 0, 0),
    ],
)
def test_occupancy_counts_free_places(
    occupancy: Occupancy, capacity: int | None, free: int | None
) -> None:
    assert occupancy.free(capacity) == free
