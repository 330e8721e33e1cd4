"""The admin's pages as an organizer reads them, and their forms as a browser sends them."""

from collections import defaultdict
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from events.models import Event, Registration
from tests.markup import Element, TreeBuilder, fill_in

EVENTS = "/admin/events/event/"
REGISTRATIONS = "/admin/events/registration/"
ATTENDEES = "/admin/events/attendee/"
ADD = f"{EVENTS}add/"

Fields = dict[str, list[str]]


def page_of(event: Event) -> str:
    return f"{EVENTS}{event.pk}/change/"


def read(response: HttpResponse) -> Element:
    return TreeBuilder(response.content.decode()).root


def rows(response: HttpResponse) -> list[list[str]]:
    """Texts of the cells of a list, without the box to tick."""
    body = next(read(response).first("table", id="result_list").all("tbody"))
    return [
        [cell.text for cell in row.all("th", "td") if "action" not in cell.attributes["class"]]
        for row in body.all("tr")
    ]


def names(response: HttpResponse) -> list[str]:
    """The first column of a list, or nothing when the list is empty."""
    has_rows = any(read(response).all("table", id="result_list"))
    return [row[0] for row in rows(response)] if has_rows else []


def fields(response: HttpResponse) -> Fields:
    """What the event form on the page would send as it stands."""
    form = read(response).first("form", id="event_form")
    sent = defaultdict(list)
    for name, value in fill_in(form, form.first("input", name="_save"), {}):
        sent[name].append(value)
    return dict(sent)


def save(browser: Client, address: str, **changes: Any) -> HttpResponse:
    """Open the form, change some fields, press Save."""
    return browser.post(address, fields(browser.get(address)) | changes)


def errors(response: HttpResponse) -> list[str]:
    """The sentences at the fields and above the form."""
    lists = read(response).all("ul")
    wrong = (ul for ul in lists if "errorlist" in ul.attributes.get("class", ""))
    return [item.text for ul in wrong for item in ul.all("li")]


def words(response: HttpResponse) -> list[str]:
    """What the site says at the top of the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(browser: Client, action: str, *chosen: Registration, **more: str) -> HttpResponse:
    """Tick registrations and choose an action."""
    pks = [str(registration.pk) for registration in chosen]
    return browser.post(REGISTRATIONS, {"action": action, "_selected_action": pks} | more)


def confirm(browser: Client, action: str, *chosen: Registration, **more: str) -> HttpResponse:
    """The same with the question that follows answered with yes."""
    return act(browser, action, *chosen, confirmed="1", **more)
