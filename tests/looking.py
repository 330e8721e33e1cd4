"""Chromium without a screen, which looks at pages the way people's eyes and fingers do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Response, sync_playwright

from tests.environment import VAR

SCREENSHOTS = VAR / "screenshots"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Chromium asks the network for nothing but the pages, and needs no privileges of its own.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Each page is looked at twice: on a desk by day, on the smallest phone by night.
LENSES: dict[str, tuple[int, Any]] = {"1000-light": (1000, "light"), "320-dark": (320, "dark")}
MILLISECONDS = 60_000
# WCAG 2.2, success criterion 2.5.5, in CSS pixels.
TARGET = 44

# What is folded away counts too. Where a label is, that is what gets clicked.
MEASURE = """target => {
    const folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach(details => details.open = true);
    const controls = "button, .button, summary, select, textarea, input:not([type=hidden])";
    const boxes = [...document.querySelectorAll(controls)].map(control => {
        const label = control.matches("[type=checkbox], [type=radio]") && control.closest("label");
        const { height } = (label || control).getBoundingClientRect();
        return [control.innerText || control.name, height];
    });
    const sideways = document.documentElement.scrollWidth - window.innerWidth;
    folded.forEach(details => details.open = false);
    return {
        sideways: Math.max(sideways, 0),
        small: boxes.filter(([, height]) => height > 0 && height < target),
    };
}"""


def find_chromium() -> str:
    """Its path. Without one the test is skipped, but not where tests are the whole point."""
    for program in PROGRAMS:
        if path := shutil.which(program):
            return path
    reason = "Chromium is not installed; on Debian: apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def open_page(*, runs_scripts: bool) -> Iterator[Page]:
    """An empty page of a new browser.

    Playwright runs an event loop in this thread: inside the block, Django takes queries for a
    mistake, and were they allowed, they would go over connections that nobody closes.
    """
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            context = browser.new_context(
                java_script_enabled=runs_scripts, locale="en-GB", timezone_id="UTC"
            )
            context.set_default_timeout(MILLISECONDS)
            yield context.new_page()
        finally:
            browser.close()


class Watcher:
    """Note errors behind a page, and everything that it loads from other hosts."""

    def __init__(self, page: Page, *site_urls: str) -> None:
        self.own = tuple(f"{url}/" for url in site_urls)
        self.faults: list[str] = []
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self.see_request)
        page.on("requestfailed", self.see_failure)
        page.on("response", self.see_response)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text} {message.location['url']}")

    def see_request(self, request: Request) -> None:
        if not request.url.startswith(self.own):
            self.faults.append(f"elsewhere: {request.url}")

    def see_failure(self, request: Request) -> None:
        """Leave out what the browser itself broke off, because the next page was opened."""
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url}")

    def see_response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")


def keep_pictures(page: Page, name: str) -> None:
    for lens, (width, scheme) in LENSES.items():
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SCREENSHOTS / f"{name}-{lens}.png", full_page=True)


def look_at(page: Page, name: str, *, has_own_controls: bool = True) -> None:
    """Keep a picture of the page through each lens; nothing sideways, nothing too small to hit.

    The controls of the stock admin are not ours to enlarge.
    """
    for lens, (width, scheme) in LENSES.items():
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SCREENSHOTS / f"{name}-{lens}.png", full_page=True)
        found = page.evaluate(MEASURE, TARGET if has_own_controls else 0)
        assert (name, lens, found) == (name, lens, {"sideways": 0, "small": []})
