"""Messages to people who follow are judged again at delivery: what is not true now is not said."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.utils import timezone

from events import follows, housekeeping
from events.accounts import closing
from events.messages import delivery
from events.messages.delivery import Delivered
from events.models import Attendee, Event, Follow, Host, Notification
from tests.factories import NOON, make_attendee, make_event, make_host, make_perk, make_user
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def reader(name: str = "ada", **fields: object) -> Attendee:
    """Somebody who can be written to."""
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(user=user, email_confirmed_at=NOON, **fields)


def tell() -> None:
    follows.tell(timezone.now())


def subjects(mailoutbox: list[EmailMessage]) -> list[str]:
    return [mail.subject for mail in mailoutbox]


@pytest.fixture
def host() -> Host:
    return make_host(name="Lanterns", slug="lanterns")


@pytest.fixture
def ada(host: Host) -> Attendee:
    """Follows the host."""
    ada = reader()
    follows.follow(ada, host=host)
    return ada


@pytest.fixture
def opening(clock: Clock) -> Event:
    """Has opened; the message to `bo`, who asked, is written and not sent."""
    event = make_event(title="Jam", slug="jam", opens_at=NOON + HOUR, contact="jam@example.org")
    follows.follow(reader("bo"), event=event)
    clock.shift(HOUR)
    tell()
    return event


def hosted(*hosts: Host, **fields: object) -> Event:
    event = make_event(**fields)
    event.hosts.add(*hosts)
    return event


# --- Words ---------------------------------------------------------------------------------------


def test_mail_of_a_new_event_says_whose_it_is_and_how_to_stop(
    ada: Attendee, host: Host, mailoutbox: list[EmailMessage]
) -> None:
    other = make_host(name="Tinkers")
    hosted(host, other, title="Night\nwalk", summary="Bring a light.", opens_at=NOON + HOUR)
    assert housekeeping.run().mail.sent == 1
    body = str(mailoutbox[0].body)
    assert mailoutbox[0].subject == "New event: Night walk"
    assert "There is a new event of Lanterns: “Night walk”.\n\nBring a light." in body
    assert "Registration opens Sat 1 June 2030, 13:00 (UTC)." in body
    assert "you follow Lanterns.\nStop following: http://localhost:8000/following/stop/" in body
    assert "/registrations/" not in body


def test_mail_of_an_opening_leads_to_the_event(
    opening: Event, mailoutbox: list[EmailMessage]
) -> None:
    housekeeping.run()
    body = str(mailoutbox[0].body)
    assert (mailoutbox[0].subject, mailoutbox[0].reply_to) == ("Open now: Jam", ["jam@example.org"])
    assert "Take a place: http://localhost:8000/events/jam/\n" in body
    assert "how to stop: http://localhost:8000/account/#following\n" in body


# --- New events ----------------------------------------------------------------------------------


def test_mail_names_only_hosts_that_are_still_followed_8(
    ada: Attendee, host: Host, mailoutbox: list[EmailMessage]
) -> None:
    tinkers, others = make_host(name="Tinkers"), make_host(name="Others")
    follows.follow(ada, host=tinkers)
    event = hosted(host, tinkers)
    tell()
    event.hosts.remove(host)
    event.hosts.add(others)
    delivery.deliver_due()
    body = str(mailoutbox[0].body)
    assert "There is a new event of Tinkers: " in body
    assert ("Lanterns" in body, "Others" in body) == (False, False)


def lose_the_host(event: Event, _ada: Attendee) -> None:
    event.hosts.clear()


def get_another_host(event: Event, _ada: Attendee) -> None:
    event.hosts.set([make_host(name="Others")])


def stop(event: Event, ada: Attendee) -> None:
    follows.stop(ada, host=event.hosts.get())


@pytest.mark.parametrize("change", [lose_the_host, get_another_host, stop])
def test_new_event_of_nobody_whom_they_follow_is_not_told_8(
    change: Callable[[Event, Attendee], None], ada: Attendee, host: Host
) -> None:
    event = hosted(host)
    tell()
    change(event, ada)
    assert delivery.deliver_due() == Delivered(dropped=1)
    event.hosts.add(host)
    tell()
    assert list(ada.notifications.values_list("state", flat=True)) == ["nobody"]


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ({"status": "draft"}, {"status": "published"}),
        ({"status": "cancelled"}, {"status": "published"}),
        ({"listed": False}, {"listed": True}),
        ({"ends_at": NOON}, {"ends_at": NOON + DAY}),
    ],
)
def test_new_event_that_is_off_the_site_is_told_once_it_is_back_8(
    change: dict[str, object],
    back: dict[str, object],
    ada: Attendee,
    host: Host,
    mailoutbox: list[EmailMessage],
) -> None:
    event = hosted(host, title="Jam", starts_at=NOON - HOUR)
    tell()
    for _ in range(2):
        Event.objects.filter(pk=event.pk).update(**change)
        assert delivery.deliver_due().sent == 0
        assert Notification.objects.count() == 0
        tell()
        Event.objects.filter(pk=event.pk).update(**back)
        tell()
    housekeeping.run()
    housekeeping.run()
    assert subjects(mailoutbox) == ["New event: Jam"]


def test_event_that_is_back_is_told_to_nobody_twice_8(
    ada: Attendee, host: Host, mailoutbox: list[EmailMessage]
) -> None:
    """One was sent before it was taken off the site, the other has to be tried again."""
    follows.follow(reader("bo"), host=host)
    event = hosted(host, title="Jam")
    tell()
    bo = Notification.objects.exclude(attendee=ada)
    bo.update(next_try_at=NOON + HOUR)
    delivery.deliver_due()
    Event.objects.update(status="draft")
    bo.update(next_try_at=None)
    assert delivery.deliver_due() == Delivered(dropped=1)
    Event.objects.filter(pk=event.pk).update(status="published")
    housekeeping.run()
    assert [mail.to for mail in mailoutbox] == [["ada@example.org"], ["bo@example.org"]]


def test_mail_about_a_deleted_event_is_not_sent_8(ada: Attendee, host: Host) -> None:
    event = hosted(host)
    tell()
    event.delete()
    assert delivery.deliver_due() == Delivered(dropped=1)


# --- Openings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_tried_again", [False, True])
def test_opening_that_is_moved_before_delivery_is_told_at_the_new_time_8(
    opening: Event, clock: Clock, mailoutbox: list[EmailMessage], *, is_tried_again: bool
) -> None:
    if is_tried_again:
        Notification.objects.update(tries=1, next_try_at=timezone.now())
    Event.objects.update(opens_at=timezone.now() + DAY)
    for _ in range(2):
        housekeeping.run()
        clock.shift(HOUR)
    assert (mailoutbox, Follow.objects.count()) == ([], 1)
    clock.shift(DAY)
    housekeeping.run()
    housekeeping.run()
    assert (subjects(mailoutbox), Follow.objects.count()) == (["Open now: Jam"], 0)


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ({"closes_at": NOON + HOUR}, {"closes_at": None}),
        ({"status": "draft"}, {"status": "published"}),
        ({"status": "cancelled"}, {"status": "published"}),
    ],
)
def test_opening_is_told_once_people_can_register_again_8(
    change: dict[str, object],
    back: dict[str, object],
    opening: Event,
    mailoutbox: list[EmailMessage],
) -> None:
    Event.objects.filter(pk=opening.pk).update(opens_at=None, **change)
    for _ in range(2):
        housekeeping.run()
    assert mailoutbox == []
    Event.objects.filter(pk=opening.pk).update(**back)
    for _ in range(2):
        housekeeping.run()
    assert subjects(mailoutbox) == ["Open now: Jam"]


def test_opening_of_somebody_who_is_no_patron_any_more_is_told_with_all_others_8(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    event = make_event(title="Jam", opens_at=NOON + 3 * HOUR)
    make_perk(event, min_cents=600, early_hours=2)
    ada = reader(patreon_cents=600)
    follows.follow(ada, event=event)
    clock.shift(HOUR)
    tell()
    Attendee.objects.update(patreon_cents=0)
    assert delivery.deliver_due() == Delivered(dropped=1)
    clock.shift(2 * HOUR)
    housekeeping.run()
    assert subjects(mailoutbox) == ["Open now: Jam"]


def forget(event: Event, attendee: Attendee) -> None:
    follows.stop(attendee, event=event)


def sign_up(event: Event, attendee: Attendee) -> None:
    register(attendee, event)
    Notification.objects.filter(kind="registered").delete()


@pytest.mark.parametrize("act", [forget, sign_up])
def test_opening_is_not_told_to_who_need_not_hear_of_it_8_11(
    act: Callable[[Event, Attendee], None], opening: Event, mailoutbox: list[EmailMessage]
) -> None:
    act(opening, Attendee.objects.get(user__username="bo"))
    assert delivery.deliver_due() == Delivered(dropped=1)
    housekeeping.run()
    assert (mailoutbox, Follow.objects.count()) == ([], 0)


def test_opening_that_is_asked_for_again_before_delivery_is_told_once_8(
    opening: Event, mailoutbox: list[EmailMessage]
) -> None:
    bo = Attendee.objects.get(user__username="bo")
    follows.stop(bo, event=opening)
    follows.follow(bo, event=opening)
    for _ in range(2):
        housekeeping.run()
    assert subjects(mailoutbox) == ["Open now: Jam"]


def test_dead_letter_of_an_opening_can_be_sent_again_8(
    opening: Event, mailoutbox: list[EmailMessage]
) -> None:
    """The follow is not spent, so the letter is judged like any other one."""
    told = Notification.objects.get()
    Notification.objects.update(state="dead")
    tell()
    assert delivery.send_again(told) is True
    assert delivery.deliver_due() == Delivered(sent=1)
    assert (subjects(mailoutbox), Follow.objects.count()) == (["Open now: Jam"], 0)


def test_opening_of_a_closed_account_is_told_to_nobody_and_forgotten(opening: Event) -> None:
    closing.deactivate(Attendee.objects.get(user__username="bo").user)
    assert delivery.deliver_due() == Delivered(dropped=1)
    assert Follow.objects.count() == 0
