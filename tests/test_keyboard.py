"""Pages with the keyboard alone: where the focus is, and what a key does.

A browser, because a style sheet decides what is seen of a focus.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from events import places
from tests.factories import make_event, make_local_attendee
from tests.looking import open_page
from tests.servers import Site, running_site
from tests.tour import session_of

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

ADDRESS = "neos-session:///S-1"
#: The focused element, and which box has the ring: itself, its card, or none.
FOCUS = """() => {
    const element = document.activeElement;
    if (element === document.body) return ["", ""];
    const has_ring = box => {
        const { outlineStyle, outlineWidth } = getComputedStyle(box);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    };
    const rings = { itself: element, card: element.closest(".card") };
    const found = Object.keys(rings).filter(name => rings[name] && has_ring(rings[name]));
    return [element.innerText.trim(), found.join()];
}"""


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site


def tab_through(page: Page) -> dict[str, str]:
    """Press Tab until the page begins again; return what had the focus, each with its ring."""
    found: dict[str, str] = {}
    for _ in range(60):
        page.keyboard.press("Tab")
        name, ring = page.evaluate(FOCUS)
        if not name or name in found:
            break
        found[name] = ring
    return found


def test_keyboard_leads_through_a_page_and_copies(site: Site) -> None:
    now = timezone.now()
    event = make_event(
        title="Lantern walk",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1),
        session_url=ADDRESS,
        contact="mika@example.org",
    )
    user = make_local_attendee().user
    places.register(user=user, bookable=event)
    cookie = {"name": "sessionid", "value": session_of(user), "url": site.url}
    with open_page(runs_scripts=True) as page:
        page.context.add_cookies([cookie])
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(f"{site.url}/registrations/")
        rings = tab_through(page)
        page.evaluate("scrollTo(0, 0)")
        page.get_by_role("button", name="Copy address").press("Enter")
        page.get_by_text("Copied.").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        page.eval_on_selector("html", "html => html.style.fontSize = '200%'")
        page.locator(".skip").focus()
        skip = page.locator(".skip").bounding_box()
        page.keyboard.press("Enter")
        target = page.evaluate("document.activeElement.id")
        sideways = page.evaluate("document.documentElement.scrollWidth")

    assert [*rings][:4] == ["Skip to the content", "Community events", "Events", "My places"]
    assert [*rings][5:7] == ["What you follow", "Have all of them in your calendar"]
    first = [*rings].index("Lantern walk")
    links = ("mika@example.org", "Give up this place")
    assert {name: rings[name] for name in [*[*rings][first : first + 3], *links]} == {
        "Lantern walk": "card",
        "Enter the session": "itself",
        "Copy address": "itself",
        "mika@example.org": "itself",
        "Give up this place": "itself",
    }
    assert set(rings.values()) == {"itself", "card"}
    assert (copied, target, sideways) == (ADDRESS, "content", 320)
    assert skip is not None
    assert (skip["x"], skip["y"], skip["x"] + skip["width"] <= 320) == (0, 0, True)
