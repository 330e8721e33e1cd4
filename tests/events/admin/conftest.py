"""Two organizers who must not see each other's events, each signed in with an own browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from events import places
from events.models import Event, Registration
from tests.factories import make_attendee, make_event, make_organizer, make_user, make_workshop

SignedIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    """Makes browsers in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in


@pytest.fixture
def committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> DjangoCaptureOnCommitCallbacks:
    """`with committed(execute=True):` does what a request leaves for after its commit."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def robin() -> User:
    return make_organizer(username="robin")


@pytest.fixture
def superuser() -> User:
    return make_user(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(signed_in: SignedIn, mika: User) -> Client:
    """Mika's."""
    return signed_in(mika)


@pytest.fixture
def jam(mika: User) -> Event:
    """Mika's event with a workshop and one guest in both."""
    event = make_event(title="Jam", slug="jam", organizers=[mika], capacity=5)
    guest = make_attendee(neos_id="U-guest", neos_username="Guest").user
    places.register(user=guest, bookable=event)
    places.register(user=guest, bookable=make_workshop(event, title="Mixing", slug="mixing"))
    return event


@pytest.fixture
def ball(robin: User) -> Event:
    """Robin's, the same with the words of `pages.SECRETS`."""
    event = make_event(title="Ball", slug="the-ball", organizers=[robin], summary="Masks off")
    guest = make_attendee(neos_id="U-veil", neos_username="Veil").user
    places.register(user=guest, bookable=event)
    places.register(user=guest, bookable=make_workshop(event, title="Masks", slug="masks"))
    Event.objects.filter(pk=event.pk).update(status=Event.Status.DRAFT)
    return event


@pytest.fixture
def line(jam: Event, clock: time_machine.Traveller) -> list[Registration]:
    """Four people one second after the other: two with a place, two waiting."""
    found = []
    for name in ["Ada", "Bo", "Cy", "Di"]:
        user = make_attendee(neos_id=f"U-{name}", neos_username=name).user
        found.append(places.register(user=user, bookable=jam))
        clock.shift(timedelta(seconds=1))
    return found


@pytest.fixture
def held(jam: Event) -> list[Registration]:
    """Two people whose places wait for their money."""
    Event.objects.update(price=500)
    return [places.register(user=make_attendee().user, bookable=jam) for _ in range(2)]


@pytest.fixture(autouse=True)
def known_content_types(db: None) -> None:
    """The process looks each up once; whichever test came first would count those queries."""
    ContentType.objects.get_for_models(*apps.get_models())


@pytest.fixture(autouse=True)
def nobody_is_asked(settings: Settings) -> None:
    """Ask nobody for a second factor. It costs each page one query, which `test_second_factor`
    counts; the tests of pages count what is theirs.
    """
    settings.STAFF_SECOND_FACTOR = "off"


#: The zones that tests of the admin name.
ZONES = {"UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York"}


@pytest.fixture
def every_zone() -> None:
    """For the tests of the list of time zones itself."""


@pytest.fixture(autouse=True)
def few_zones(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put few time zones on the event form: rendering all 600 takes longer than all else on it."""
    if "every_zone" not in request.fixturenames:
        zones = Event._meta.get_field("time_zone")
        few = [(zone, name) for zone, name in zones.choices if str(zone) in ZONES]
        monkeypatch.setattr(zones, "choices", few)


@pytest.fixture(autouse=True)
def unkept_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy no template's context for `response.context`: a form has hundreds of little templates,
    and tests of the admin read its pages.
    """
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)
