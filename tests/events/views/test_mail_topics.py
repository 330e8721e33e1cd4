"""Which mail somebody wants: chosen by one click, behind the link of a mail, or in the account."""

from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from events import follows, housekeeping
from events.accounts import closing
from events.messages import topics
from events.models import Attendee, MailTopic, MutedTopic
from tests.factories import make_event, make_host, make_local_attendee
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ALL = sorted(MailTopic.values)


@pytest.fixture
def ada() -> Attendee:
    return make_local_attendee()


@pytest.fixture
def stranger(ada: Attendee) -> Attendee:
    return make_local_attendee()


@pytest.fixture
def link(ada: Attendee) -> str:
    """Of a reminder to Ada."""
    return urlsplit(topics.link(ada.pk, MailTopic.REMINDERS)).path


def muted(attendee: Attendee) -> list[str]:
    return sorted(topics.muted_by(attendee.pk))


# --- The headers of a mail -----------------------------------------------------------------------


def test_unnecessary_mail_can_be_stopped_with_one_click(
    ada: Attendee, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    follows.follow(ada, host=make_host(make_event(title="Jam")))
    housekeeping.run()
    (mail,) = mailoutbox
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail.extra_headers["List-Unsubscribe"].strip("<>")
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, muted(ada)) == (200, ["new-events"])
    follows.follow(ada, host=make_host())  # wants it again
    assert muted(ada) == []


def test_mail_about_a_place_cannot_be_stopped(
    ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    topics.choose(ada.pk, [])
    register(ada, make_event(title="Jam"))
    housekeeping.run()
    (mail,) = mailoutbox
    assert mail.subject == "You are in: Jam"
    assert [name for name in mail.extra_headers if name.startswith("List-")] == []


def test_mail_that_somebody_does_not_want_is_not_sent(
    ada: Attendee, stranger: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    host = make_host(make_event(title="Jam"))
    for person in (ada, stranger):
        follows.follow(person, host=host)
    topics.mute(ada.pk, MailTopic.NEW_EVENTS)
    assert housekeeping.run().mail.dropped == 1
    assert [mail.to for mail in mailoutbox] == [[stranger.user.email]]


# --- The page behind the link --------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_visit_changes_nothing(client: Client, ada: Attendee, link: str, method: str) -> None:
    answer = getattr(client, method)(link, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, muted(ada)) == (200, [])


def test_page_behind_the_link_says_nothing_about_the_person(
    client: Client, ada: Attendee, link: str
) -> None:
    page = client.get(link).content.decode()
    assert "Reminders, a day and an hour before" in page
    assert [text in page for text in (ada.user.email, ada.user.username)] == [False, False]


def test_button_of_the_page_stops_the_kind_of_the_mail(
    client: Client, ada: Attendee, stranger: Attendee, link: str
) -> None:
    page = client.post(link, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert "You get no more of these mails" in page
    assert (muted(ada), muted(stranger)) == (["reminders"], [])


def test_choices_behind_the_link_are_saved_for_its_person_only(
    client: Client, ada: Attendee, stranger: Attendee, link: str
) -> None:
    client.post(link, {"choose": "topics", "topics": ["reminders", "thanks", "nonsense"]})
    assert muted(ada) == ["new-events", "openings", "organizers", "sessions"]
    client.post(link, {"choose": "topics", "topics": ALL})
    assert (muted(ada), muted(stranger)) == ([], [])


@pytest.mark.parametrize("spoil", ["x", "WzEsInJlbWluZGVycyJd:x:y"])
def test_link_that_was_changed_changes_nothing(
    client: Client, ada: Attendee, link: str, spoil: str
) -> None:
    for address in (f"/mails/{spoil}/", link.replace("/mails/", f"/mails/{spoil}")):
        answer = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "This link does not work" in answer.content.decode()) == (
            404,
            True,
        )
    assert MutedTopic.objects.count() == 0


# --- The account page ----------------------------------------------------------------------------


def test_account_page_has_the_same_choices(client: Client, ada: Attendee) -> None:
    topics.mute(ada.pk, MailTopic.THANKS)
    client.force_login(ada.user)
    page = client.get("/account/").content.decode()
    assert page.count('name="topics"') == len(ALL)
    assert page.count(" checked> ") == len(ALL) - 1


def test_account_page_saves_choices(client: Client, ada: Attendee, stranger: Attendee) -> None:
    client.force_login(ada.user)
    answer = client.post("/account/mails/", {"topics": ["sessions"]})
    assert answer["Location"] == "/account/#mails"
    assert muted(ada) == ["new-events", "openings", "organizers", "reminders", "thanks"]
    assert muted(stranger) == []


def test_choices_of_the_account_need_a_sign_in(client: Client, ada: Attendee) -> None:
    answer = client.post("/account/mails/", {"topics": []})
    assert answer["Location"] == "/accounts/login/?next=/account/mails/"
    assert (client.get("/account/mails/").status_code, muted(ada)) == (302, [])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "application/x-www-form-urlencoded"),
        ("List-Unsubscribe=One-Click", "text/plain"),
        ("--x\r\nbroken", "multipart/form-data; boundary=x"),
        ("topics=", "application/x-www-form-urlencoded"),
    ],
)
def test_body_that_is_no_form_of_ours_changes_nothing(
    client: Client, ada: Attendee, link: str, body: str, kind: str
) -> None:
    page = client.post(link, body, content_type=kind)
    assert (page.status_code, muted(ada)) == (200, [])
    assert "We have saved which mails you get" not in page.content.decode()


def test_link_of_an_account_that_was_deleted_changes_nothing(
    client: Client, ada: Attendee, link: str
) -> None:
    closing.erase(ada.user, by_choice=True)
    assert [client.get(link).status_code, client.post(link).status_code] == [404, 404]
