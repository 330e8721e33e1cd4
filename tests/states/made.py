"""Pages that cannot be asked for again, or that only trouble brings: made in this process."""

from collections.abc import Callable, Iterator

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from events.follows import follow
from events.http import errors
from events.messages import confirmation, stop_link, topics
from events.models import MailTopic, SitePage
from tests.factories import make_attendee, make_event, make_host, make_local_attendee, write_page

from .state import State

BACKEND = "django.contrib.auth.backends.ModelBackend"
TROUBLE: dict[str, tuple[str, Callable[[HttpRequest], HttpResponse]]] = {
    "400": ("We could not read that", lambda r: errors.bad_request(r, ValueError())),
    "403": ("This page is for other people", lambda r: errors.permission_denied(r, ValueError())),
    "403-csrf": ("Please send the form again", errors.csrf_failure),
    "409": ("The last place is taken", lambda r: errors.conflict(r, "The last place is taken.")),
    "429": ("Too many attempts", lambda r: errors.too_many_requests(r, 90)),
    "500": ("Something broke", errors.server_error),
    "503": ("Please try again in a minute", lambda _: errors.unavailable()),
}


def of_nothing() -> Iterator[State]:
    """A site on which nothing was written yet."""
    yield _made("empty-list", "Nothing is planned at the moment", Client().get("/"))
    yield _made("empty-past", "No event is over yet", Client().get("/?when=past"))


def of_trouble() -> Iterator[State]:
    for name, (says, view) in TROUBLE.items():
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        yield _made(name, says, view(request))


def of_steps_done_once() -> Iterator[State]:
    mover = make_local_attendee(pending_email="new@example.org")
    answer = Client().post(confirmation.refusal_link(mover))
    yield _made("address-kept", "Your address stays in use", answer)
    follower, host = make_attendee(), make_host(make_event(), name="Fog Club")
    follow(follower, host=host)
    answer = Client().post(stop_link.stop_link(follower, [host]))
    yield _made("stopped", "You get no more of these mails", answer)
    one_click = {"List-Unsubscribe": "One-Click"}
    answer = Client().post(topics.link(make_attendee().pk, MailTopic.REMINDERS), one_click)
    yield _made("mail-topics-stopped", "We have stopped this kind of mail", answer)


def write_site_pages() -> None:
    """Before the site starts: it looks for them once a minute only."""
    write_page("imprint", "# Who we are\n\nA club.\n\n- by day\n- by night")
    write_page("terms", "Be on time")
    for text in ("First", "Second"):
        write_page("photos", text, title="Photos")


def of_site_pages() -> Iterator[State]:
    if not SitePage.objects.exists():
        write_site_pages()
    yield State("imprint", "/imprint/", "Who we are")
    yield State("page-older-version", "/pages/photos/1/", "Read the present version")
    yield State("page-no-day", "/pages/photos/?on=soon", "cannot be read", status=404)
    yield State("page-day-before", "/pages/photos/?on=2020-02-29", "first on", status=404)


def of_agreements() -> Iterator[State]:
    """The page that asks to agree; other states take places, so it is asked for here only."""
    SitePage.objects.filter(name="terms").update(is_agreed_to=True)
    browser = Client()
    browser.force_login(make_attendee().user, BACKEND)
    page = make_event(title="Agree").get_absolute_url()
    first, missing = (browser.post(f"{page}register/", typed) for typed in ({}, {"answers": "1"}))
    SitePage.objects.update(is_agreed_to=False)
    yield _made("agreements", "They ask once", first)
    yield _made("agreements-missing", "without it you cannot have the place", missing)


def _made(name: str, says: str, answer: HttpResponse) -> State:
    return State(name, f"/made/{name}/", says, html=answer.content.decode())
