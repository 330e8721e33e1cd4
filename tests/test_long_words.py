"""Pages with texts that are 40 % longer hold at 320 pixels: nothing is wider than the screen.

A server and a browser, because a page is as wide as it is drawn. Its language is made for the
suite: see `tests.pseudo`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import pseudo
from tests.looking import MEASURE, TARGET, open_page
from tests.servers import Site, running_site
from tests.states import of_accounts, of_events, of_money, of_places
from tests.tour import open_each, sessions_of

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

MAKERS = (
    of_accounts.of_ways_in,
    of_accounts.of_accounts,
    of_events.of_hosts,
    of_events.of_open_events,
    of_events.of_draws,
    of_places.of_free_places,
    of_places.of_overviews,
    of_money.of_paying,
    of_events.of_lists,
)
#: "Skip to the content", with accents: no page that is translated is without.
IS_LONG = "() => document.querySelector('.skip').textContent.startsWith('Skîp tö')"


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    pseudo.write(tmp_path)
    application = "tests.long_words:application"
    with running_site(application=application, PSEUDO_LOCALE=str(tmp_path)) as site:
        yield site


def test_pages_hold_with_longer_texts(site: Site) -> None:
    states = [state for make in MAKERS for state in make()]
    sessions = sessions_of(states)
    seen, faults = 0, {}
    with open_page(runs_scripts=True) as page:
        page.set_viewport_size({"width": 320, "height": 640})
        for state in open_each(page, site.url, states, sessions):
            seen += 1
            found = page.evaluate(MEASURE, TARGET)
            if any(found.values()) or not page.evaluate(IS_LONG):
                faults[state.name] = found
        page.eval_on_selector("main h1", "h1 => h1.style.minWidth = '500px'")  # the control
        broad = page.evaluate(MEASURE, TARGET)
    assert faults == {}
    assert (seen > 30, broad["sideways"] > 0) == (True, True)
