"""Lead back to the page from which an act was begun."""

from django.http import HttpRequest
from django.urls import reverse

from events.admin.initial import MAX_ID_DIGITS
from events.models import Event, Registration

#: In the address of an act: it was begun on the page of its registration. A block does not name
#: one otherwise, so the value is its key.
FROM_REGISTRATION = "from-registration"


def way_back(request: HttpRequest, event: Event, subject: Registration | None) -> str:
    if subject is not None and FROM_REGISTRATION in request.GET:
        return reverse("admin:events_registration_change", args=[subject.pk])
    return reverse("admin:events_event_people", args=[event.pk])


def registration_left(request: HttpRequest) -> str:
    """Return the key of the registration from whose page the reader came, or "" for no key."""
    pk = request.GET.get(FROM_REGISTRATION, "")
    return pk if pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS else ""
