"""A zone that left the database of zones, or a language that left the site, stops nobody."""

from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.db import connection, models
from django.test import Client

from events.calendars import _language_of
from events.messages import delivery
from events.models import Attendee, Event
from tests.factories import NOON, make_event, make_local_attendee
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
GONE = "Atlantis/Capital"


@pytest.fixture
def ada() -> Attendee:
    attendee = make_local_attendee(email_confirmed_at=NOON, time_zone="Asia/Tokyo", language="ja")
    register(attendee, make_event(title="Jam", slug="jam", time_zone="America/New_York"))
    return attendee


def lose_zone(model: type[models.Model]) -> None:
    """Write the name past the field, as a release of the database of zones would leave it."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET time_zone = %s", [GONE])


def sent(mailoutbox: list[EmailMessage]) -> str:
    delivery.deliver_due()
    (mail,) = mailoutbox
    return f"{mail.subject}\n{mail.body}"


def test_zone_that_is_gone_reads_as_none_for_people_and_as_utc_for_events(ada: Attendee) -> None:
    lose_zone(Attendee)
    lose_zone(Event)
    ada.refresh_from_db()
    assert (ada.chosen_zone, Event.objects.get().zone) == (None, ZoneInfo("UTC"))


def test_mail_to_somebody_whose_zone_is_gone_tells_the_time_of_the_event(
    ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    lose_zone(Attendee)
    assert "開始は2030年6月8日(土) 08:00 (America/New_York)です。" in sent(mailoutbox)


def test_mail_about_an_event_whose_zone_is_gone_tells_utc(
    ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    lose_zone(Event)
    assert "21:00 (Asia/Tokyo)\uff0f2030年6月8日(土) 12:00 (UTC)です。" in sent(mailoutbox)


def test_mail_to_somebody_whose_language_is_gone_is_in_that_of_the_site(
    ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    Attendee.objects.update(language="de")
    assert "It starts Sat 8 June 2030, 21:00 (Asia/Tokyo)" in sent(mailoutbox)
    ada.refresh_from_db()
    assert (ada.chosen_language, ada.mail_language, _language_of(ada)) == ("", "en", "en")


@pytest.mark.parametrize("address", ["/", "/account/", "/registrations/", "/events/jam/"])
def test_pages_open_with_zones_and_languages_that_are_gone(
    client: Client, ada: Attendee, address: str
) -> None:
    client.force_login(ada.user)
    Attendee.objects.update(language="de")
    lose_zone(Attendee)
    lose_zone(Event)
    assert client.get(address).status_code == 200
