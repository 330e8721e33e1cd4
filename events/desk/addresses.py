"""Addresses of the admin's pages to which the desk leads."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from events.models import Bookable, Event


def page(event: Event, name: str, *, at: str = "") -> str:
    """Return the address of a page about the event, "" if the site has no such page."""
    try:
        address = reverse(f"admin:events_event_{name}", args=[event.pk])
    except NoReverseMatch:
        return ""
    return f"{address}#{at}" if at else address


def field(event: Event, name: str) -> str:
    """Return the address of one field of the event's form."""
    return page(event, "change", at=f"id_{name}")


def people(event: Event, **query: str) -> str:
    """Return the address of the list of the event's registrations, filtered."""
    return _list("registration", event__id__exact=str(event.pk), **query)


def people_of(bookable: Bookable, **query: str) -> str:
    """The same for the event itself or for one workshop."""
    if bookable.workshop_id is None:
        return people(bookable.event, workshop__isnull="True", **query)
    return people(bookable.event, workshop__id__exact=str(bookable.workshop_id), **query)


def payments(event: Event, **query: str) -> str:
    return _list("payment", event=str(event.pk), **query)


def _list(model: str, **query: str) -> str:
    return f"{reverse(f'admin:events_{model}_changelist')}?{urlencode(query)}"
