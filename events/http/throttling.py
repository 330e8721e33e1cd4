"""Limits on requests that cost something, all in one table.

Each is counted in the cache per fixed window. With a cache in local memory every server process
counts for itself; a shared `CACHE_URL` makes the limits exact.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from .errors import too_many_requests


def client_address(request: HttpRequest) -> str:
    """Return the peer's address, or the one that our own proxies add to X-Forwarded-For.

    Each of `TRUSTED_PROXY_HOPS` proxies appends the address it was called from. Only so many
    entries, counted from the right, cannot be forged by the client.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops: int = settings.TRUSTED_PROXY_HOPS
    forwarded = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",")]
    return forwarded[-hops] if 0 < hops <= len(forwarded) and forwarded[-hops] else peer


def person(request: HttpRequest) -> str:
    return f"user {request.user.pk}" if request.user.is_authenticated else client_address(request)


def account_tried(request: HttpRequest) -> str:
    return f"account {request.POST.get('username', '').casefold()}"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` requests in each window of `per`, counted for each value of `key`."""

    times: int
    per: timedelta
    key: Callable[[HttpRequest], str] = client_address

    def count(self, view: str, request: HttpRequest) -> int:
        """Count one request. Return 0, or the seconds until the next window if it is too many."""
        seconds = int(self.per.total_seconds())
        window, passed = divmod(int(time.time()), seconds)
        # Hashed: what a visitor sends may be long, and need not be readable in the cache.
        who = hashlib.sha256(self.key(request).encode(errors="replace")).hexdigest()
        counter = f"throttle:{view}:{seconds}:{window}:{who}"
        cache.add(counter, 0, seconds)
        try:
            tried = cache.incr(counter)
        except ValueError:  # the full cache has just evicted it
            return 0
        return seconds - passed if tried > self.times else 0


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

#: Passwords are tried from one address, and one account is tried from many.
PASSWORD = (Limit(10, 15 * MINUTE), Limit(50, HOUR, account_tried))
#: A sign-in with Neos writes two rows and asks the provider twice.
SIGN_IN = (Limit(30, 10 * MINUTE),)
#: Taking and giving up the same place over and over mails everybody in the line.
PLACES = (Limit(30, 10 * MINUTE, person),)

LIMITS: dict[str, tuple[Limit, ...]] = {
    "login": PASSWORD,
    "admin:login": PASSWORD,
    "password": (Limit(10, 15 * MINUTE, person),),
    "password_reset": (Limit(5, HOUR),),
    "signup": (Limit(10, HOUR),),
    "events:send-confirmation": (Limit(10, HOUR, person),),
    "events:account": (Limit(20, HOUR, person),),
    "events:register": PLACES,
    "events:register-workshop": PLACES,
    "events:cancel": PLACES,
    "events:pay": PLACES,  # the provider is asked each time
    "events:erase": (Limit(10, HOUR, person),),
    "social:begin": SIGN_IN,
    "social:complete": SIGN_IN,
    "social:disconnect": SIGN_IN,
}
#: Only POSTs are counted, except for these views.
COUNTED_WHEN_VISITED = frozenset({"social:complete"})


def seconds_to_wait(request: HttpRequest) -> int:
    """Count the request if its view has a limit. Return the seconds to wait, 0 for none."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if request.method != "POST" and name not in COUNTED_WHEN_VISITED:
        return 0
    return max((limit.count(name, request) for limit in LIMITS.get(name, ())), default=0)


class ThrottlingMiddleware:
    """Answer 429 before the view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        seconds = seconds_to_wait(request)
        return too_many_requests(request, seconds) if seconds else None
