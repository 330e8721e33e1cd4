"""What every page has to pass in a browser: asked of the page as it is drawn.

A page is loaded once and looked at through four lenses, and once more without its scripts if they
have changed anything.
"""

import json
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.looking import MEASURE, TARGET

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"preload": False, "resultTypes": ["violations"], "runOnly": TAGS}
#: What colours can change; the rest is the same in both schemes.
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
#: Width, scheme and rules, so that each width and each scheme is seen with all rules once.
LENSES: tuple[tuple[int, Any, dict[str, object]], ...] = (
    (1280, "light", ALL),
    (1280, "dark", COLOURS),
    (320, "dark", ALL),
    (320, "light", COLOURS),
)
RUN = """async options => (await axe.run(options)).violations.flatMap(
    violation => violation.nodes.map(node => `${violation.id}: ${node.html.slice(0, 120)}`))"""
#: At most one filled button; nothing takes the focus by itself, or needs a script to do anything,
#: but Django's own button for the colours of the admin.
READ = """() => {
    const all = selector => [...document.querySelectorAll(selector)];
    const words = element => element.textContent.trim().replace(/\\s+/g, " ");
    const hash = link => link.getAttribute("href").slice(1);
    return {
        autofocus: all("[autofocus]").map(words),
        filled: all(".primary").map(words).slice(1),
        dead: [
            ...all("a:not([href], [aria-disabled=true]), a[href='#']"),
            ...all("a[href^='javascript:'], [onclick]"),
            ...all("a[href^='#']").filter(link => !document.getElementById(hash(link))),
            ...all("button:not([data-copied], .theme-toggle)").filter(button => !button.form),
        ].map(words),
    };
}"""
#: What one can press, follow or fill in, in its order; the filled button is marked. What copies the
#: text beside it is left out: that text can be selected, and only a script can copy.
ACTIONS = """() => [...document.querySelectorAll(
        "a[href], button, summary, select, textarea, iframe, input:not([type=hidden])")]
    .filter(element => element.checkVisibility({ visibilityProperty: true }))
    .filter(element => !element.matches("[data-copied]"))
    .map(element => {
        const label = element.labels?.[0]?.textContent ?? element.textContent;
        const mark = element.matches(".primary") ? "! " : "";
        return mark + element.localName + " " + label.trim().replace(/\\s+/g, " ");
    })"""


def axe_faults(page: Page, rules: dict[str, object] = ALL) -> list[str]:
    """Return what the rules find; `put_axe` was called before the page was opened."""
    found: list[str] = page.evaluate(RUN, rules)
    return found


def put_axe(page: Page) -> None:
    """Let every page that is opened from now on know the rules, past its own policy for scripts."""
    page.add_init_script(AXE_SCRIPT)


def faults_through_lenses(page: Page, *, has_own_controls: bool = True) -> Iterator[str]:
    """Yield what is wrong with a page that is open, with the lens through which it was seen.

    The controls of the stock admin are not ours to enlarge, nor do we write its scripts.
    """
    last_width = 0
    for width, scheme, rules in LENSES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if width != last_width:
            page.set_viewport_size({"width": width, "height": 800})
            target = TARGET if has_own_controls else 0
            yield from _named(page.evaluate(MEASURE, target), f"{width}")
        last_width = width
        yield from (f"{width} {scheme} {fault}" for fault in axe_faults(page, rules))
    if has_own_controls:
        yield from _named(page.evaluate(READ), "any")


def _named(found: dict[str, object], lens: str) -> Iterator[str]:
    for name, value in found.items():
        if value:
            yield f"{lens} {name}: {json.dumps(value, ensure_ascii=False)}"


def actions_on(page: Page) -> list[str]:
    found: list[str] = page.evaluate(ACTIONS)
    return found
