"""Commands that staff type: audit, draw, explain_access, housekeeping."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from events import places
from events.models import Attendee, Block, Event, FormerAddress, Registration
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_perk,
    make_workshop,
)
from tests.lines import full_event, register, status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def run(*arguments: str) -> str:
    printed = StringIO()
    call_command(*arguments, stdout=printed)
    return printed.getvalue()


# --- audit ---------------------------------------------------------------------------------------


def oversell() -> Registration:
    """A second person in an event of one place, by no rule of ours."""
    _event, (_first, second, _third) = full_event(slug="jam")
    taken = {"status": "confirmed", "taken_at": NOON, "confirmed_at": NOON}
    Registration.objects.filter(pk=second.pk).update(**taken)
    return second


def test_audit_of_a_sound_site_says_so() -> None:
    full_event()
    assert run("audit") == "1 events, 0 mismatches\n"


def test_audit_names_every_mismatch_and_exits_with_one() -> None:
    second = oversell()
    printed = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit", stdout=printed)
    assert ended.value.code == 1
    assert printed.getvalue().splitlines() == [
        "invariant 1 (capacity): jam: jam: 2 places are taken, the capacity is 1",
        f"invariant 7 (messages): jam: {second.code}: no message registered or place-given",
        "1 events, 2 mismatches",
    ]


def test_audit_in_json_has_the_same() -> None:
    oversell()
    printed = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit", "--json", stdout=printed)
    answer = json.loads(printed.getvalue())
    assert [row["invariant"] for row in answer["mismatches"]] == [1, 7]
    assert answer["mismatches"][0] == {
        "invariant": 1,
        "title": "capacity",
        "event": "jam",
        "about": "jam",
        "text": "2 places are taken, the capacity is 1",
    }


def test_audit_of_one_event_leaves_the_others_out() -> None:
    oversell()
    make_event(slug="other")
    assert run("audit", "other") == "1 events, 0 mismatches\n"


def test_audit_of_an_unknown_event_is_no_success() -> None:
    printed = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit", "nothing", stdout=printed)
    assert (ended.value.code, printed.getvalue().splitlines()[0]) == (
        1,
        "There is no event 'nothing'.",
    )


def test_commands_find_an_event_by_an_address_that_it_had(clock: Clock) -> None:
    event = make_event(slug="ball", draw_at=NOON + HOUR)
    FormerAddress.objects.create(event=event, slug="jam")
    make_event(slug="other")
    register(make_attendee(neos_id="U-ada"), event)
    clock.shift(HOUR)

    assert run("audit", "jam", "ball") == "1 events, 0 mismatches\n"
    assert "U-ada) at ball\n" in run("explain_access", "jam", "U-ada")
    assert run("draw", "jam").startswith("Drawn: 1 have a place now.")


def test_explain_access_says_that_an_event_is_cancelled() -> None:
    event = make_event(slug="jam")
    register(make_attendee(neos_id="U-ada"), event)
    Event.objects.update(status="cancelled")
    make_event(slug="new", status="draft")
    assert "at new, which is a draft" in run("explain_access", "new", "U-ada")
    lines = run("explain_access", "jam", "U-ada").splitlines()
    assert lines[0].endswith("(U-ada) at jam, which is cancelled")
    assert lines[2] == "jam: is registered: confirmed"
    assert (
        json.loads(run("explain_access", "jam", "U-ada", "--json"))["event_status"] == "cancelled"
    )


# --- draw ----------------------------------------------------------------------------------------


def make_drawn(clock: Clock) -> Event:
    event = make_event(slug="jam", capacity=1, draw_at=NOON + HOUR)
    for _ in range(3):
        register(make_attendee(), event)
    clock.shift(HOUR)
    run("draw", "jam")
    event.refresh_from_db()
    return event


def test_draw_before_its_time_is_refused() -> None:
    make_event(slug="jam", draw_at=NOON + HOUR)
    with pytest.raises(CommandError, match=r"^The draw is at Sat 1 June 2030, 13:00 \(UTC\), not"):
        run("draw", "jam")


def test_draw_needs_a_lottery_that_exists() -> None:
    make_event(slug="jam")
    with pytest.raises(CommandError, match=r"^jam has no lottery"):
        run("draw", "jam")
    with pytest.raises(CommandError, match=r"^There is no event 'none'\.$"):
        run("draw", "none")


def test_draw_dry_run_changes_nothing(clock: Clock) -> None:
    event = make_event(slug="jam", capacity=1, draw_at=NOON + HOUR)
    entry = register(make_attendee(), event)
    clock.shift(HOUR)
    assert run("draw", "jam", "--dry-run") == "1 entries, draw at Sat 1 June 2030, 13:00 (UTC)\n"
    assert status(entry) == "waitlisted"


def test_draw_in_json_says_what_it_would_do_and_what_it_did(clock: Clock) -> None:
    event = make_event(slug="jam", capacity=1, draw_at=NOON + HOUR)
    register(make_attendee(), event)
    register(make_attendee(), event)
    clock.shift(HOUR)
    assert json.loads(run("draw", "jam", "--dry-run", "--json")) == {
        "event": "jam",
        "entries": 2,
        "draw_at": "2030-06-01T13:00:00Z",
        "drawn_at": None,
        "dry_run": True,
    }
    assert json.loads(run("draw", "jam", "--json")) == {
        "event": "jam",
        "have_a_place": 1,
        "dry_run": False,
    }


def test_draw_verify_replays_the_draw(clock: Clock) -> None:
    event = make_drawn(clock)
    answer = json.loads(run("draw", "jam", "--verify", "--json"))
    assert (answer["commitment"], answer["seed"]) == (event.draw_commitment, event.draw_seed)
    assert [(row["rank"], row["stored_rank"]) for row in answer["entries"]] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    lines = run("draw", "jam", "--verify").splitlines()
    assert lines[:2] == [f"commitment {event.draw_commitment}", f"seed       {event.draw_seed}"]


def test_draw_verify_finds_a_rank_that_was_changed(clock: Clock) -> None:
    event = make_drawn(clock)
    first, second = Registration.objects.filter(event=event).order_by("draw_rank")[:2]
    Registration.objects.filter(pk=first.pk).update(draw_rank=2)
    Registration.objects.filter(pk=second.pk).update(draw_rank=1)
    with pytest.raises(CommandError, match=r"^2 ranks differ"):
        run("draw", "jam", "--verify")


def test_draw_verify_finds_a_turn_that_was_changed(clock: Clock) -> None:
    event = make_drawn(clock)
    last = Registration.objects.filter(event=event).order_by("-draw_rank")[0]
    Registration.objects.filter(pk=last.pk).update(turn=-100)
    with pytest.raises(CommandError, match=r"^1 ranks differ"):
        run("draw", "jam", "--verify")


def test_draw_verify_keeps_the_seed_secret_before_the_draw() -> None:
    event = make_event(slug="jam", draw_at=NOON + HOUR)
    with pytest.raises(CommandError) as refused:
        run("draw", "jam", "--verify")
    assert event.draw_seed not in str(refused.value)


# --- explain_access ------------------------------------------------------------------------------


def explain(person: str) -> dict[str, dict[str, object]]:
    answer = json.loads(run("explain_access", "jam", person, "--json"))
    return {row["bookable"]: row for row in answer["bookables"]}


def test_explain_access_gives_every_refusal_and_the_perk() -> None:
    event = make_event(slug="jam", price=1000, opens_at=NOON + 3 * HOUR)
    make_perk(event, label="Star", early_hours=2, discount_percent=50)
    make_attendee(neos_id="U-ada", neos_locked=True, patreon_cents=600)
    Block.objects.create(neos_id="U-ada", event=event)
    found = explain("U-ada")["jam"]
    assert [refusal["code"] for refusal in found["refusals"]] == [  # type: ignore[attr-defined]
        "registration-not-open",
        "neos-locked",
        "blocked",
    ]
    assert (found["amount"], found["currency"]) == (500, "EUR")
    assert (found["decision"], found["perk"], found["price"]) == (
        "may not register",
        "Star",
        "€5.00",
    )


def test_explain_access_knows_an_id_in_other_letters_if_it_is_one_persons() -> None:
    make_event(slug="jam")
    make_attendee(neos_id="U-ada")
    assert "(U-ada) at jam" in run("explain_access", "jam", "u-ADA")
    make_attendee(neos_id="u-Ada")
    with pytest.raises(CommandError):
        run("explain_access", "jam", "u-ADA")
    assert "(u-Ada) at jam" in run("explain_access", "jam", "u-Ada")


def test_explain_access_tells_a_patron_how_to_get_the_perk() -> None:
    make_perk(make_event(slug="jam"), label="Star")
    make_attendee(neos_id="U-ada", patreon_known=False)
    found = explain("U-ada")["jam"]
    assert found["decision"] == "may take a place"
    codes = [hint["code"] for hint in found["hints"]]  # type: ignore[attr-defined]
    assert codes == ["no-address", "patreon-unknown"]


def test_explain_access_says_why_somebody_who_waits_does_not_move_up() -> None:
    event = make_event(slug="jam", capacity=0, neos_required=True)
    waiting = register(make_attendee(neos_id="U-ada"), event)
    Attendee.objects.filter(pk=waiting.attendee_id).update(neos_email_verified=False)
    found = explain("U-ada")["jam"]
    assert (found["decision"], found["status"], found["position"]) == (
        "is registered: waitlisted",
        "waitlisted",
        1,
    )
    assert [refusal["code"] for refusal in found["refusals"]] == ["neos-unverified"]  # type: ignore[attr-defined]


def test_explain_access_says_what_is_against_a_place_that_is_held() -> None:
    event = make_event(slug="jam")
    make_workshop(event, slug="shaders")
    ada = make_attendee(neos_id="U-ada")
    register(ada, event)
    assert (explain("U-ada")["jam"]["decision"], explain("U-ada")["jam"]["refusals"]) == (
        "is registered: confirmed",
        [],
    )
    Block.objects.create(neos_id="U-ada", event=event)
    for bookable in ("jam", "shaders"):
        codes = [refusal["code"] for refusal in explain("U-ada")[bookable]["refusals"]]  # type: ignore[attr-defined]
        assert codes == ["blocked"]
    printed = run("explain_access", "jam", "U-ada")
    assert "jam: is registered: confirmed, and keeps it although it would be refused now" in printed
    assert "  blocked: The organizers do not let this Neos account take part." in printed


def test_explain_access_covers_the_workshops_and_prints_for_people() -> None:
    event = make_event(slug="jam")
    make_workshop(event, slug="shaders")
    attendee = make_local_attendee()
    printed = run("explain_access", "jam", attendee.user.username)
    assert "jam: may take a place" in printed
    assert "shaders: may not register\n  event-place-required: Workshops are for" in printed


def test_explain_access_needs_an_event_and_a_person_that_exist() -> None:
    make_event(slug="jam")
    with pytest.raises(CommandError, match=r"^There is no event 'none'\.$"):
        run("explain_access", "none", "U-ada")
    with pytest.raises(CommandError, match=r"^Nobody has the Neos id or the username 'U-ada'"):
        run("explain_access", "jam", "U-ada")


def test_explain_access_writes_nothing() -> None:
    make_event(slug="jam", price=5)
    make_attendee(neos_id="U-ada")
    explain("U-ada")
    assert Registration.objects.count() == 0


# --- housekeeping --------------------------------------------------------------------------------


def test_housekeeping_says_what_it_did(clock: Clock) -> None:
    full_event(price=500)
    clock.shift(HOUR)
    assert run("housekeeping").startswith(
        "1 moved up, 0 given up for closed accounts; "
        "refunds: 0 given back, 0 under way, 0 failed; messages: "
    )


def test_housekeeping_dry_run_says_what_is_due_and_does_nothing(clock: Clock) -> None:
    _event, (first, _second, _third) = full_event(price=500, slug="jam")
    clock.shift(HOUR)
    assert run("housekeeping", "--dry-run") == "would look at jam\nwould send 0 messages\n"
    assert status(first) == "awaiting_payment"
    assert places.settle(event=first.event) == 1


def test_housekeeping_in_json_has_numbers(clock: Clock) -> None:
    full_event(price=500, slug="jam")
    clock.shift(HOUR)
    assert json.loads(run("housekeeping", "--dry-run", "--json")) == {
        "dry_run": True,
        "events": ["jam"],
        "closed_accounts": [],
        "messages": 0,
    }
    done = json.loads(run("housekeeping", "--json"))
    assert (done["dry_run"], done["moved_up"], done["released"]) == (False, 1, 0)
    assert done["refunds"] == {"done": 0, "open": 0, "failed": 0}
    assert set(done["mail"]) == {"sent", "retried", "dead", "dropped"}
