"""Drafts are kept, sent once, and everybody who is to get them gets them once."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage, EmailMultiAlternatives
from pytest_django import DjangoAssertNumQueries

from events import housekeeping, places
from events.messages import announcements, delivery, topics
from events.messages.announcements import Draft, Outcome
from events.models import Announcement, Attendee, Event, MailTopic, Notification, Registration
from events.payments.providers import manual
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

Clock = time_machine.Traveller
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEXTS = {"en": {"subject": "News of {event}", "body": "Hello **{name}**, {start}: {link}"}}


@pytest.fixture
def event() -> Event:
    return make_event(title="Jam", slug="jam", capacity=50)


def person(name: str, **fields: object) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(
        user=user, neos_id=f"U-{name}", neos_username=name, email_confirmed_at=NOON, **fields
    )


def join(event: Event, *names: str) -> None:
    for name in names:
        register(person(name), event)


def send(announcement: Announcement) -> Outcome:
    return announcements.send(announcement, revision=announcement.revision)


def told(announcement: Announcement) -> list[str]:
    rows = Notification.objects.filter(subject=announcement.key).order_by("pk")
    return list(rows.values_list("attendee__user__username", flat=True))


def mails(mailoutbox: list[EmailMessage]) -> list[EmailMultiAlternatives]:
    """Send what is due, and return what organizers wrote."""
    delivery.deliver_due()
    found = [mail for mail in mailoutbox if "announce" in mail.subject or "News" in mail.subject]
    return [mail for mail in found if isinstance(mail, EmailMultiAlternatives)]


def people_in(mailoutbox: list[EmailMessage]) -> list[str]:
    return [mail.to[0].partition("@")[0] for mail in mails(mailoutbox)]


# --- Drafts --------------------------------------------------------------------------------------


def test_form_that_comes_twice_makes_one_draft(event: Event) -> None:
    draft, token = Draft("everybody", None, TEXTS), uuid.uuid4()
    made = [announcements.create(event, draft, by=make_organizer(), token=token) for _ in range(2)]
    assert (made[0] == made[1], Announcement.objects.count()) == (True, 1)


def test_draft_that_somebody_else_saved_is_not_overwritten_sent_or_deleted(event: Event) -> None:
    join(event, "ada")
    seen = make_announcement(event)
    mine, theirs = Draft("confirmed", None, TEXTS), Draft("waiting", None, TEXTS)
    assert announcements.change(seen, theirs, revision=0) is Outcome.DONE
    assert announcements.change(seen, mine, revision=0) is Outcome.CHANGED
    assert announcements.send(seen, revision=0) is Outcome.CHANGED
    assert announcements.delete(seen, revision=0) is Outcome.CHANGED
    seen.refresh_from_db()
    assert (seen.audience, seen.revision, seen.sent_at, told(seen)) == ("waiting", 1, None, [])
    assert announcements.delete(seen, revision=1) is Outcome.DONE
    assert announcements.change(seen, mine, revision=1) is Outcome.GONE


def test_what_was_sent_is_neither_changed_nor_deleted(event: Event) -> None:
    join(event, "ada")
    announcement = make_announcement(event)
    assert send(announcement) is Outcome.DONE
    assert announcements.delete(announcement, revision=0) is Outcome.GONE
    draft = Draft("confirmed", None, TEXTS)
    assert announcements.change(announcement, draft, revision=0) is Outcome.GONE


# --- Sending -------------------------------------------------------------------------------------


def test_message_is_sent_once_to_each(event: Event, mailoutbox: list[EmailMessage]) -> None:
    join(event, "ada", "bo")
    announcement = make_announcement(event)
    assert [send(announcement) for _ in range(2)] == [Outcome.DONE, Outcome.GONE]
    housekeeping.run()
    assert (told(announcement), people_in(mailoutbox)) == (["ada", "bo"], ["ada", "bo"])
    announcement.refresh_from_db()
    assert announcement.done_at == NOON


def test_many_people_are_told_in_steps(
    event: Event,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Two statements a step, one to see that nobody is left, and one to say so."""
    monkeypatch.setattr(announcements, "STEP", 2)
    join(event, "ada", "bo", "cy", "di", "em")
    announcement = make_announcement(event, sent_at=NOON)
    with django_assert_num_queries(3 * 2 + 2):
        announcements.finish(announcement, NOON)
    assert told(announcement) == ["ada", "bo", "cy", "di", "em"]


def test_message_to_nobody_stays_a_draft(event: Event) -> None:
    announcement = make_announcement(event)
    assert send(announcement) is Outcome.NOBODY
    announcement.refresh_from_db()
    assert announcement.is_draft is True


def test_people_of_an_event_get_a_few_messages_an_hour(event: Event, clock: Clock) -> None:
    join(event, "ada")
    most = announcements.MOST_AN_HOUR
    assert {send(make_announcement(event)) for _ in range(most)} == {Outcome.DONE}
    late = make_announcement(event)
    assert send(late) is Outcome.TOO_OFTEN
    other = make_event()
    register(person("bo"), other)
    assert send(make_announcement(other)) is Outcome.DONE
    clock.shift(HOUR)
    assert send(late) is Outcome.DONE


