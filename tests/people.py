"""People who use the site over HTTP, click by click, and what the database then says of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import requests
from django.contrib.auth.models import User
from social_django.models import UserSocialAuth

from events.models import Attendee, Event, Registration
from tests.markup import Answer, Page, TreeBuilder, fill_in
from tests.platform import PLATFORM, words

SECONDS = 60
ALL_TICKED = tuple(PLATFORM.scopes[1:])


class Visitor:
    """One browser with its own cookies. `page` is what it shows at the moment."""

    page: Page

    def __init__(self, site_url: str) -> None:
        self.site_url = site_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"Accept": "text/html", "Accept-Language": "en"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.session.close()

    def visit(self, address: str) -> Page:
        return self._show(self.session.get(urljoin(self.site_url, address), timeout=SECONDS))

    def follow(self, label: str) -> Page:
        """Click the first link that reads exactly this."""
        return self.visit(urljoin(self.page.url, self.page.find_link(label)))

    def take_step(self, code: str) -> Page:
        """Click what a refusal proposes to do next."""
        return self.visit(urljoin(self.page.url, self.page.refusals[code]))

    def press(self, label: str, **answers: Answer) -> Page:
        """Fill in and send the form with this button."""
        form, button = self.page.find_button(label)
        address = urljoin(self.page.url, form.attributes.get("action") or self.page.url)
        fields = fill_in(form, button, answers)
        if form.attributes.get("method", "get").lower() == "post":
            return self._post(address, fields)
        return self._show(self.session.get(address, params=fields, timeout=SECONDS))

    def post(self, address: str) -> Page:
        """Send what a page does not offer, with the token that its forms would have carried."""
        token = self.session.cookies.get("csrftoken") or ""
        return self._post(urljoin(self.site_url, address), [("csrfmiddlewaretoken", token)])

    def _post(self, address: str, fields: list[tuple[str, str]]) -> Page:
        parts = urlsplit(self.page.url)
        headers = {"Origin": f"{parts.scheme}://{parts.netloc}", "Referer": self.page.url}
        return self._show(self.session.post(address, fields, headers=headers, timeout=SECONDS))

    def _show(self, response: requests.Response) -> Page:
        self.page = Page(response.url, response.status_code, TreeBuilder(response.text).root)
        return self.page


Newcomer = Callable[[], Visitor]


@contextmanager
def newcomers(site_url: str) -> Iterator[Newcomer]:
    """Makes visitors, each with an empty browser."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Visitor(site_url))


# --- Steps that many journeys share ------------------------------------------------------------


def consent(visitor: Visitor, name: str, ticked: tuple[str, ...] = ALL_TICKED) -> Page:
    """From the sandbox's login page to wherever the site leads afterwards."""
    visitor.press(name)
    return visitor.press("Allow", scope=ticked)


def sign_in(
    visitor: Visitor, event: Event, name: str, ticked: tuple[str, ...] = ALL_TICKED
) -> Page:
    """From the page of an event, by way of Neos, back to it."""
    visitor.visit(event.get_absolute_url())
    visitor.take_step("sign-in-required")
    visitor.press(words("Sign in with Neos"))
    return consent(visitor, name, ticked)


def sign_in_locally(visitor: Visitor, user: User) -> Page:
    visitor.visit("/accounts/login/")
    return visitor.press("Sign in", username=user.username, password="secret")


def link(visitor: Visitor, name: str) -> Page:
    visitor.visit("/account/")
    visitor.press(words("Link your Neos account"), current_password="secret")
    return consent(visitor, name)


def shown(page: Page) -> tuple[int, str]:
    return page.status, page.path


# --- What the database says --------------------------------------------------------------------


def rows(event: Event) -> list[tuple[str | None, str]]:
    """Return who has what at the event, in the order in which it was asked for."""
    q = Registration.objects.filter(event=event).order_by("pk")
    return list(q.values_list("attendee__neos_id", "status"))


def links() -> list[tuple[str, str]]:
    """Return which Neos account is which user's; python-social-auth's rows and ours agree."""
    theirs = list(UserSocialAuth.objects.order_by("uid").values_list("uid", "user__username"))
    q = Attendee.objects.filter(neos_id__isnull=False).order_by("neos_id")
    assert list(q.values_list("neos_id", "user__username")) == theirs
    return theirs
