"""A page for requests whose method a view does not take, like a visit to the address of a button.

Django answers them with an empty page: people come there by a bookmark, or by signing in again.
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers

#: Pages that have the button of a view. The account of somebody signed out asks them to sign in.
PAGES_WITH_BUTTONS = {
    "admin:logout": "admin:index",
    "events:export": "events:data",
    "events:keep-address": "events:account",
    "events:language": "events:list",
    "events:my-mail-topics": "events:account",
    "events:renew-calendar": "events:account",
    "events:send-confirmation": "events:account",
    "logout": "events:account",
    "social:begin": "events:account",
    "social:disconnect": "events:unlink",
}


class WrongMethodMiddleware:
    """Fill an empty 405 with what to do next. Status and `Allow` stay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            context = {"is_page": "GET" in response["Allow"], "back": _way_on(request, response)}
            response.content = render_to_string("405.html", context, request)
            response["Content-Type"] = "text/html; charset=utf-8"
            add_never_cache_headers(response)
        return response


def page_to_visit(address: str) -> str:
    """Return the address of ours, or where it takes no visits, the page with its button."""
    try:
        view = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address
    page = PAGES_WITH_BUTTONS.get(view)
    return reverse(page) if page else address


def _way_on(request: HttpRequest, response: HttpResponse) -> str:
    """Return the address to look at instead, or "" for the list of events."""
    if "GET" in response["Allow"]:
        return request.path
    view = request.resolver_match.view_name if request.resolver_match else ""
    page = PAGES_WITH_BUTTONS.get(view)
    return reverse(page) if page else ""