def test_who_has_no_address_is_counted_and_who_was_erased_is_not(event: Event) -> None:
    join(event, "ada", "silent", "closed", "erased")
    Attendee.objects.filter(user__username="silent").update(email_confirmed_at=None)
    Attendee.objects.filter(user__username="erased").update(erased_at=NOON)
    closed = Attendee.objects.get(user__username="closed")
    closed.user.is_active = False
    closed.user.save()
    announcement = make_announcement(event)
    send(announcement)
    rows = Notification.objects.filter(announcement=announcement).order_by("pk")
    states = list(rows.values_list("attendee__user__username", "state"))
    assert states == [("ada", "queued"), ("silent", "nobody"), ("closed", "nobody")]


# --- People who join later -----------------------------------------------------------------------


def test_who_joins_after_it_was_sent_gets_nothing(event: Event, clock: Clock) -> None:
    join(event, "ada")
    announcement = make_announcement(event)
    send(announcement)
    clock.shift(MINUTE)
    join(event, "bo")
    housekeeping.run()
    assert told(announcement) == ["ada"]


def test_who_joins_later_gets_it_once_until_it_ends(
    event: Event, clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    join(event, "ada")
    announcement = make_announcement(event, includes_later=True, later_until=NOON + DAY)
    send(announcement)
    clock.shift(HOUR)
    join(event, "bo")
    for _ in range(2):
        housekeeping.run()
    clock.move_to(NOON + DAY)
    join(event, "cy")
    clock.shift(MINUTE)
    join(event, "di")
    clock.shift(DAY)  # nobody kept house
    for _ in range(2):
        housekeeping.run()
    assert told(announcement) == ["ada", "bo", "cy"]
    assert people_in(mailoutbox) == ["ada", "bo", "cy"]
    announcement.refresh_from_db()
    assert announcement.done_at == NOON + 2 * DAY + MINUTE


def test_who_comes_back_gets_it_no_second_time(event: Event, clock: Clock) -> None:
    join(event, "ada")
    announcement = make_announcement(event, includes_later=True)
    send(announcement)
    places.cancel(registration=Registration.objects.get(), in_full=False)
    clock.shift(MINUTE)
    register(Attendee.objects.get(neos_id="U-ada"), event)
    housekeeping.run()
    assert told(announcement) == ["ada"]


def test_without_a_time_it_ends_with_the_event_as_it_is_then(event: Event, clock: Clock) -> None:
    join(event, "ada")
    announcement = make_announcement(event, includes_later=True)
    send(announcement)
    Event.objects.filter(pk=event.pk).update(ends_at=event.ends_at + DAY)
    clock.move_to(event.ends_at + HOUR)
    event.refresh_from_db()
    join(event, "bo")
    housekeeping.run()
    assert told(announcement) == ["ada", "bo"]


def test_message_to_people_who_join_may_begin_with_nobody(event: Event, clock: Clock) -> None:
    announcement = make_announcement(event, audience="waiting", includes_later=True)
    assert send(announcement) is Outcome.DONE
    Event.objects.filter(pk=event.pk).update(capacity=0)
    event.refresh_from_db()
    clock.shift(MINUTE)
    join(event, "ada")
    housekeeping.run()
    assert told(announcement) == ["ada"]


def test_end_that_came_before_it_was_sent_leaves_nobody_out(event: Event, clock: Clock) -> None:
    announcement = make_announcement(event, includes_later=True, later_until=NOON + MINUTE)
    clock.shift(HOUR)
    join(event, "ada")
    clock.shift(MINUTE)
    send(announcement)
    assert told(announcement) == ["ada"]


def test_organizer_can_stop_it_for_who_joins_later(event: Event, clock: Clock) -> None:
    """Those who joined before still get it, also if nobody kept house meanwhile."""
    join(event, "ada")
    announcement = make_announcement(event, includes_later=True)
    send(announcement)
    clock.shift(MINUTE)
    join(event, "bo")
    clock.shift(MINUTE)
    assert announcements.stop_later(announcement) is True
    clock.shift(MINUTE)
    join(event, "cy")
    housekeeping.run()
    announcement.refresh_from_db()
    assert (told(announcement), announcements.stop_later(announcement)) == (["ada", "bo"], False)


def test_round_that_was_interrupted_tells_only_who_was_there(event: Event, clock: Clock) -> None:
    join(event, "ada")
    announcement = make_announcement(event, sent_at=NOON)
    clock.shift(MINUTE)
    join(event, "bo")
    housekeeping.run()
    assert told(announcement) == ["ada"]


def test_sites_without_messages_ask_once_a_round(
    django_assert_num_queries: DjangoAssertNumQueries, event: Event
) -> None:
    join(event, "ada")
    send(make_announcement(event))
    with django_assert_num_queries(1):
        assert announcements.unfinished() == []


# --- Delivery ------------------------------------------------------------------------------------


def test_mail_says_what_was_written_to_each_in_their_language(
    event: Event, mailoutbox: list[EmailMessage]
) -> None:
    texts = TEXTS | {"ja": {"subject": "{event}のNews", "body": "**{name}**さん、{link}"}}
    for name, language in (("ada", "ja"), ("bo", ""), ("cy", "fr")):
        register(person(name, language=language), event)
    send(make_announcement(event, texts=texts))
    found = mails(mailoutbox)
    subjects = [mail.subject for mail in found]
    assert subjects == ["JamのNews", "News of Jam", "News of Jam"]
    code = Registration.objects.get(attendee__neos_id="U-bo").code
    place = f"http://localhost:8000/registrations/{code}/"
    start = "Sat 8 June 2030, 12:00 (UTC)"
    assert str(found[1].body).startswith(f"Hello **bo**, {start}: {place}\n")
    assert f"See your place: {place}" in str(found[1].body)
    html = str(found[1].alternatives[0][0])
    assert "<p>Hello <strong>bo</strong>, " in html
    assert f'href="{place}"' in html
    assert "The organizers of “Jam” wrote this mail." in str(found[1].body)
    assert set(found[1].extra_headers) >= {"List-Unsubscribe", "List-Unsubscribe-Post"}


def test_words_of_organizers_and_names_are_neither_markup_nor_headers(
    event: Event, mailoutbox: list[EmailMessage]
) -> None:
    Event.objects.update(title="Jam <script>\r\nBcc: x@example.org")
    event.refresh_from_db()
    evil = person("ada", display_name="[click](javascript:alert(1)) <img src=x>")
    register(evil, event)
    body = "{name} <script>alert(1)</script> ![x](https://e.org/x.png) [y](javascript:alert(2))"
    texts = {"en": {"subject": "News\r\nBcc: y@example.org {event}", "body": body}}
    send(make_announcement(event, texts=texts))
    (mail,) = mails(mailoutbox)
    assert mail.subject == "News Bcc: y@example.org Jam <script> Bcc: x@example.org"
    assert mail.recipients() == ["ada@example.org"]
    html = str(mail.alternatives[0][0])
    found = [word for word in ("<script", "<img", 'href="javascript') if word in html]
    assert (found, "[click](javascript:alert(1)) &lt;img src=x&gt;" in html) == ([], True)


def test_who_muted_it_gets_nothing(event: Event, mailoutbox: list[EmailMessage]) -> None:
    join(event, "ada", "bo")
    topics.mute(Attendee.objects.get(neos_id="U-ada").pk, MailTopic.ORGANIZERS)
    announcement = make_announcement(event)
    send(announcement)
    assert people_in(mailoutbox) == ["bo"]
    rows = Notification.objects.filter(announcement=announcement).order_by("pk")
    assert list(rows.values_list("state", flat=True)) == ["nobody", "sent"]


def test_who_has_left_the_group_by_then_gets_nothing(
    event: Event, mailoutbox: list[EmailMessage]
) -> None:
    Event.objects.update(price=500)
    event.refresh_from_db()
    join(event, "ada", "bo")
    send(make_announcement(event, audience="unpaid"))
    mine = Registration.objects.get(attendee__neos_id="U-ada")
    manual.mark_paid(registration=mine, by=make_organizer())
    assert people_in(mailoutbox) == ["bo"]


def test_draft_that_is_deleted_takes_its_tests_along(
    event: Event, mailoutbox: list[EmailMessage]
) -> None:
    announcement = make_announcement(event)
    announcements.send_test(announcement, person("mika"))
    announcements.delete(announcement, revision=0)
    assert people_in(mailoutbox) == []


# --- Tests ---------------------------------------------------------------------------------------


def test_test_goes_to_the_organizer_in_each_language(
    event: Event, mailoutbox: list[EmailMessage]
) -> None:
    """Who has no place is led to the event, and gets it although they want no such mail."""
    join(event, "ada")
    mika = person("mika")
    topics.mute(mika.pk, MailTopic.ORGANIZERS)
    texts = TEXTS | {"ja": {"subject": "News", "body": "{name}"}}
    announcement = make_announcement(event, texts=texts)
    assert announcements.send_test(announcement, mika) is True
    found = mails(mailoutbox)
    assert [mail.subject for mail in found] == ["[Test] News of Jam", "[テスト] News"]
    assert {mail.to[0] for mail in found} == {"mika@example.org"}
    assert "http://localhost:8000/events/jam/" in str(found[0].body)
    assert (told(announcement), announcement.is_draft) == ([], True)


def test_organizer_gets_a_number_of_tests_an_hour(event: Event, clock: Clock) -> None:
    mika, announcement = person("mika"), make_announcement(event)
    sent = []
    for _ in range(announcements.MOST_TESTS_AN_HOUR + 1):
        sent.append(announcements.send_test(announcement, mika))
        clock.shift(timedelta(seconds=1))
    assert sent == [True] * announcements.MOST_TESTS_AN_HOUR + [False]
