"""A phone in Tokyo, set to Japanese: each page that it shows is read as its owner would."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.looking import ARGUMENTS, MEASURE, MILLISECONDS, TARGET, find_chromium

HERE, THERE = "Asia/Tokyo", "America/New_York"
#: Texts that can be seen, apart from names, titles, and what is marked as English.
TEXTS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        const isName = parent.closest("script, style, option, code, bdi, [lang=en]");
        if (!isName && parent.checkVisibility()) found.push(walker.currentNode.data.trim());
    }
    return found.filter(text => text);
}"""
#: Two English words after another; a zone has a stroke between its own.
ENGLISH = re.compile(r"(?<![/\w.])[A-Za-z]+[ \u00a0][A-Za-z]+")


def english_in(texts: list[str], names: tuple[str, ...] = ()) -> list[str]:
    """Return the texts with something in them that nobody has translated."""
    known = re.compile("|".join(map(re.escape, names)) or r"\Z.")
    return [text for text in texts if ENGLISH.search(known.sub("", text))]


def is_own_zone_first(texts: list[str]) -> bool:
    """Return whether no time of the other place comes before the one of here."""
    text = " ".join(texts)
    here, there = text.find(HERE), text.find(THERE)
    return there < 0 or 0 <= here < there


class Phone:
    """`faults` are addresses of pages that are not as they should be, with what is wrong.

    `names` stay as they are in every language.
    """

    def __init__(self, page: Page, *names: str) -> None:
        self.page, self.names = page, names
        self.faults: list[object] = []

    def look(self) -> str:
        """Check the page that is shown; return what it says."""
        language = self.page.locator("html").get_attribute("lang")
        texts = [" ".join(text.split()) for text in self.page.evaluate(TEXTS)]
        measured = self.page.evaluate(MEASURE, TARGET)
        english = english_in(texts, self.names)
        wrong = (language, english, *measured.values(), is_own_zone_first(texts))
        if wrong != ("ja", [], 0, [], True):
            self.faults.append((self.page.url, wrong))
        return " ".join(texts)

    def tap(self, name: str, within: str = "main") -> str:
        """Tap the first button or link with these words, and look where it leads."""
        part = self.page.locator(within)
        found = part.get_by_role("button", name=name).or_(part.get_by_role("link", name=name))
        return self.tap_on(found.first)

    def tap_on(self, found: Locator) -> str:
        with self.page.expect_navigation():
            found.tap()
        return self.look()

    def open(self, address: str) -> str:
        self.page.goto(address)
        return self.look()


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launch = playwright.chromium.launch
        found = launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield found
        finally:
            found.close()


def page_in_tokyo(of: Browser) -> Page:
    context = of.new_context(
        locale="ja-JP",
        timezone_id=HERE,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(MILLISECONDS)
    return context.new_page()
