"""Pages of the admin ask the database as often for thirty of everything as for one."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Event

from .answers import ANSWERS, PEOPLE
from .conftest import SignedIn
from .scene import add_one_of_each, make_scene
from .walk import Walk, make_walk

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

OWNER, ROOT = PEOPLE.index("owner"), PEOPLE.index("root")


def addresses(walk: Walk, person: int) -> list[str]:
    """Return the pages that the table lets somebody read, and the lists that have a choice."""
    found = [route for route, (read, _sent) in ANSWERS.items() if read[person] == "200"]
    return [f"{walk.address_of(route)}?{walk.queries.get(route, '')}" for route in found]


def more_addresses(event: Event) -> list[str]:
    """Return pages of the desk that no route alone leads to."""
    sent, desk = event.announcements.sent().earliest("pk"), f"/admin/events/event/{event.pk}/"
    first = event.workshops.earliest("pk")
    return [
        f"{desk}messages/{sent.pk}/",
        f"{desk}check-in/?show=in",
        f"{desk}check-in/?q=wren",
        f"{desk}check-in/?workshop={first.pk}",
        *(f"{desk}people/?state={state}" for state in ("confirmed", "unpaid", "waiting", "came")),
    ]


def costs(browser: Client, pages: list[str]) -> dict[str, int]:
    """Return how many queries each page makes."""
    found = {}
    for page in pages:
        with CaptureQueriesContext(connection) as captured:
            response = browser.get(page)
            assert (page, response.status_code) == (page, 200)
            b"".join(response)
        found[page] = len(captured)
    return found


def test_pages_cost_the_same_with_thirty_of_everything(
    signed_in: SignedIn, mika: User, superuser: User
) -> None:
    event = make_scene(mika)
    add_one_of_each(event)
    walk, organizer, root = make_walk(event), signed_in(mika), signed_in(superuser)
    own = [*addresses(walk, OWNER), *more_addresses(event)]
    others = [page for page in addresses(walk, ROOT) if page not in own]
    few = [costs(organizer, own), costs(root, others)]
    for _ in range(29):
        add_one_of_each(event)
    assert [costs(organizer, own), costs(root, others)] == few
