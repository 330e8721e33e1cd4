"""The admin's pages as an organizer reads them, and their forms as a browser sends them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from events.models import Event, Registration
from tests.markup import Element, TreeBuilder, fill_in

EVENTS = "/admin/events/event/"
REGISTRATIONS = "/admin/events/registration/"
ATTENDEES = "/admin/events/attendee/"
FILLINGS = "/admin/events/fillingpass/"
BLOCKS = "/admin/events/block/"
PAYMENTS = "/admin/events/payment/"
NOTICES = "/admin/events/notice/"
USERS = "/admin/auth/user/"
ADD = f"{EVENTS}add/"

#: Words that stand on no page of Mika's: titles, addresses, people, ids of Robin's `ball`.
SECRETS = ["Ball", "the-ball", "Masks", "Veil", "U-veil"]

#: How an action says what it did.
CHANGED_1 = "1 registration changed."
CHANGED_2 = "2 registrations changed."
LEFT_1 = "1 was not changed: the status or the time does not allow it."
LEFT_2 = "2 were not changed: the status or the time does not allow it."

Fields = dict[str, list[str]]


def page_of(event: Event) -> str:
    return f"{EVENTS}{event.pk}/change/"


def paths_of(event: Event) -> Iterator[str]:
    """Pages about the event, its registrations and people."""
    yield f"{EVENTS}{event.pk}/"
    for registration in Registration.objects.filter(event=event):
        yield f"{REGISTRATIONS}{registration.pk}/"
        yield f"{ATTENDEES}{registration.attendee_id}/"


def leaks(response: HttpResponse) -> list[str]:
    return [word for word in SECRETS if word in response.content.decode()]


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
    """Return what the form of a row on the page would send as it stands, its version too."""
    forms = read(response).all("form")
    form = next(f for f in forms if f.attributes.get("id", "").endswith("_form"))
    sent = defaultdict(list)
    for name, value in fill_in(form, form.first("input", name="_save"), {}):
        sent[name].append(value)
    return dict(sent)


def save(browser: Client, address: str, **changes: Any) -> HttpResponse:
    """Open the form, change some fields, press Save, and agree to what that does to people."""
    asked = press_save(browser, address, **changes)
    if boxes := agreement(asked):
        return browser.post(address, fields(asked) | boxes)
    return asked


def press_save(browser: Client, address: str, **changes: Any) -> HttpResponse:
    """Open the form, change some fields, press Save."""
    return browser.post(address, fields(browser.get(address)) | changes)


def agreement(response: HttpResponse) -> dict[str, str]:
    """Return the box to tick if the form asks before it saves."""
    boxes = read(response).all("input", type="checkbox", name="edit_confirmed")
    return {box.attributes["name"]: box.attributes["value"] for box in boxes}


def effects(response: HttpResponse) -> list[str]:
    """Return what the form says that saving would do."""
    return [each.text for each in read(response).all("span", class_="effect")]


def affected(response: HttpResponse) -> list[str]:
    """Return whom the form names, for each effect that concerns somebody."""
    return [each.raw for each in read(response).all("p", class_="who")]


def version(response: HttpResponse) -> str:
    """The version that a page which asks carries; nothing if the answer is no such page."""
    boxes = read(response).all("input", type="hidden", name="version")
    return next((box.attributes["value"] for box in boxes), "")


def delete(browser: Client, address: str, **query: str) -> HttpResponse:
    """Open the page that asks before a row is deleted, and press Yes."""
    asked = browser.get(f"{address}delete/")
    return browser.post(f"{address}delete/", {"post": "yes", "version": version(asked)} | query)


def cancel_event(browser: Client, address: str, **changes: Any) -> HttpResponse:
    return save(browser, address, status="cancelled", **changes)


def errors(response: HttpResponse) -> list[str]:
    """The sentences at the fields and above the form."""
    lists = read(response).all("ul")
    wrong = (ul for ul in lists if "errorlist" in ul.attributes.get("class", ""))
    return [item.text for ul in wrong for item in ul.all("li")]


def words(response: HttpResponse) -> list[str]:
    """Return what the site says at the top of the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def said(response: HttpResponse) -> list[str]:
    """The same as a reader sees it, without markup."""
    return [TreeBuilder(word).root.raw for word in words(response)]


def registration_page(registration: Registration) -> str:
    return f"{REGISTRATIONS}{registration.pk}/change/"


def field(response: HttpResponse, name: str) -> Element:
    """One field on the page of an object, alone in its row or not."""
    boxes = read(response).all("div")
    return [box for box in boxes if f"field-{name}" in box.attributes.get("class", "").split()][-1]


def shown_field(browser: Client, address: str, name: str) -> str:
    """Return what a page shows in one read-only field."""
    return field(browser.get(address), name).first("div", class_="readonly").text


def act(browser: Client, action: str, *chosen: Model, **more: str) -> HttpResponse:
    """Tick rows of one list, those of registrations for example, and choose an action."""
    pks = [str(row.pk) for row in chosen]
    address = f"/admin/events/{chosen[0]._meta.model_name}/"
    return browser.post(address, {"action": action, "_selected_action": pks} | more)


def person(registration: Registration) -> str:
    """A name with the id that tells look-alikes apart, as the admin writes it."""
    return f"{registration.attendee.name} ({registration.attendee.neos_id})"


def confirm(browser: Client, action: str, *chosen: Model, **more: str) -> HttpResponse:
    """The same with the question that follows answered with yes."""
    asked = act(browser, action, *chosen)
    said = {"confirmed": "1", "version": version(asked)}
    return act(browser, action, *chosen, **said | more) if said["version"] else asked


def logged() -> list[tuple[str, str]]:
    """Return who did what, in order."""
    entries = LogEntry.objects.order_by("pk")
    return list(entries.values_list("user__username", "change_message"))
