"""Limits on requests that cost something, all in one table."""

from collections.abc import Callable, Iterable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from events.formatting import text

from . import known_browsers
from .addresses import client_address as client_address
from .addresses import client_network
from .errors import too_many_requests
from .limits import DAY, HOUR, MINUTE, Counts, Limit, take_back


def person(request: HttpRequest) -> str:
    return f"user {request.user.pk}" if request.user.is_authenticated else client_network(request)


def account_tried(request: HttpRequest) -> str:
    return f"account {text.account_key(request.POST.get('username', ''))}"


def address_tried(request: HttpRequest) -> str:
    return f"address {text.address_key(request.POST.get('email', ''))}"


def calendar_asked(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"calendar {match.kwargs.get('token', '') if match else ''}"


def ticket(request: HttpRequest) -> str:
    """Return what the browser's cookie says about the account that is tried, "" for nothing."""
    return known_browsers.ticket_for(request, request.POST.get("username", ""))


#: Passwords are tried from one address, and one account is tried from many. All pages with a
#: password count together.
PASSWORD = (
    Limit(10, 15 * MINUTE, counts=Counts.FAILED, scope="sign-in"),
    Limit(50, HOUR, account_tried, Counts.FAILED, "sign-in"),
)
#: In a browser that knows the account, tries of strangers do not count.
PASSWORD_IN_KNOWN_BROWSER = (Limit(10, 15 * MINUTE, ticket, Counts.FAILED, "known"),)
#: Where the current password is asked for, somebody at an open session may be guessing it.
PRESENCE = Limit(10, 15 * MINUTE, person, Counts.FAILED, "presence")
#: A sign-in with Neos writes two rows and asks the provider twice. One that works is given back,
#: so a hundred people behind one address may be on their way to Neos at the same time.
BEGIN = Limit(100, 10 * MINUTE)
#: Taking and giving up the same place over and over mails everybody in the line.
PLACES = (Limit(30, 10 * MINUTE, person),)
#: A link to a draft is passed around; many of its readers may be behind one address.
PREVIEW = (Limit(600, HOUR),)
#: Calendars ask once an hour or less. A few servers ask for the calendars of many people, so one
#: address may ask often; it counts first, so that made-up secrets begin few counters.
CALENDAR = (Limit(1_000, HOUR), Limit(60, HOUR, calendar_asked))

#: Codes of a second factor; each device has a pause of its own after wrong ones, too.
SECOND_FACTOR = Limit(10, 15 * MINUTE, person, Counts.FAILED, "second-factor")

LIMITS: dict[str, tuple[Limit, ...]] = {
    "login": PASSWORD,
    "admin:login": PASSWORD,
    "password": (Limit(10, 15 * MINUTE, person), PRESENCE),
    # Per address for who asks, per person for who gets the mail.
    "password_reset": (Limit(20, HOUR), Limit(5, HOUR, address_tried)),
    # A class of forty signs up in one minute behind one address; a script stops at sixty.
    "signup": (
        Limit(60, HOUR, counts=Counts.FAILED),
        Limit(60, HOUR, counts=Counts.DONE),
        Limit(200, DAY, counts=Counts.DONE),
    ),
    "events:send-confirmation": (Limit(10, HOUR, person),),
    "events:account": (Limit(20, HOUR, person), PRESENCE),
    "events:register": PLACES,
    "events:register-workshop": PLACES,
    "events:invited": PLACES,
    "events:cancel": PLACES,
    "events:pay": PLACES,  # the provider is asked each time
    "events:my-calendar": CALENDAR,
    "events:preview": PREVIEW,
    "events:renew-calendar": (Limit(20, HOUR, person),),
    "events:erase": (Limit(10, HOUR, person), PRESENCE),
    "events:export": (Limit(10, HOUR, person), PRESENCE),  # it reads all rows of the person
    "events:second-factor": (SECOND_FACTOR,),
    "events:begin-second-factor": (Limit(20, HOUR, person), PRESENCE),
    "events:set-up-second-factor": (SECOND_FACTOR,),
    "events:recovery-codes": (Limit(20, HOUR, person), PRESENCE),
    "events:remove-second-factor": (SECOND_FACTOR, PRESENCE),
    "social:begin": (BEGIN, PRESENCE),  # linking asks for the password
    "social:complete": (Limit(30, 10 * MINUTE, counts=Counts.FAILED),),
    "social:disconnect": (Limit(30, 10 * MINUTE, person),),
}
#: Only POSTs are counted, except for these views.
COUNTED_WHEN_VISITED = frozenset({"events:my-calendar", "events:preview", "social:complete"})
PASSWORD_VIEWS = frozenset({"login", "admin:login"})
#: Views that sign somebody in to an account that is there.
SIGN_INS = PASSWORD_VIEWS | {"social:complete"}
#: So many sign-ins of one account are honest; the others count as if they had failed.
HONEST_SIGN_INS = Limit(20, 15 * MINUTE, person, scope="honest")

#: A limit, and the counter in which it counted this request.
Counted = tuple[Limit, str]
COUNTED = "events.counted"


def count(view: str, request: HttpRequest) -> tuple[int, list[Counted]]:
    """Count the request; return the seconds to wait, 0 for none, and what was counted.

    It stops at the first limit that is reached, so that refused requests begin no new counters:
    those would push older ones out of a cache that is full.
    """
    counted: list[Counted] = []
    for limit in _limits_of(view, request):
        counter = limit.counter(view, request)
        if seconds := limit.count(view, request):
            take_back(counter)  # nothing was tried
            return seconds, counted
        counted.append((limit, counter))
    return 0, counted


def _limits_of(view: str, request: HttpRequest) -> Iterable[Limit]:
    if request.method != "POST" and view not in COUNTED_WHEN_VISITED:
        return ()
    if view in PASSWORD_VIEWS and ticket(request):
        return PASSWORD_IN_KNOWN_BROWSER
    limits = LIMITS.get(view, ())
    if PRESENCE in limits and not request.user.is_authenticated:
        # Nobody is asked for a current password before they are signed in.
        return [limit for limit in limits if limit != PRESENCE]
    return limits


def settle(view: str, request: HttpRequest, response: HttpResponse, counted: list[Counted]) -> None:
    """Give back what a limit does not count, now that the outcome is known.

    Each request gives back only itself: a success leaves the tries for other accounts counted.
    """
    outcome = _outcome(view, request, response)
    for limit, counter in counted:
        if limit.counts not in (Counts.ALL, outcome):
            take_back(counter)
    if outcome == Counts.DONE and view == "social:complete":
        take_back(BEGIN.counter("social:begin", request))


def _outcome(view: str, request: HttpRequest, response: HttpResponse) -> Counts:
    """Return `DONE` or `FAILED`. A form that was taken redirects, gives a file or shows what it has
    made; a refused one is shown again.
    """
    is_done = response.status_code in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.CREATED)
    is_done = is_done or response.has_header("Content-Disposition")
    if view in SIGN_INS:
        is_done = is_done and request.user.is_authenticated
        is_done = is_done and not HONEST_SIGN_INS.count(view, request)
    return Counts.DONE if is_done else Counts.FAILED


class ThrottlingMiddleware:
    """Answer 429 before the view runs, and remember browsers in which a password was right."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        counted: list[Counted] = request.META.get(COUNTED, [])
        if counted and request.resolver_match:
            view = request.resolver_match.view_name
            settle(view, request, response, counted)
            _remember(view, request, response)
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        view = request.resolver_match.view_name if request.resolver_match else ""
        seconds, counted = count(view, request)
        request.META[COUNTED] = counted  # for `__call__`, once the outcome is known
        return too_many_requests(request, seconds) if seconds else None


def _remember(view: str, request: HttpRequest, response: HttpResponse) -> None:
    is_taken = response.status_code == HTTPStatus.FOUND and request.user.is_authenticated
    if is_taken and view in PASSWORD_VIEWS | {"signup"}:
        known_browsers.remember(request, response, request.user.get_username())
