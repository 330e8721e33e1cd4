"""The page with the mails of the demo."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from events.messages import kept
from tests.eventsite.processes import ROOT, read

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HTML = '<!doctype html><html><head><title>x</title></head><body><a href="/account/">go</a></body>'


@pytest.fixture(autouse=True)
def demo(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "events.messages.kept.EmailBackend"
    settings.SANDBOX_MAIL = tmp_path


def send(subject: str = "You are in", html: str = HTML) -> str:
    """Send a mail; return its address on the site."""
    text = "See http://localhost:8000/account/ <b>now</b>"
    mail = EmailMultiAlternatives(subject, text, "site@example.org", ["wren@example.org"])
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()
    return f"/sandbox/mail/{kept.names()[0]}/"


def test_list_names_subject_person_and_time(client: Client) -> None:
    address = send("You are <in>")
    page = client.get("/sandbox/mail/").content.decode()

    assert f'<a href="{address}"><bdi>You are &lt;in&gt;</bdi></a>' in page
    assert "to <bdi>wren@example.org</bdi> · " in page
    assert "(UTC)" in page


def test_list_without_mail_says_how_to_get_some(client: Client) -> None:
    page = client.get("/sandbox/mail/").content.decode()

    assert "No mail was sent yet." in page
    assert 'href="/accounts/login/?next=/account/"' in page


def test_list_is_read_page_by_page(client: Client) -> None:
    addresses = [send(f"number {number}", "") for number in range(27)]

    newest, rest = (client.get(f"/sandbox/mail/?page={page}") for page in (1, 2))
    assert len(newest.context["mails"]) == 25
    assert [f"/sandbox/mail/{mail.name}/" for mail in rest.context["mails"]] == addresses[1::-1]


def test_mail_is_shown_in_a_frame_that_runs_nothing(client: Client) -> None:
    address = send()
    page, framed = client.get(address), client.get(f"{address}html/")

    assert f'src="{address}html/" sandbox="allow-top-navigation-by' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert framed["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
    )
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert framed.content.decode().startswith(
        '<!doctype html><html><head><base target="_top"><title>'
    )


def test_other_pages_stay_without_frames(client: Client) -> None:
    policy = client.get("/sandbox/mail/")["Content-Security-Policy"]

    assert "frame-src" not in policy
    assert "frame-ancestors 'none'" in policy


def test_mail_is_shown_as_text_with_its_links(client: Client) -> None:
    address = send()
    page = client.get(f"{address}?as=text").content.decode()

    assert 'See <a href="http://localhost:8000/account/"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page
    assert "<iframe" not in page


def test_mail_without_html_is_shown_as_text(client: Client) -> None:
    page = client.get(send(html="")).content.decode()

    assert "mail-text" in page
    assert "As HTML" not in page


def test_mail_that_is_not_there_is_404(client: Client) -> None:
    name = "01890000000000000000-0123abcd"
    found = [client.get(f"/sandbox/mail/{name}/{part}").status_code for part in ("", "html/")]

    assert found == [404, 404]
    assert client.get("/sandbox/mail/notes/").status_code == 404


def test_footer_of_the_demo_leads_there(client: Client) -> None:
    page = client.get("/").content.decode()

    assert '<a href="/sandbox/mail/">Mails of this demo</a>' in page


def test_site_that_sends_its_mails_shows_none(client: Client, settings: Settings) -> None:
    address = send()
    settings.SANDBOX_MAIL = None

    found = [client.get(path).status_code for path in ("/sandbox/mail/", address)]
    assert [*found, client.get(f"{address}html/").status_code] == [404, 404, 404]
    assert "/sandbox/mail/" not in client.get("/").content.decode()


KEPT = "events.messages.kept.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
DUMMY = "django.core.mail.backends.dummy.EmailBackend"
DEMO = {"DEBUG": "1", "NEOS_SANDBOX": "1", "DATABASE_URL": "sqlite:///var/demo.sqlite3"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (DEMO, [KEPT, f"{ROOT}/var/demo.sqlite3-mail"]),
        (DEMO | {"DATABASE_URL": "sqlite://:memory:"}, [KEPT, f"{ROOT}/var/mail"]),
        (DEMO | {"EMAIL_URL": "dummymail://"}, [DUMMY, None]),
        (DEMO | {"NEOS_SANDBOX": "0"}, [CONSOLE, None]),
        (DEMO | {"DEBUG": "0"}, [CONSOLE, None]),
    ],
    ids=str,
)
def test_only_the_demo_keeps_its_mails(
    environment: dict[str, str], expected: list[str | None]
) -> None:
    backend, folder = read("EMAIL_BACKEND", "SANDBOX_MAIL", **environment)

    assert [backend, folder] == expected


def test_file_of_a_mail_can_be_saved_and_is_not_shown(client: Client) -> None:
    mail = EmailMultiAlternatives("Hello", "text", "site@example.org", ["wren@example.org"])
    mail.attach("event.ics", "BEGIN:VCALENDAR", "text/calendar")
    mail.send()
    page = f"/sandbox/mail/{kept.names()[0]}/"
    assert f'<a href="{page}files/event.ics">event.ics</a>' in client.get(page).content.decode()

    file = client.get(f"{page}files/event.ics")
    assert (file.content, file["Content-Type"]) == (b"BEGIN:VCALENDAR", "application/octet-stream")
    assert file["Content-Disposition"] == 'attachment; filename="event.ics"'
    assert client.get(f"{page}files/other.ics").status_code == 404
