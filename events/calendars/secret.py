"""Addresses of feeds: webcal, and the secret in that of somebody's own places."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from events.models import Attendee
from events.models.attendee import new_calendar_token


@dataclass(frozen=True, slots=True)
class Addresses:
    """`https` is to be copied; `webcal` opens the program that keeps calendars."""

    https: str
    webcal: str


def owner_of(token: str) -> Attendee | None:
    """Return None for a secret that is nobody's, and for closed and erased accounts alike."""
    q = Attendee.objects.filter(calendar_token=token, user__is_active=True, erased_at=None)
    return q.first()


def renew(attendee: Attendee) -> None:
    """Give the calendar another address; the present one leads nowhere from now on."""
    attendee.calendar_token = new_calendar_token()
    q = Attendee.objects.filter(pk=attendee.pk, erased_at=None)
    q.update(calendar_token=attendee.calendar_token)


def addresses_of(attendee: Attendee) -> Addresses:
    path = reverse("events:my-calendar", kwargs={"token": attendee.calendar_token})
    return Addresses(https=f"{settings.SITE_URL}{path}", webcal=webcal(path))


def webcal(path: str) -> str:
    """Return the address that makes the program for calendars subscribe to this path."""
    _scheme, _separator, host = settings.SITE_URL.partition("://")
    return f"webcal://{host}{path}"
