"""A browser that goes from state to state, as each of them says.

With `PICTURES=1` in the environment it keeps pictures of each in `var/screenshots`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Error, Page, Response, Route, ViewportSize

from tests.gates import actions_on, faults_through_lenses, put_axe
from tests.looking import Watcher, keep_pictures, open_page
from tests.states import State

WIDE: ViewportSize = {"width": 1280, "height": 800}
PICTURES = ["*/art/*", "*/face/*", "*.woff2"]
#: Fills in by name and presses by words, also what is folded away, past the browser's own checks.
PRESS = """([label, typed]) => {
    const words = button => (button.textContent || button.value).trim().replace(/\\s+/g, " ");
    const button = [...document.querySelectorAll("main form :is(button, [type=submit])")]
        .find(each => words(each) === label);
    for (const [name, value] of Object.entries(typed)) button.form.elements[name].value = value;
    button.form.noValidate = true;
    button.form.requestSubmit(button);
}"""
CODES = "() => [...document.querySelectorAll('[data-code]')].map(each => each.dataset.code)"
#: Nothing that the page was sent with has changed, and nothing was added.
IS_AS_SENT = """html => new DOMParser().parseFromString(html, "text/html").body.outerHTML
    === document.body.outerHTML"""
TEXT = "() => document.body.textContent.replace(/\\s+/g, ' ')"


def sessions_of(states: Sequence[State]) -> dict[User, str]:
    """Sign everybody in: it needs the database, and so comes before the browser."""
    return {user: session_of(user) for user in {state.by for state in states if state.by}}


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def be(page: Page, url: str, session: str) -> None:
    """Let the browser be signed in with this session at the site, or not at all with ""."""
    page.context.clear_cookies()
    if session:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


def open_each(
    page: Page, url: str, states: Iterable[State], sessions: Mapping[User, str]
) -> Iterator[State]:
    """Open the page of each state that an address alone leads to, and yield it."""
    for state in states:
        if not (state.press or state.html or state.is_demo):
            be(page, url, sessions[state.by] if state.by else "")
            page.goto(f"{url}{state.address}")
            yield state


@dataclass(frozen=True)
class Ways:
    """Where the demo is (the key True) and the site that is none, and everybody's session."""

    sites: Mapping[bool, str]
    sessions: Mapping[User, str] = field(default_factory=dict)


class Tour:
    """Opens states on the page; `codes` are the reasons and hints that it came across."""

    def __init__(self, page: Page, ways: Ways) -> None:
        self.page, self.sites, self.sessions = page, ways.sites, ways.sessions
        self.codes: set[str] = set()
        self.made: dict[str, str] = {}
        self.who: User | None = None
        self.is_as_sent = False
        self.watcher = Watcher(page, *ways.sites.values())
        page.context.route("**/made/*/", self._answer)

    def _answer(self, route: Route) -> None:
        route.fulfill(body=self.made[route.request.url], content_type="text/html; charset=utf-8")

    def open(self, state: State) -> Iterator[str]:
        """Go there, and yield what is not as the state says."""
        self.watcher.faults.clear()
        self._become(state.by)
        self.page.set_viewport_size(WIDE)
        address = f"{self.sites[state.is_demo]}{state.address}"
        self.made[address] = state.html
        answer = self.page.goto(address)
        if state.press:
            answer = self._press(state)
        if answer is None or answer.status != state.status:
            yield f"status {answer and answer.status}"
        if state.says not in self.page.evaluate(TEXT):
            yield f"does not say “{state.says}”"
        self.codes |= {*self.page.evaluate(CODES)}
        self.is_as_sent = answer is not None and self.page.evaluate(IS_AS_SENT, answer.text())

    def _press(self, state: State) -> Response | None:
        with self.page.expect_navigation() as navigation:
            self.page.evaluate(PRESS, [state.press, dict(state.typed)])
        return navigation.value

    def _become(self, user: User | None) -> None:
        if user == self.who:
            return
        self.who = user
        be(self.page, self.sites[False], self.sessions[user] if user else "")

    def faults(self, state: State) -> list[str]:
        """Return all that is wrong with the state, seen through every lens."""
        lenses = faults_through_lenses(self.page, has_own_controls=not state.is_stock)
        found = [*self.open(state), *lenses]
        return found + self.heard(state)

    def heard(self, state: State) -> list[str]:
        """Return what the browser complained of, without the status that was meant."""
        meant = self.page.url if state.status >= 400 else "\n"
        return [fault for fault in self.watcher.faults if not fault.endswith(meant)]

    def actions(self, state: State) -> list[str]:
        """Return what one can do there, or else what is wrong."""
        return [*self.open(state)] or actions_on(self.page)


@contextmanager
def without_scripts(page: Page) -> Iterator[Page]:
    """Open a second page in the same browser, on which no script runs and no picture is shown."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    plain = context.new_page()
    protocol = context.new_cdp_session(plain)
    protocol.send("Network.enable")
    protocol.send("Network.setBlockedURLs", {"urls": PICTURES})
    try:
        yield plain
    finally:
        context.close()


def look_at_all(states: Sequence[State], ways: Ways) -> tuple[dict[str, list[str]], set[str]]:
    """Return what is wrong by state, and the codes that were seen, of a browser of its own."""
    faults: dict[str, list[str]] = {}
    with open_page(runs_scripts=True) as page, without_scripts(page) as plain:
        put_axe(page)
        scripted, bare = Tour(page, ways), Tour(plain, ways)
        for state in states:
            if found := _faults_of(state, scripted, bare):
                faults[state.name] = found
        return faults, scripted.codes


def _faults_of(state: State, scripted: Tour, bare: Tour) -> list[str]:
    """Return what is wrong with a state, and what one can do only with scripts, or without.

    A page that its scripts have left as it was sent is the same without them. The others, and what
    comes after a button, are opened without.
    """
    try:
        found = scripted.faults(state)
        if os.environ.get("PICTURES"):
            keep_pictures(scripted.page, f"state-{state.name}")
        if state.is_stock or (scripted.is_as_sent and not state.press):
            return found
        scripted.page.set_viewport_size(WIDE)
        difference = {*actions_on(scripted.page)} ^ {*bare.actions(state)}
    except Error as error:  # the others can be looked at all the same
        return [str(error)]
    return found + [f"with or without scripts only: {action}" for action in sorted(difference)]
