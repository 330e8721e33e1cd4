"""Organizers see on a registration, and of a person, to which pages they agreed."""

import pytest
from django.contrib.auth.models import User

from events import places
from events.models import SitePage
from tests.factories import make_attendee, make_event, make_organizer, write_page

from .conftest import SignedIn
from .pages import ATTENDEES, REGISTRATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_agreement_is_on_both_pages_for_the_organizers_of_the_event_alone(
    signed_in: SignedIn, superuser: User
) -> None:
    mika = make_organizer(username="mika")
    event, ada = make_event(organizers=[mika]), make_attendee()
    version = write_page("terms", "One", is_agreed_to=True)
    place = places.register(user=ada.user, bookable=event, agreed={version.pk})
    SitePage.objects.update(is_agreed_to=False)
    other = places.register(user=make_attendee().user, bookable=event)
    pages = [f"{REGISTRATIONS}{place.pk}/change/", f"{ATTENDEES}{ada.pk}/change/"]
    link = '<a href="/terms/1/">Terms, version 1</a>'

    for reader in (mika, superuser):
        assert [link in signed_in(reader).get(page).content.decode() for page in pages] == [
            True,
            True,
        ]
    stranger = signed_in(make_organizer(username="robin"))
    assert [link in stranger.get(page).content.decode() for page in pages] == [False, False]
    without = signed_in(mika).get(f"{REGISTRATIONS}{other.pk}/change/").content.decode()
    assert link not in without
