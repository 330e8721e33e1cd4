"""Organizers write to people of their event, and see who was told what."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from events.messages import announcements, delivery, topics
from events.models import Announcement, Attendee, Event, MailTopic, Notification
from tests.events.admin.conftest import SignedIn
from tests.events.admin.pages import EVENTS, errors, leaks, logged, read, said
from tests.factories import (
    NOON,
    make_announcement,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import register
from tests.markup import fill_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TYPED = {"subject_en": "News of {event}", "body_en": "Hello **{name}**"}
IDS = "announcement_form"


def at(event: Event, tail: str = "") -> str:
    return f"{EVENTS}{event.pk}/messages/{tail}"


def page_of(announcement: Announcement, tail: str = "") -> str:
    return at(announcement.event, f"{announcement.pk}/{tail}")


def typed(response: HttpResponse) -> dict[str, Any]:
    """What the form on the page would send as it stands."""
    form = next(f for f in read(response).all("form") if f.attributes.get("id") == IDS)
    sent = defaultdict(list)
    for name, value in fill_in(form, form.first("input", name="_save"), {}):
        sent[name].append(value)
    return dict(sent)


def write(browser: Client, event: Event, **changes: Any) -> HttpResponse:
    address = at(event, "new/")
    return browser.post(address, typed(browser.get(address)) | TYPED | changes)


def press(browser: Client, announcement: Announcement, action: str, **more: object) -> HttpResponse:
    sent = {"action": action, "revision": announcement.revision} | more
    return browser.post(page_of(announcement), sent)


def person(name: str, **fields: object) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(
        user=user, neos_id=f"U-{name}", neos_username=name, email_confirmed_at=NOON, **fields
    )


def cells(response: HttpResponse, table: str) -> list[list[str]]:
    body = next(read(response).first("table", id=table).all("tbody"))
    return [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]


@pytest.fixture
def draft(jam: Event) -> Announcement:
    register(person("ada"), jam)
    return make_announcement(jam)


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", "new/", "{pk}/", "{pk}/edit/"])
def test_only_organizers_of_the_event_open_its_messages(
    signed_in: SignedIn, mika: User, robin: User, superuser: User, draft: Announcement, tail: str
) -> None:
    helper = make_organizer()
    draft.event.organizers.add(helper)
    address = at(draft.event, tail.format(pk=draft.pk))
    people = [mika, helper, superuser, robin, make_user(is_staff=True), make_user()]
    statuses = [signed_in(user).get(address).status_code for user in people]
    assert statuses == [200, 200, 200, 404, 403, 302]
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("action", ["send", "test", "delete", "stop"])
def test_nobody_else_presses_a_button(
    signed_in: SignedIn, robin: User, draft: Announcement, action: str
) -> None:
    for user, status in ((robin, 404), (make_user(is_staff=True), 403), (make_user(), 302)):
        assert press(signed_in(user), draft, action).status_code == status
    assert Announcement.objects.drafts().count() == 1
    assert Notification.objects.filter(kind="announcement").count() == 0


def test_who_may_only_look_finds_no_button(
    signed_in: SignedIn, draft: Announcement, mika: User
) -> None:
    mika.groups.get().permissions.filter(codename="change_announcement").get().group_set.clear()
    browser = signed_in(User.objects.get(pk=mika.pk))
    page = browser.get(page_of(draft))
    assert [form for form in read(page).all("form") if "messages" in str(form.attributes)] == []
    assert press(browser, draft, "send").status_code == 403
    assert browser.get(at(draft.event, "new/")).status_code == 403


def test_message_is_found_at_its_own_event_only(
    browser: Client, mika: User, draft: Announcement, ball: Event
) -> None:
    other = make_event(organizers=[mika])
    for number in (draft.pk, make_announcement(ball).pk, 10**30):
        for tail in ("", "edit/"):
            assert browser.get(at(other, f"{number}/{tail}")).status_code == 404


def test_messages_of_others_stay_out_of_sight(browser: Client, jam: Event, ball: Event) -> None:
    make_announcement(ball, texts={"en": {"subject": "Ball", "body": "Veil"}}, sent_at=NOON)
    assert leaks(browser.get(at(jam))) == []


# --- Writing -------------------------------------------------------------------------------------


def test_message_is_written_previewed_and_sent(
    browser: Client, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    register(person("ada"), jam)
    answer = write(browser, jam)
    announcement = Announcement.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(announcement))
    page = read(browser.get(page_of(announcement)))
    paper = page.first("div", class_="paper")
    assert paper.first("h3").text == "News of Jam"
    assert paper.first("strong").text in {"ada", "Guest"}
    assert "Send to 1 person" in page.text
    assert "1 mail goes out." in page.text

    sent = press(browser, announcement, "send")
    assert said(sent) == ["It is on its way to 1 person."]
    delivery.deliver_due()
    assert [mail.to for mail in mailoutbox if mail.subject == "News of Jam"] == [
        ["ada@example.org"]
    ]
    assert logged() == [("mika", "Sent the message “News of Jam”.")]
    again = press(browser, announcement, "send")
    assert said(again)[-1] == "It was sent already, so it was not sent again."
    assert len(logged()) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"subject_en": ""}, "This field is required."),
        ({"body_en": " \n "}, "This field is required."),
        ({"subject_en": "x" * 151}, "Ensure this value has at most 150 characters (it has 151)."),
        (
            {"body_en": "{nam} {name}"},
            "{nam} stands for nothing. You can write {name} {event} {start} {link}.",
        ),
        (
            {"subject_en": "{password}"},
            "{password} stands for nothing. You can write {name} {event} {start} {link}.",
        ),
        (
            {"subject_ja": "お知らせ"},
            "Write this in the same language, too, or leave both empty.",
        ),
        ({"audience": "workshop"}, "Choose the workshop."),
        (
            {"audience": "nobody"},
            "Select a valid choice. nobody is not one of the available choices.",
        ),
        (
            {"later_until_0": "2030-06-02", "later_until_1": "12:00"},
            "Tick this box, or leave the time empty.",
        ),
        (
            {"includes_later": "on", "later_until_0": "2030-06-01", "later_until_1": "12:00"},
            "Choose a time that is still to come.",
        ),
        (
            {"includes_later": "on", "audience": "no-shows"},
            "Nobody joins this group any more. Leave the box empty.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    browser: Client, jam: Event, changes: dict[str, str], expected: str
) -> None:
    answer = write(browser, jam, **changes)
    assert (answer.status_code, errors(answer)) == (200, [expected])
    kept = TYPED | changes
    again = typed(answer)
    assert [again[name][0].strip() for name in kept if name != "audience"] == [
        kept[name].strip() for name in kept if name != "audience"
    ]
    assert Announcement.objects.count() == 0


def test_workshop_of_another_event_is_no_choice(browser: Client, jam: Event, ball: Event) -> None:
    other = str(ball.workshops.get().pk)
    answer = write(browser, jam, audience="workshop", workshop=other)
    assert errors(answer) == ["This workshop is not there any more. Please choose another one."]


def test_workshop_that_is_chosen_for_everybody_is_asked_about(browser: Client, jam: Event) -> None:
    answer = write(browser, jam, workshop=str(jam.workshops.get().pk))
    assert errors(answer) == [
        "If only people of one workshop get it, choose them as the group. Else leave this empty."
    ]


def test_message_to_a_workshop_goes_to_its_people(browser: Client, jam: Event) -> None:
    register(person("ada"), jam)
    write(browser, jam, audience="workshop", workshop=str(jam.workshops.get().pk))
    page = browser.get(page_of(Announcement.objects.get()))
    assert "People with a confirmed place in one workshop: Mixing" in read(page).text
    assert "1 person is in this group now." in read(page).text


def test_event_without_workshops_offers_none(browser: Client, mika: User) -> None:
    page = read(browser.get(at(make_event(organizers=[mika]), "new/")))
    values = [option.attributes["value"] for option in page.first("select").all("option")]
    assert (len(values), "workshop" in values) == (7, False)


def test_times_are_read_in_the_zone_of_the_event(browser: Client, jam: Event) -> None:
    Event.objects.update(time_zone="Asia/Tokyo")
    later = {"includes_later": "on", "later_until_0": "2030-06-02", "later_until_1": "21:00"}
    write(browser, jam, **later)
    announcement = Announcement.objects.get()
    assert announcement.later_until == NOON + timedelta(days=1)
    again = typed(browser.get(page_of(announcement, "edit/")))
    assert {name: again[name][0] for name in later} == later
    page = read(browser.get(page_of(announcement)))
    assert "They get it, too, until Sun 2 June 2030, 21:00 (Asia/Tokyo)." in page.text


@pytest.mark.parametrize(("name", "audience"), [("reminder", "confirmed"), ("thanks", "confirmed")])
def test_ready_text_fills_the_form_in_every_language(
    browser: Client, jam: Event, name: str, audience: str
) -> None:
    page = browser.get(at(jam, f"new/?text={name}"))
    form = typed(page)
    assert form["audience"] == [audience]
    assert ["{event}" in form[f"subject_{code}"][0] for code in ("en", "ja")] == [True, True]
    browser.post(at(jam, "new/"), form)
    shown = browser.get(page_of(Announcement.objects.get()))
    papers = list(read(shown).all("div", class_="paper"))
    assert [paper.attributes["lang"] for paper in papers] == ["en", "ja"]


def test_unknown_ready_text_is_an_empty_form(browser: Client, jam: Event) -> None:
    assert typed(browser.get(at(jam, "new/?text=nonsense")))["subject_en"] == [""]


def test_form_that_is_sent_twice_makes_one_draft(browser: Client, jam: Event) -> None:
    form = typed(browser.get(at(jam, "new/"))) | TYPED
    first, second = (browser.post(at(jam, "new/"), form) for _ in range(2))
    assert (first["Location"], Announcement.objects.count()) == (second["Location"], 1)


def test_form_that_is_sent_again_with_other_words_makes_another_draft(
    browser: Client, jam: Event
) -> None:
    form = typed(browser.get(at(jam, "new/"))) | TYPED
    browser.post(at(jam, "new/"), form)
    browser.post(at(jam, "new/"), form | {"subject_en": "Other"})
    assert sorted(one.subject for one in Announcement.objects.all()) == ["News of {event}", "Other"]


def test_form_that_is_sent_again_to_others_makes_another_draft(browser: Client, jam: Event) -> None:
    form = typed(browser.get(at(jam, "new/"))) | TYPED
    browser.post(at(jam, "new/"), form | {"audience": "confirmed"})
    later = {"audience": "waiting"}, {"audience": "confirmed", "includes_later": "on"}
    for changes in later:
        browser.post(at(jam, "new/"), form | changes)
    drafts = Announcement.objects.order_by("pk").values_list("audience", "includes_later")
    assert list(drafts) == [("confirmed", False), ("waiting", False), ("confirmed", True)]


# --- Drafts that others touch --------------------------------------------------------------------


def test_draft_is_edited(browser: Client, draft: Announcement) -> None:
    address = page_of(draft, "edit/")
    answer = browser.post(address, typed(browser.get(address)) | {"subject_en": "Better"})
    draft.refresh_from_db()
    assert (answer["Location"], draft.subject, draft.revision) == (page_of(draft), "Better", 1)


def test_later_of_two_who_edit_sees_both_and_decides(browser: Client, draft: Announcement) -> None:
    address = page_of(draft, "edit/")
    mine = typed(browser.get(address)) | {"subject_en": "Mine"}
    browser.post(address, typed(browser.get(address)) | {"subject_en": "Theirs"})
    answer = browser.post(address, mine)
    assert answer.status_code == 200
    assert errors(answer)[0].startswith("Somebody else saved this draft while you had it open.")
    assert read(answer).first("section").text.startswith("What somebody else saved Theirs")
    again = typed(answer)
    assert again["subject_en"] == ["Mine"]
    browser.post(address, again)
    draft.refresh_from_db()
    assert draft.subject == "Mine"


@pytest.mark.parametrize("happens", ["sent", "deleted"])
def test_words_for_a_draft_that_is_gone_start_another_one(
    browser: Client, draft: Announcement, happens: str
) -> None:
    address = page_of(draft, "edit/")
    mine = typed(browser.get(address)) | {"subject_en": "Mine"}
    if happens == "sent":
        announcements.send(draft, revision=0)
    else:
        announcements.delete(draft, revision=0)
    answer = browser.post(address, mine)
    assert errors(answer)[0].startswith("This draft was sent or deleted while you had it open.")
    form = next(f for f in read(answer).all("form") if f.attributes.get("id") == IDS)
    assert form.attributes["action"] == at(draft.event, "new/")
    browser.post(at(draft.event, "new/"), typed(answer))
    assert [one.subject for one in Announcement.objects.drafts()] == ["Mine"]


def test_page_that_is_older_than_the_draft_sends_nothing(
    browser: Client, draft: Announcement
) -> None:
    Announcement.objects.update(revision=1)
    answer = press(browser, draft, "send", revision=0)
    assert said(answer)[0].startswith("Nothing was sent: somebody else saved this draft")
    assert said(press(browser, draft, "delete", revision=0))[-1].startswith("It was not deleted")
    assert Announcement.objects.drafts().count() == 1


def test_draft_is_deleted(browser: Client, draft: Announcement) -> None:
    answer = press(browser, draft, "delete")
    assert (answer["Location"], said(answer)) == (at(draft.event), ["Deleted the draft “News”."])
    answer = press(browser, draft, "send")
    assert said(answer)[-1] == "Somebody else deleted this draft a moment ago."


def test_what_was_sent_is_not_edited(browser: Client, draft: Announcement) -> None:
    announcements.send(draft, revision=0)
    assert browser.get(page_of(draft, "edit/"))["Location"] == page_of(draft)


@pytest.mark.parametrize(
    "sent",
    [{}, {"action": "nonsense", "revision": "0"}, {"action": "send"},
     {"action": "send", "revision": "-1"}, {"action": "send", "revision": "9" * 40}],
)  # fmt: skip
def test_forged_buttons_are_refused(
    browser: Client, draft: Announcement, sent: dict[str, str]
) -> None:
    assert browser.post(page_of(draft), sent).status_code == 400
    assert Announcement.objects.drafts().count() == 1


# --- Before it is sent ---------------------------------------------------------------------------


def test_page_counts_who_gets_no_mail(browser: Client, draft: Announcement) -> None:
    """`Guest` of the fixture has no address."""
    bo = person("bo")
    register(bo, draft.event)
    topics.mute(bo.pk, MailTopic.ORGANIZERS)
    text = read(browser.get(page_of(draft))).text
    sentences = (
        "3 people are in this group now.",
        "No mail reaches 1 of them: they have no confirmed address.",
        "1 of them does not want news from organizers.",
        "1 mail goes out.",
    )
    assert [one for one in sentences if one not in text] == []


def test_preview_is_what_somebody_of_the_group_reads_in_their_language(
    browser: Client, jam: Event
) -> None:
    for name, language in (("ada", "en"), ("hana", "ja"), ("bo", "")):
        register(person(name, language=language), jam)
    texts = {
        "en": {"subject": "For {name}", "body": "{link}"},
        "ja": {"subject": "{name}さん", "body": "{start}"},
    }
    announcement = make_announcement(jam, texts=texts)

    def papers(**query: object) -> list[str]:
        page = read(browser.get(page_of(announcement), query))
        return [paper.first("h3").text for paper in page.all("div", class_="paper")]

    assert papers() == ["For Guest", "hanaさん"]
    ada = jam.registrations.get(attendee__neos_id="U-ada")
    assert papers(after=ada.pk - 1) == ["For ada", "hanaさん"]
    assert papers(after="9" * 30) == papers(after="x") == papers()
    page = read(browser.get(page_of(announcement), {"after": ada.pk - 1}))
    assert f"/registrations/{ada.code}/" in page.text
    assert "2030年6月8日" in page.text


def test_preview_without_anybody_is_the_organizers_own(browser: Client, mika: User) -> None:
    event = make_event(organizers=[mika])
    texts = {"en": {"subject": "For {name}", "body": "{link}"}}
    page = read(browser.get(page_of(make_announcement(event, texts=texts))))
    assert page.first("div", class_="paper").first("h3").text == "For mika"
    buttons = [button.attributes.get("value") for button in page.all("button")]
    assert "send" not in buttons


def test_preview_runs_nothing(browser: Client, draft: Announcement) -> None:
    texts = {"en": {"subject": "<script>x</script>", "body": "<script>y</script> <img src=x>"}}
    Announcement.objects.update(texts=texts)
    content = browser.get(page_of(draft)).content.decode()
    assert [word for word in ("<script>x", "<script>y", "<img src=x") if word in content] == []


def test_message_to_nobody_is_not_sent(browser: Client, mika: User) -> None:
    announcement = make_announcement(make_event(organizers=[mika]), audience="no-shows")
    assert "Who did not come is known once" in read(browser.get(page_of(announcement))).text
    answer = press(browser, announcement, "send")
    assert said(answer) == ["Nothing was sent: no mail would reach anybody in this group now."]


NOBODY_YET = "It cannot be sent: nobody is in this group now. Edit it to choose another one."
INCLUDE_LATER = "Or tick there that people who join the group later get it, too:"
NO_ADDRESS = "It cannot be sent: nobody in this group has a confirmed address."
ALL_MUTED = "It cannot be sent: nobody in this group wants news from organizers."
MIXED = "It cannot be sent: some in this group have no confirmed address, and the others"
WORKSHOP_GONE = "The workshop of this message was deleted. Edit it, and choose another."
REASONS = (NOBODY_YET, INCLUDE_LATER, NO_ADDRESS, ALL_MUTED, MIXED, WORKSHOP_GONE)


def why_not_sent(browser: Client, announcement: Announcement) -> tuple[bool, list[str]]:
    """Return whether the page has the button to send, and which reasons it says."""
    page = read(browser.get(page_of(announcement)))
    has_button = any(page.all("button", name="action", value="send"))
    return has_button, [reason for reason in REASONS if reason in page.text]


def test_group_without_anybody_says_so_and_what_to_do(browser: Client, mika: User) -> None:
    draft = make_announcement(make_event(organizers=[mika]))
    assert why_not_sent(browser, draft) == (False, [NOBODY_YET, INCLUDE_LATER])
    Announcement.objects.update(includes_later=True)
    assert why_not_sent(browser, draft) == (True, [])


def test_group_without_anybody_of_what_is_over_waits_for_nobody(
    browser: Client, mika: User, clock: time_machine.Traveller
) -> None:
    draft = make_announcement(make_event(organizers=[mika]), audience="no-shows")
    assert why_not_sent(browser, draft) == (False, [])  # it says that it is too early
    clock.move_to(draft.event.ends_at)
    assert why_not_sent(browser, draft) == (False, [NOBODY_YET])


def test_group_without_an_address_says_so(browser: Client, jam: Event) -> None:
    """`Guest` of the fixture has none."""
    draft = make_announcement(jam)
    assert why_not_sent(browser, draft) == (False, [NO_ADDRESS])
    register(person("ada"), jam)
    assert why_not_sent(browser, draft) == (True, [])


def test_group_that_wants_no_news_says_so(browser: Client, mika: User) -> None:
    event, ada = make_event(organizers=[mika]), person("ada")
    register(ada, event)
    topics.mute(ada.pk, MailTopic.ORGANIZERS)
    assert why_not_sent(browser, make_announcement(event)) == (False, [ALL_MUTED])


def test_group_that_nothing_reaches_for_two_reasons_says_both(browser: Client, jam: Event) -> None:
    ada = person("ada")
    register(ada, jam)
    topics.mute(ada.pk, MailTopic.ORGANIZERS)
    assert why_not_sent(browser, make_announcement(jam)) == (False, [MIXED])


def test_draft_whose_workshop_was_deleted_says_so(browser: Client, jam: Event) -> None:
    fog = make_workshop(jam)
    draft = make_announcement(jam, audience="workshop", workshop=fog)
    assert why_not_sent(browser, draft) == (False, [NOBODY_YET, INCLUDE_LATER])
    fog.delete()
    assert why_not_sent(browser, draft) == (False, [WORKSHOP_GONE])


def test_too_many_messages_in_an_hour_stay_drafts(
    browser: Client, draft: Announcement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "MOST_AN_HOUR", 0)
    answer = press(browser, draft, "send")
    assert said(answer)[0].startswith("Nothing was sent: people of one event get at most")


# --- Tests ---------------------------------------------------------------------------------------


def test_second_press_on_the_last_message_of_an_hour_says_that_it_was_sent(
    browser: Client, draft: Announcement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "MOST_AN_HOUR", 1)
    press(browser, draft, "send")
    again = press(browser, draft, "send")
    assert said(again)[-1] == "It was sent already, so it was not sent again."
    draft.event.registrations.update(status="cancelled", ended_at=NOON)
    again = press(browser, draft, "send")
    assert said(again)[-1] == "It was sent already, so it was not sent again."


@pytest.mark.parametrize("has_attendee", [True, False])
def test_organizer_without_an_address_is_told_what_to_do(
    browser: Client, draft: Announcement, mika: User, *, has_attendee: bool
) -> None:
    if has_attendee:
        Attendee.objects.create(user=mika)
    page = browser.get(page_of(draft))
    assert "A test needs an address of yours that is confirmed." in read(page).text
    answer = press(browser, draft, "test")
    assert said(answer)[0].startswith("No mail reaches you yet. Write your e-mail address into")
    assert 'href="/account/"' in browser.get(page_of(draft)).content.decode()
    assert Notification.objects.filter(kind="announcement").count() == 0


def test_organizer_gets_a_test(
    browser: Client, draft: Announcement, mika: User, mailoutbox: list[EmailMessage]
) -> None:
    Attendee.objects.create(user=mika, email_confirmed_at=NOON)
    answer = press(browser, draft, "test")
    assert said(answer) == ["The test is on its way to your own address, once in each language."]
    delivery.deliver_due()
    tests = [mail for mail in mailoutbox if mail.subject.startswith("[Test]")]
    assert [(mail.to, mail.subject) for mail in tests] == [([mika.email], "[Test] News")]


# --- Afterwards ----------------------------------------------------------------------------------


def test_list_says_what_was_sent_to_whom(browser: Client, draft: Announcement, mika: User) -> None:
    Announcement.objects.update(author=mika)
    register(person("bo"), draft.event)
    announcements.send(draft, revision=0)
    make_announcement(draft.event, texts={"en": {"subject": "Later", "body": "x"}})
    page = browser.get(at(draft.event))
    when = "Sat 1 June 2030, 12:00 (UTC)"
    group = "Everybody: with a place, waiting, or still to pay"
    assert cells(page, "announcements") == [["News", group, "mika", when, "2", "0", "0", "1"]]
    assert cells(page, "automatic") == [["Registered", when, "2", "0", "0", "2"]]
    assert "Later" in read(page).first("section", **{"aria-labelledby": "drafts"}).text


def test_page_of_a_message_says_what_became_of_it_for_each(
    browser: Client, draft: Announcement
) -> None:
    register(person("bo"), draft.event)
    announcements.send(draft, revision=0)
    own = Notification.objects.filter(announcement=draft)
    own.filter(attendee__neos_id="U-ada").update(state="sent", sent_at=NOON)
    own.filter(attendee__neos_id="U-bo").update(state="dead", last_error="Error: bo@example.org")
    page = browser.get(page_of(draft))
    when = "Sat 1 June 2030, 12:00 (UTC)"
    expected = [
        ["Guest", "Nobody to write to", "–"],
        ["ada", "Sent", when],
        ["bo", "Not delivered", "–"],
    ]
    assert cells(page, "people") == expected
    for state, row in (("nobody", 0), ("sent", 1), ("dead", 2)):
        assert cells(browser.get(page_of(draft), {"state": state}), "people") == [expected[row]]
    assert "Nobody is in this list." in read(browser.get(page_of(draft), {"state": "waiting"})).text
    assert cells(browser.get(page_of(draft), {"state": "x"}), "people") == expected


@pytest.mark.parametrize("tail", ["", "{pk}/"])
def test_nobodys_address_or_id_is_shown(browser: Client, draft: Announcement, tail: str) -> None:
    announcements.send(draft, revision=0)
    Notification.objects.update(last_error="Error: ada@example.org")
    held = draft.event.registrations.get(attendee__neos_id="U-ada")
    content = browser.get(at(draft.event, tail.format(pk=draft.pk))).content.decode()
    assert [word for word in ("@example.org", str(held.code)) if word in content] == []


def test_long_lists_come_piece_by_piece(
    browser: Client, draft: Announcement, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("announcement", "messages"):
        monkeypatch.setattr(f"events.admin.desk.{module}.ROWS_PER_PAGE", 1)
    announcements.send(draft, revision=0)
    announcements.send(make_announcement(draft.event), revision=0)
    for address, table in ((page_of(draft), "people"), (at(draft.event), "announcements")):
        pages = [cells(browser.get(address, {"page": page}), table) for page in ("1", "2", "99")]
        assert ([len(page) for page in pages], pages[1] == pages[2]) == ([1, 1, 1], True)


@pytest.mark.parametrize(("tail", "queries"), [("", 12), ("{pk}/", 11)])
def test_pages_cost_the_same_with_more_on_them(
    browser: Client,
    jam: Event,
    django_assert_num_queries: DjangoAssertNumQueries,
    tail: str,
    queries: int,
) -> None:
    first = make_announcement(jam, author=make_user())
    for wanted in (1, 30):
        while Announcement.objects.count() < wanted:
            workshop = jam.workshops.get()
            make_announcement(
                jam, author=make_user(), audience="workshop", workshop=workshop, sent_at=NOON
            )
            make_announcement(jam, author=make_user())
            register(make_attendee(), jam)
        Announcement.objects.filter(pk=first.pk, sent_at=None).update(sent_at=NOON)
        first.refresh_from_db()
        announcements.finish(first, NOON)
        with django_assert_num_queries(queries):
            browser.get(at(jam, tail.format(pk=first.pk)))


def test_message_to_people_who_join_is_stopped(
    browser: Client, draft: Announcement, clock: time_machine.Traveller
) -> None:
    Announcement.objects.update(includes_later=True)
    draft.refresh_from_db()
    announcements.send(draft, revision=0)
    clock.shift(timedelta(minutes=1))
    button = "Send it to nobody who joins from now on"
    assert button in read(browser.get(page_of(draft))).text
    answer = press(browser, draft, "stop")
    assert said(answer) == ["People who join from now on do not get it."]
    assert button not in read(browser.get(page_of(draft))).text
    assert logged() == [("mika", "Stopped the message “News”.")]


def test_pages_speak_japanese(browser: Client, draft: Announcement, settings: Settings) -> None:
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"
    for tail in ("", "new/", f"{draft.pk}/"):
        page = browser.get(at(draft.event, tail))
        assert 'lang="ja"' in page.content.decode()


def test_workshop_that_moves_no_message_is_kept(browser: Client, jam: Event) -> None:
    """A draft whose workshop is deleted says that nobody is in its group."""
    extra = make_workshop(jam)
    announcement = make_announcement(jam, audience="workshop", workshop=extra)
    extra.delete()
    page = read(browser.get(page_of(announcement)))
    assert "0 people are in this group now." in page.text
