"""Mails of the demo, kept as files."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone
from pytest_django import Settings

from events.messages import kept


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "events.messages.kept.EmailBackend"
    settings.SANDBOX_MAIL = tmp_path / "mail"
    return tmp_path / "mail"


def mail(subject: str, html: str = "") -> EmailMultiAlternatives:
    made = EmailMultiAlternatives(
        subject, "Grüße, 猫", "site@example.org", ["Ömer <o@example.org>"]
    )
    if html:
        made.attach_alternative(html, "text/html")
    return made


def test_mail_is_read_as_it_was_sent(folder: Path, clock: time_machine.Traveller) -> None:
    assert mail("Platz für 猫", "<p>ありがとう</p>").send() == 1

    (name,) = kept.names()
    found = kept.read(name)
    assert found == kept.Kept(
        name=name,
        at=timezone.now(),
        subject="Platz für 猫",
        to="Ömer <o@example.org>",
        text="Grüße, 猫",
        html="<p>ありがとう</p>",
    )


def test_newest_comes_first_and_each_has_a_file(
    folder: Path, clock: time_machine.Traveller
) -> None:
    with get_connection() as connection:
        connection.send_messages([mail("first")])
        clock.shift(timedelta(seconds=1))
        connection.send_messages([mail("second")])

    assert [kept.read(name).subject for name in kept.names()] == ["second", "first"]
    assert [kept.read(name).html for name in kept.names()] == ["", ""]


def test_half_a_mail_and_other_files_are_no_mails(folder: Path) -> None:
    folder.mkdir()
    (folder / "01890000000000000000-0123abcd.part").write_bytes(b"Subject: half")
    (folder / "notes.eml").write_bytes(b"Subject: notes")

    assert kept.names() == []


@pytest.mark.parametrize("name", ["notes", "../secret", "01890000000000000000-0123abcd"])
def test_what_is_no_mail_is_not_read(folder: Path, name: str) -> None:
    folder.mkdir()
    (folder / "notes.eml").write_bytes(b"Subject: notes")
    (folder.parent / "secret.eml").write_bytes(b"Subject: secret")

    with pytest.raises(FileNotFoundError):
        kept.read(name)


def test_folder_that_is_not_there_yet_holds_nothing(folder: Path) -> None:
    assert kept.names() == []


def test_site_that_keeps_nothing_says_so(settings: Settings) -> None:
    settings.SANDBOX_MAIL = None

    with pytest.raises(ImproperlyConfigured):
        kept.names()
