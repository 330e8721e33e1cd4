"""An organizer sees their own events and what belongs to them, on no page more."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.admin import registration_filters
from events.models import Event, Registration, Workshop
from tests.factories import make_attendee, make_event
from tests.lines import register

from .conftest import SignedIn
from .pages import ATTENDEES, EVENTS, REGISTRATIONS, delete, leaks, names, paths_of, read, words

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# --- Lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "own", "everybody"),
    [
        (EVENTS, {"Jam"}, {"Jam", "Ball"}),
        (REGISTRATIONS, {"Guest"}, {"Guest", "Veil"}),
        (ATTENDEES, {"Guest"}, {"Guest", "Veil"}),
    ],
)
def test_lists_hold_own_rows_only(
    signed_in: SignedIn,
    browser: Client,
    superuser: User,
    jam: Event,
    ball: Event,
    path: str,
    own: set[str],
    everybody: set[str],
) -> None:
    assert set(names(browser.get(path))) == own
    assert leaks(browser.get(path)) == []
    assert set(names(signed_in(superuser).get(path))) == everybody


@pytest.mark.parametrize("path", [EVENTS, REGISTRATIONS, ATTENDEES])
@pytest.mark.parametrize("query", ["?q=ball", "?q=veil", "?q=U-veil", "?q=masks", "?_facets=True"])
def test_search_and_counts_know_own_rows_only(
    browser: Client, jam: Event, ball: Event, path: str, query: str
) -> None:
    response = browser.get(path + query)
    nothing_of_the_ball = everything_said(response)
    Registration.objects.filter(event=ball).delete()
    Event.objects.filter(pk=ball.pk).delete()

    assert nothing_of_the_ball == everything_said(browser.get(path + query))


def everything_said(response: HttpResponse) -> list[str]:
    """Everything the list says, numbers too; what was searched for stands in its own field."""
    return read(response).first("div", id="changelist").pieces


@pytest.mark.parametrize("query", ["status__exact=draft", "when=coming", "listed__exact=1"])
def test_filters_of_events_find_own_events_only(
    browser: Client, jam: Event, ball: Event, query: str
) -> None:
    assert leaks(browser.get(f"{EVENTS}?{query}")) == []


def test_filter_by_an_event_without_registrations_finds_nothing(
    browser: Client, mika: User, jam: Event
) -> None:
    empty = make_event(organizers=[mika])
    assert names(browser.get(f"{REGISTRATIONS}?event__id__exact={empty.pk}")) == []


def test_filter_offers_the_newest_events_and_finds_people_of_others(
    browser: Client, mika: User, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A big site has thousands of events, and each would be a link beside the list."""
    monkeypatch.setattr(registration_filters, "MOST_CHOICES", 1)
    newest = make_event(organizers=[mika], title="Newest")
    register(make_attendee(), newest)

    links = read(browser.get(REGISTRATIONS)).all("a")
    chosen = [link.attributes["href"] for link in links if "href" in link.attributes]
    events = [href for href in chosen if href.startswith("?event__id__exact=")]
    assert events == [f"?event__id__exact={newest.pk}"]
    assert names(browser.get(f"{REGISTRATIONS}?event__id__exact={jam.pk}")) == ["Guest", "Guest"]


def test_filter_by_another_organizers_event_finds_nothing(
    browser: Client, jam: Event, ball: Event
) -> None:
    masks = Workshop.objects.get(event=ball)
    for query in [f"event__id__exact={ball.pk}", f"workshop__id__exact={masks.pk}"]:
        response = browser.get(f"{REGISTRATIONS}?{query}")
        assert names(response) == []
        assert leaks(response) == []
    assert names(browser.get(f"{REGISTRATIONS}?event__id__exact={jam.pk}")) == ["Guest", "Guest"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (ATTENDEES, "calendar_token__startswith=a"),
        (ATTENDEES, "calendar_token=guess"),
        (ATTENDEES, "patreon_total_cents__exact=9"),
        (ATTENDEES, "user__exact=1"),
        (ATTENDEES, "user__password__startswith=pbkdf2"),
        (ATTENDEES, "user__email__contains=@"),
        (ATTENDEES, "user__social_auth__uid__startswith=U"),
        (ATTENDEES, "patreon_total_cents__gt=0"),
        (ATTENDEES, "neos_id__startswith=U-"),
        (ATTENDEES, "registrations__event__title__startswith=B"),
        (REGISTRATIONS, "attendee__user__password__startswith=pbkdf2"),
        (REGISTRATIONS, "attendee__calendar_token__startswith=a"),
        (REGISTRATIONS, "event__organizers__password__startswith=pbkdf2"),
        (REGISTRATIONS, "event__title__startswith=B"),
        (EVENTS, "organizers__password__startswith=pbkdf2"),
        (EVENTS, "registrations__attendee__neos_id__startswith=U"),
        (EVENTS, "session_url__startswith=neos"),
        (EVENTS, "status__exact=%00"),
        (REGISTRATIONS, f"event={'9' * 30}"),
        (REGISTRATIONS, f"event__exact={'9' * 30}"),
        (REGISTRATIONS, f"workshop__id__exact={'9' * 30}"),
    ],
)
def test_lookup_that_is_not_on_offer_is_refused(
    browser: Client, jam: Event, path: str, query: str
) -> None:
    assert browser.get(f"{path}?{query}").status_code == 400


