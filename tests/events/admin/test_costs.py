"""Pages of the admin ask the database as often for thirty of everything as for one."""

from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.desk.people import STATES
from events.models import Event

from .answers import ANSWERS, OF_EVENT, PEOPLE
from .conftest import SignedIn
from .scene import add_one_of_each, make_scene, noted
from .walk import Walk, make_walk

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: The lists, as a control: they are longer with thirty rows. The site has four pages at most.
GROWING = {
    *(f"events/{name}/" for name in ("attendee", "block", "event", "fillingpass", "host")),
    *(f"events/{name}/" for name in ("notice", "notification", "payment", "registration")),
    *("auth/group/", "auth/user/"),
    *(f"{OF_EVENT}{tail}/" for tail in ("desk", "people", "messages", "check-in", "door")),
    f"{OF_EVENT}money/",
    *(f"{OF_EVENT}{tail}" for tail in ("people/organizers/", "money.csv", "history/", "change/")),
    "events/registration/<path:object_id>/history/",
}
OWNER, ROOT = PEOPLE.index("owner"), PEOPLE.index("root")


def addresses(walk: Walk, person: int) -> dict[str, str]:
    """Return the pages that the table lets somebody read, by their routes."""
    found = [route for route, (read, _sent) in ANSWERS.items() if read[person] == "200"]
    return {route: f"{walk.address_of(route)}?{walk.queries.get(route, '')}" for route in found}


def more_addresses(event: Event) -> dict[str, str]:
    """Return pages of the desk that no route alone leads to; the newest message went to all."""
    sent, first = event.announcements.sent().latest("pk"), event.workshops.earliest("pk")
    tails = {
        "message": f"messages/{sent.pk}/",
        "message, waiting": f"messages/{sent.pk}/?state=waiting",
        "check-in, in": "check-in/?show=in",
        "check-in, search": "check-in/?q=wren",
        "check-in, workshop": f"check-in/?workshop={first.pk}",
    }
    tails |= {f"people, {name}": f"people/?state={name}" for name in STATES}
    return {name: f"/admin/events/event/{event.pk}/{tail}" for name, tail in tails.items()}


def measure(browser: Client, pages: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Return how many queries each page makes, and how long it is."""
    found = {}
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as captured:
            response = browser.get(address)
            assert (name, response.status_code) == (name, 200)
            length = len(b"".join(response))
        found[name] = (len(captured), length)
    return found


def test_pages_cost_the_same_with_thirty_of_everything(
    signed_in: SignedIn, mika: User, superuser: User
) -> None:
    event = make_scene(mika)
    add_one_of_each(event)
    walk, organizer, root = make_walk(event), signed_in(mika), signed_in(superuser)
    noted(mika, *walk.rows())
    own, others = addresses(walk, OWNER), addresses(walk, ROOT)
    few, of_root = measure(organizer, own | more_addresses(event)), measure(root, others)
    for _ in range(29):
        add_one_of_each(event)
        noted(mika, *walk.rows())
    many, more_of_root = measure(organizer, own | more_addresses(event)), measure(root, others)
    assert dearer(few, many) == {}
    assert dearer(of_root, more_of_root) == {}
    longer = {name for name in others if more_of_root[name][1] > of_root[name][1]}
    assert GROWING - longer == set()


def dearer(
    few: Mapping[str, tuple[int, int]], many: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Return the pages whose numbers of queries differ."""
    pairs = {name: (few[name][0], many[name][0]) for name in few}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
