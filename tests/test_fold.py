"""An event's page answers at first sight: above the fold on a desk, on two screens of a phone.

What it is, when for me, with whom, what it costs and why, whether I am in or can get in, and what
to do now. A browser measures it, because only there is a page as long as it is.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from events import places
from events.models import Event
from tests.factories import make_attendee, make_event, make_host, make_perk
from tests.looking import open_page
from tests.servers import Site, running_site
from tests.states import State, of_events, of_refusals
from tests.tour import open_each, sessions_of

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True),
]

#: What makes events and people in every relation to them.
MAKERS = (
    of_events.of_open_events,
    of_events.of_draws,
    of_events.of_closed_events,
    of_refusals.of_persons,
    of_refusals.of_patrons_and_blocks,
)
#: Width and height of the screen, and how many screens there are to answer.
FOLDS = ((1280, 800, 1), (320, 640, 2))
#: Each answer, and where it stands: the first of what is found.
ANSWERS = {
    "what": "h1",
    "with whom": ".hero .kicker",
    "when": ".hero .mine-time",
    "what it costs": ".hero .badges .badge:not(.off, .live)",
    "can I get in": "#your-place :is(.status, form, p, .refusals p)",
    "what now": "#your-place :is(.primary, .button, button, summary)",
}
#: Answers that are missing or end below the fold, with where they end.
BELOW = """([answers, fold]) => Object.fromEntries(Object.entries(answers).map(([name, where]) => {
    const found = document.querySelector(`article ${where}`);
    return [name, found ? Math.round(found.getBoundingClientRect().bottom + scrollY) : null];
}).filter(([, bottom]) => bottom === null || bottom > fold))"""


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site


def make_heavy_states() -> list[State]:
    """An event with much to say to somebody far away: two hosts, three zones, days, a discount."""
    event = make_event(
        title="The Winter Festival of a Hundred Worlds",
        summary="Three days of worlds, music and workshops, for everybody who likes to walk around "
        "and to find out how it is made.",
        kind="festival",
        language="en",
        time_zone="Europe/Berlin",
        price=1500,
        capacity=3,
        patron_cents=500,
        neos_required=True,
    )
    Event.objects.filter(pk=event.pk).update(ends_at=event.starts_at + timedelta(days=2))
    make_host(event, name="The Makers' Shed")
    make_host(event, name="Portal Commons")
    make_perk(event, label="Patron: Blade Runner", discount_percent=50)
    far = {"time_zone": "America/New_York", "patreon_cents": 1200}
    patron, held = (make_attendee(**far).user for _ in range(2))
    places.register(user=held, bookable=Event.objects.get(pk=event.pk))
    address = event.get_absolute_url()
    return [
        State("heavy", address, "Sign in"),
        State("heavy-not-a-patron", address, "", make_attendee(time_zone="America/New_York").user),
        State("heavy-patron", address, "50 %", patron),
        State("heavy-held", address, "Pay", held),
    ]


def below_the_fold(page: Page) -> dict[str, object]:
    found = {}
    for width, height, screens in FOLDS:
        page.set_viewport_size({"width": width, "height": height})
        if late := page.evaluate(BELOW, [ANSWERS, height * screens]):
            found[f"{width}"] = late
    return found


def test_event_page_answers_at_first_sight_in_every_state(site: Site) -> None:
    made = [*(state for make in MAKERS for state in make()), *make_heavy_states()]
    states = [state for state in made if state.address.startswith("/events/")]
    sessions = sessions_of(states)
    faults = {}
    with open_page(runs_scripts=True) as page:
        for state in open_each(page, site.url, states, sessions):
            if late := below_the_fold(page):
                faults[state.name] = late
        assert faults == {}

        page.eval_on_selector(".lead", "lead => lead.style.paddingBottom = '2000px'")  # the control
        late = below_the_fold(page)
    assert [[*answers] for answers in late.values()] == [[*ANSWERS][2:]] * 2
