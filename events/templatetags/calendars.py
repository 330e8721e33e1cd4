"""Tags with addresses that programs for calendars follow."""

from django import template

from events.calendars import secret
from events.calendars.secret import Addresses
from events.models import Attendee

register = template.Library()


@register.simple_tag
def webcal(path: str) -> str:
    return secret.webcal(path)


@register.simple_tag
def calendar_of(viewer: Attendee) -> Addresses:
    return secret.addresses_of(viewer)
