"""Count requests and how long they take, by the name of the route and the class of the answer."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from events import happened

#: What has no route: static files, doors, addresses that are not there.
NO_ROUTE = "-"


class MeasuredMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        label = f"{route_of(request)} {response.status_code // 100}xx"
        happened.count(happened.REQUEST, label, time.perf_counter() - began)
        return response


def route_of(request: HttpRequest) -> str:
    """Return the route's name, which has no id and nothing that was typed."""
    match = request.resolver_match
    return match.view_name if match is not None else NO_ROUTE