@pytest.mark.parametrize("field", ["slug", "calendar_token", "user", "code", "nothing"])
@pytest.mark.parametrize("path", [EVENTS, REGISTRATIONS, ATTENDEES])
def test_popup_does_not_name_rows_by_other_fields(browser: Client, path: str, field: str) -> None:
    assert browser.get(f"{path}?_popup=1&_to_field={field}").status_code == 400


@pytest.mark.parametrize(
    "source", ["registration&field_name=event", "registration&field_name=attendee"]
)
def test_autocomplete_offers_own_rows_only(
    signed_in: SignedIn,
    browser: Client,
    superuser: User,
    jam: Event,
    ball: Event,
    source: str,
) -> None:
    address = f"/admin/autocomplete/?app_label=events&model_name={source}&term="
    own, everything = browser.get(address), signed_in(superuser).get(address)
    assert len(own.json()["results"]) == 1
    assert leaks(own) == []
    assert len(everything.json()["results"]) == 2


def test_null_character_in_a_search_is_left_out(browser: Client, jam: Event) -> None:
    address = "/admin/autocomplete/?app_label=events&model_name=registration&field_name=event"
    found = browser.get(f"{address}&term=Ja%00m").json()["results"]
    assert found == [{"id": str(jam.pk), "text": "Jam"}]
    assert browser.get(f"{EVENTS}?q=Ja%00m").status_code == 200


@pytest.mark.parametrize(
    "source",
    [
        "app_label=events&model_name=attendee&field_name=user",
        "app_label=events&model_name=event&field_name=organizers",
        "app_label=admin&model_name=logentry&field_name=user",
        "app_label=social_django&model_name=usersocialauth&field_name=user",
        "app_label=events&model_name=registration&field_name=workshop",
    ],
)
def test_autocomplete_of_accounts_is_refused(browser: Client, jam: Event, source: str) -> None:
    assert browser.get(f"/admin/autocomplete/?{source}&term=").status_code == 403


# --- Pages -------------------------------------------------------------------------------------


def test_pages_of_others_look_like_ones_that_do_not_exist(
    browser: Client, jam: Event, ball: Event
) -> None:
    for path in paths_of(ball):
        missing = f"{path.rsplit('/', 2)[0]}/987654/"
        for tail in ["change/", "history/", "change/?_popup=1&_changelist_filters=q%3Dball"]:
            theirs, nothing = browser.get(path + tail), browser.get(missing + tail)
            assert (theirs.status_code, theirs["Location"]) == (302, nothing["Location"])
            pk = path.split("/")[-2]
            assert words(theirs)[-1].replace(f"“{pk}”", "“987654”") == words(nothing)[-1]


def test_own_pages_are_there(browser: Client, jam: Event) -> None:
    for path in paths_of(jam):
        assert browser.get(f"{path}change/").status_code == 200
        assert browser.get(f"{path}history/").status_code == 200


def test_nobody_but_superusers_deletes_an_event(
    signed_in: SignedIn, browser: Client, superuser: User, jam: Event, ball: Event
) -> None:
    empty = make_event()
    for path in [*paths_of(jam), *paths_of(ball)]:
        assert browser.get(f"{path}delete/").status_code == 403
        assert browser.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    page = signed_in(superuser)
    delete(page, f"{EVENTS}{empty.pk}/")
    delete(page, f"{EVENTS}{jam.pk}/")
    assert set(Event.objects.all()) == {jam, ball}  # history protects an event that had people
