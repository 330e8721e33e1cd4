"""One key of a door: changed, rotated and revoked; each press is about what the page has shown."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events import series
from events.doors import key_edits, keys
from events.doors.key_edits import KeyEnded, KeyTerms
from events.models import DoorKey, Event
from tests.events.admin.ledgers import at
from tests.events.admin.pages import errors, logged, read, version, words
from tests.factories import NOON, make_event

from .test_door import secret_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHANGED = "Something here changed while you had the page open. Please look again."
DAY = timedelta(days=1)


@pytest.fixture
def key(mika: User) -> DoorKey:
    event = make_event(title="Jam", organizers=[mika])
    return key_edits.make_key(event, KeyTerms("Hall"), by=mika)[0]


def page(browser: Client, key: DoorKey) -> HttpResponse:
    return browser.get(at(key.event, f"door/{key.pk}/"))


def press(
    browser: Client, key: DoorKey, shown: HttpResponse, act: str, **typed: str
) -> HttpResponse:
    sent = {"act": act, "version": version(shown)} | typed
    return browser.post(at(key.event, f"door/{key.pk}/"), sent)


def do(browser: Client, key: DoorKey, act: str, **typed: str) -> HttpResponse:
    """Press the button, and say yes to the question."""
    asked = press(browser, key, page(browser, key), act, **typed)
    return press(browser, key, asked, act, confirmed="1", **typed)


def copy_of(key: DoorKey, days: int = 7) -> Event:
    start = (key.event.starts_at + days * DAY).replace(tzinfo=None)
    return series.copy_event(key.event, start=start)


def test_key_is_revoked_everywhere_after_a_question(browser: Client, key: DoorKey) -> None:
    copy = copy_of(key)
    asked = press(browser, key, page(browser, key), "revoke")
    assert "Revoke this key?" in read(asked).text
    assert "It is one key for 2 events" in read(asked).text
    assert DoorKey.objects.good_at(NOON).count() == 2
    done = press(browser, key, asked, "revoke", confirmed="1")
    assert words(done) == ["The key opens no door any more; it had opened at 2 events."]
    assert (done["Location"], DoorKey.objects.good_at(NOON).count()) == (at(key.event, "door/"), 0)
    assert logged() == [("mika", "Revoked a door key: Hall.")] * 2
    history = browser.get(at(copy, "history/")).content.decode()
    assert "Revoked a door key: Hall." in history


def test_key_is_rotated_after_a_question_and_shown_once(browser: Client, key: DoorKey) -> None:
    asked = press(browser, key, page(browser, key), "rotate", overlap="3600")
    assert "When the present one ends: In an hour" in read(asked).text
    assert DoorKey.objects.count() == 1
    done = press(browser, key, asked, "rotate", overlap="3600", confirmed="1")
    secret = secret_in(done)
    assert "no-store" in done["Cache-Control"]
    assert "ends on Sat 1 June 2030, 13:00 (UTC)" in read(done).text
    new = DoorKey.objects.exclude(pk=key.pk).get()
    assert (new.digest, new.created_by and new.created_by.username) == (
        keys.digest_of(secret), "mika",
    )  # fmt: skip
    key.refresh_from_db()
    assert key.expires_at == NOON + timedelta(hours=1)
    assert logged() == [("mika", "Rotated a door key: Hall.")]
    assert secret not in page(browser, new).content.decode()


def test_second_press_of_the_same_yes_makes_no_second_key(browser: Client, key: DoorKey) -> None:
    """The key ends before the overlap does, so rotating leaves it as it is."""
    DoorKey.objects.update(expires_at=NOON + timedelta(hours=2))
    asked = press(browser, key, page(browser, key), "rotate", overlap="86400")
    first, second = [
        press(browser, key, asked, "rotate", overlap="86400", confirmed="1") for _ in range(2)
    ]
    assert (len(secret_in(first)), second.status_code, words(second)[-1:]) == (32, 302, [CHANGED])
    assert DoorKey.objects.good_at(NOON).count() == 2


@pytest.mark.both
@pytest.mark.parametrize(("is_seen", "keys_then"), [(True, 2), (False, 3)])
def test_two_presses_at_once_make_one_key(key: DoorKey, is_seen: object, keys_then: int) -> None:
    """Both have read what there was before either had the lock. Who has seen nothing, like a
    command, is not held up.
    """
    newest = key_edits.newest_like(key, NOON) if is_seen else None
    asked: dict[str, Any] = {
        "overlap": DAY,
        "among": Event.objects.all(),
        "by": None,
        "newest": newest,
    }
    key_edits.rotate_key(key, **asked)
    with pytest.raises(KeyEnded) if is_seen else nullcontext():
        key_edits.rotate_key(key, **asked)
    assert DoorKey.objects.count() == keys_then


def test_overlap_that_is_no_choice_is_refused(browser: Client, key: DoorKey) -> None:
    answer = press(browser, key, page(browser, key), "rotate", overlap="99", confirmed="1")
    assert (answer.status_code, DoorKey.objects.count()) == (422, 1)


def test_rotating_leaves_the_key_of_others_and_says_so(
    browser: Client, key: DoorKey, robin: User
) -> None:
    theirs = copy_of(key)
    theirs.organizers.set([robin])
    assert "1 of them is organized by others." in read(page(browser, key)).text
    done = do(browser, key, "rotate", overlap="0")
    assert "The key before it stays good at 1 event that others organize." in read(done).text
    assert theirs.door_keys.good_at(NOON).get().digest == key.digest
    assert key.event.door_keys.good_at(NOON).get().digest == keys.digest_of(secret_in(done))


@pytest.mark.parametrize(
    ("changes", "is_named"),
    [
        ({"status": "draft"}, False),
        ({"status": "published", "listed": True}, True),
        ({"status": "cancelled", "listed": True}, True),
        ({"status": "published", "listed": False}, False),
    ],
)
@pytest.mark.parametrize("act", ["", "rotate", "revoke"])
def test_event_of_others_is_named_where_everybody_can_read_of_it(
    browser: Client,
    key: DoorKey,
    robin: User,
    changes: dict[str, object],
    is_named: object,
    act: str,
) -> None:
    """Else it is counted; the reader's own draft is named."""
    own, theirs = copy_of(key), copy_of(key, 14)
    theirs.organizers.set([robin])
    Event.objects.filter(pk=own.pk).update(title="Own draft")
    Event.objects.filter(pk=theirs.pk).update(title="Masked ball", **changes)
    answer = page(browser, key)
    text = read(press(browser, key, answer, act, overlap="0") if act else answer).text
    assert ("It is one key for 3 events" in text, "Own draft, Sat 15 June" in text) == (True, True)
    named = ("Masked ball" in text, "22 June" in text, "1 more" in text)
    assert named == (is_named, is_named, not is_named)


