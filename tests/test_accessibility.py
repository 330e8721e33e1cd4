"""Every page and state as WCAG 2.2 AA wants it, with and without scripts, in a real browser.

A server and a browser, because contrast, sizes and focus are there only once a page is drawn. All
states are one test: starting both takes longer than looking at a page.
"""

import re
from collections import ChainMap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import repeat
from typing import Any

import pytest
from django.template import Template
from django.test.signals import template_rendered

from events.access.refusals import Code
from tests.eventsite.processes import ROOT
from tests.servers import Site, running_site
from tests.states import State, make_states
from tests.states.made import write_site_pages
from tests.states.of_demo import no_mails_left
from tests.tour import Ways, look_at_all, sessions_of

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.server]

APPLICATION = "tests.noting_templates:application"
DEMO = {"PAYMENT_PROVIDER": "sandbox", "EMAIL_URL": ""}
#: Two, because a browser keeps one core busy.
BROWSERS = 2
#: Somebody whose account is closed is signed out, and an event says the other in a sentence.
NOT_BESIDE_A_BUTTON = {Code.ACCOUNT_CLOSED, Code.EVENT_PLACE_REQUIRED}


@pytest.fixture
def sites(transactional_db: None) -> Iterator[dict[bool, Site]]:
    """The site on which organizers note payments, and the demo; the key tells if it is that."""
    write_site_pages()
    with ExitStack() as stack:
        stack.enter_context(no_mails_left())
        plain = stack.enter_context(running_site(application=APPLICATION))
        demo = stack.enter_context(running_site(application=APPLICATION, **DEMO))
        yield {False: plain, True: demo}


@pytest.fixture
def made_here() -> Iterator[set[str]]:
    """Names of the templates that this process uses."""
    names: set[str] = set()

    def note(sender: Template, **_: Any) -> None:
        names.add(str(sender.name))

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def page_templates() -> set[str]:
    """Templates of pages that visitors and attendees see."""
    folder = ROOT / "templates"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    return {name for name in names if not name.startswith(("admin/", "messages/"))}


def used(site: Site) -> set[str]:
    return {*re.findall(r"^template (\S+)$", site.output, re.MULTILINE)}


@pytest.mark.django_db(transaction=True)
def test_every_page_is_accessible_in_every_state(
    sites: dict[bool, Site], made_here: set[str]
) -> None:
    states = make_states()
    assert len({state.name for state in states}) == len(states)
    ways = Ways({is_demo: site.url for is_demo, site in sites.items()}, sessions_of(states))
    with ThreadPoolExecutor(BROWSERS) as pool:
        parts = [states[number::BROWSERS] for number in range(BROWSERS)]
        results = list(pool.map(look_at_all, parts, repeat(ways)))
    faults, codes = zip(*results, strict=True)

    assert dict(ChainMap(*faults)) == {}
    assert {*Code} - set().union(*codes) == NOT_BESIDE_A_BUTTON
    assert page_templates() - made_here - used(sites[False]) - used(sites[True]) == set()


# --- The controls --------------------------------------------------------------------------------

MADE = '<!doctype html><html lang="en"><title>x</title>{}<main><h1>x</h1>{}</main>'
NIGHT = "<style>@media (prefers-color-scheme: dark) { p { color: #333; background: #222 } }</style>"
WIDE = "<style>@media (max-width: 400px) { p { width: 500px } }</style>"
POLICY = """<meta http-equiv="Content-Security-Policy" content="style-src 'none'">"""
ADD = "<script>document.querySelector('main').append(document.createElement('details'))</script>"
SHOWN = "<script>document.querySelector('summary').hidden = false</script>"
BROKEN = {
    "label": MADE.format("", "<input>"),
    "320 dark color-contrast": MADE.format(NIGHT, "<p>Dark on dark"),
    "320 sideways": MADE.format(WIDE, "<p>Broad"),
    "1280 small": MADE.format("", "<form><button>Small</button></form>"),
    "any filled": MADE.format("", '<a class="primary" href="/">1</a><a class="primary" href="/">2'),
    "any autofocus": MADE.format("", "<details autofocus><summary>x</summary></details>"),
    'any dead: ["Nowhere"': MADE.format("", '<a href="#nowhere">Nowhere</a>'),
    'any dead: ["Lone"': MADE.format("", "<button>Lone</button>"),
    "console: Applying inline style": MADE.format(POLICY, '<p style="color: red">x'),
    "console: broken": MADE.format("<script>console.error('broken')</script>", ""),
    "elsewhere: http://other.test/": MADE.format("", '<img alt="" src="http://other.test/x.png">'),
    "only: summary More": MADE.format("", f"<summary hidden>More</summary>{SHOWN}"),
    "does not say": MADE.format("", "").replace("<h1>x", "<h1>y"),
}


def test_gates_stop_pages_that_are_broken() -> None:
    """Each page has the fault that its name begins, or contains, and a sound one has none."""
    broken = [
        State(name, f"/made/{n}/", "x", html=html) for n, (name, html) in enumerate(BROKEN.items())
    ]
    sound = State("sound", "/made/sound/", "x", html=MADE.format("", "<p>Fine"))
    faults, _codes = look_at_all([*broken, sound], Ways({False: "http://site.test"}))
    missed = [name for name in BROKEN if name not in "\n".join(faults.get(name, ()))]
    assert (missed, faults.get("sound")) == ([], None)
