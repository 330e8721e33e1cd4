"""Lead back to the page from which an act of the desk was begun."""

from django.http import HttpRequest
from django.urls import reverse

from events.models import Event, Registration

#: In the address of an act: it was begun on the page of its registration.
FROM_REGISTRATION = "from-registration"


def way_back(request: HttpRequest, event: Event, subject: Registration | None) -> str:
    if subject is not None and FROM_REGISTRATION in request.GET:
        return reverse("admin:events_registration_change", args=[subject.pk])
    return reverse("admin:events_event_people", args=[event.pk])