def test_key_is_changed_at_once(browser: Client, key: DoorKey) -> None:
    copy = copy_of(key)
    typed = {"label": "Stage", "expires_at_0": "2030-06-02", "expires_at_1": "12:00"}
    done = press(browser, key, page(browser, key), "change", **typed)
    assert words(done) == ["The key is changed at 2 events."]
    found = DoorKey.objects.values_list("label", "expires_at").order_by("event_id")
    assert list(found) == [("Stage", NOON + DAY)] * 2
    assert logged() == [("mika", "Changed a door key: Stage.")] * 2
    assert copy.door_keys.get().label == "Stage"


def test_taken_name_is_said_and_nothing_is_lost(browser: Client, key: DoorKey) -> None:
    key_edits.make_key(key.event, KeyTerms("Stage"), by=None)
    answer = press(browser, key, page(browser, key), "change", label="Stage")
    assert (answer.status_code, [e[:27] for e in errors(answer)]) == (
        422, ["A key with this name works "],
    )  # fmt: skip
    assert read(answer).first("input", name="label").attributes["value"] == "Stage"
    key.refresh_from_db()
    assert key.label == "Hall"


@pytest.mark.parametrize("act", ["change", "rotate", "revoke"])
@pytest.mark.parametrize("meanwhile", ["change", "rotate", "revoke", "copy"])
def test_page_that_was_open_too_long_does_nothing(
    browser: Client, key: DoorKey, act: str, meanwhile: str
) -> None:
    old = page(browser, key)
    if meanwhile == "copy":
        copy_of(key)
    elif meanwhile == "change":
        press(browser, key, page(browser, key), "change", label="Other")
    else:
        do(browser, key, meanwhile, overlap="0")
    before = list(DoorKey.objects.order_by("pk").values())
    typed = {"label": "Mine", "overlap": "0", "confirmed": "1"}
    answer = press(browser, key, old, act, **typed)
    assert (answer.status_code, words(answer)[-1]) == (302, CHANGED)
    assert list(DoorKey.objects.order_by("pk").values()) == before


def test_use_of_a_key_is_no_change(browser: Client, key: DoorKey) -> None:
    old = page(browser, key)
    DoorKey.objects.update(last_used_at=NOON)
    assert press(browser, key, old, "revoke", confirmed="1")["Location"] == at(key.event, "door/")
    assert DoorKey.objects.get().revoked_at == NOON


def test_revoked_key_has_no_buttons(browser: Client, key: DoorKey) -> None:
    do(browser, key, "revoke")
    shown = read(page(browser, key))
    assert [b for b in shown.all("button") if b.attributes.get("name") == "act"] == []


def test_expired_key_can_be_made_good_again_but_not_rotated(browser: Client, key: DoorKey) -> None:
    DoorKey.objects.update(expires_at=NOON - DAY)
    shown = page(browser, key)
    acts = [b.attributes.get("value") for b in read(shown).all("button", name="act")]
    assert acts == ["change", "revoke"]
    press(browser, key, shown, "change", label="Hall")
    assert DoorKey.objects.get().is_good_at(NOON)
    DoorKey.objects.update(expires_at=NOON - DAY)
    assert words(do(browser, key, "rotate", overlap="0")) == [CHANGED]


def test_key_of_another_event_is_not_there(browser: Client, key: DoorKey, ball: Event) -> None:
    theirs, _secret = key_edits.make_key(ball, KeyTerms("Masks"), by=None)
    for event in (ball, key.event):
        address = at(event, f"door/{theirs.pk}/")
        assert browser.get(address).status_code == 404
        answer = browser.post(address, {"act": "revoke", "confirmed": "1"})
        assert answer.status_code == 404
    assert DoorKey.objects.filter(revoked_at=None).count() == 2
    assert page(browser, key).status_code == 200


@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_number_that_no_key_has_is_not_there(browser: Client, key: DoorKey, number: str) -> None:
    assert browser.get(at(key.event, f"door/{number}/")).status_code == 404


def test_act_that_is_none_is_not_there(browser: Client, key: DoorKey) -> None:
    assert press(browser, key, page(browser, key), "open").status_code == 404


def test_name_is_shown_as_text(browser: Client, key: DoorKey) -> None:
    DoorKey.objects.update(label="<b>Hall</b>")
    for shown in (page(browser, key), browser.get(at(key.event, "door/"))):
        text = shown.content.decode()
        assert ("<b>Hall</b>" in text, "&lt;b&gt;Hall" in text) == (False, True)
