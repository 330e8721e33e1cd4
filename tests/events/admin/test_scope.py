"""An organizer sees and changes their own events and what belongs to them, by no way more."""

from collections.abc import Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events import places
from events.models import Event, Registration, Workshop
from tests.factories import make_attendee, make_event, make_workshop

from .conftest import SignedIn
from .pages import (
    ADD,
    ATTENDEES,
    EVENTS,
    REGISTRATIONS,
    act,
    confirm,
    fields,
    names,
    page_of,
    read,
    save,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Words that stand on no page of Mika's: titles, addresses, people, ids of Robin's event.
SECRETS = ["Ball", "the-ball", "Masks", "Veil", "U-veil"]


@pytest.fixture
def jam(mika: User) -> Event:
    """Mika's event with a workshop and one guest in both."""
    event = make_event(title="Jam", slug="jam", organizers=[mika], capacity=5)
    guest = make_attendee(neos_id="U-guest", neos_username="Guest").user
    places.register(user=guest, bookable=event)
    places.register(user=guest, bookable=make_workshop(event, title="Mixing", slug="mixing"))
    return event


@pytest.fixture
def ball(robin: User, superuser: User) -> Event:
    """Robin's, the same with other words."""
    event = make_event(title="Ball", slug="the-ball", organizers=[robin], summary="Masks off")
    guest = make_attendee(neos_id="U-veil", neos_username="Veil").user
    places.register(user=guest, bookable=event)
    places.register(user=guest, bookable=make_workshop(event, title="Masks", slug="masks"))
    Event.objects.filter(pk=event.pk).update(status=Event.Status.DRAFT)
    return event


def paths_of(event: Event) -> Iterator[str]:
    """Pages about the event, its registrations and people."""
    yield f"{EVENTS}{event.pk}/"
    for registration in Registration.objects.filter(event=event):
        yield f"{REGISTRATIONS}{registration.pk}/"
        yield f"{ATTENDEES}{registration.attendee_id}/"


def leaks(response: HttpResponse) -> list[str]:
    return [word for word in SECRETS if word in response.content.decode()]


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
    page.post(f"{EVENTS}{empty.pk}/delete/", {"post": "yes"})
    page.post(f"{EVENTS}{jam.pk}/delete/", {"post": "yes"})
    assert set(Event.objects.all()) == {jam, ball}  # history protects an event that had people


# --- Forged requests ---------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, {"_popup": "1"}, {"_continue": "1"}, {"_to_field": "id"}])
def test_forged_change_of_another_event_changes_nothing(
    browser: Client, jam: Event, ball: Event, extra: dict[str, str]
) -> None:
    forged = fields(browser.get(page_of(jam))) | {"title": "Mine now"} | extra
    response = browser.post(page_of(ball), forged)
    ball.refresh_from_db()
    assert (response.status_code, ball.title) == (302, "Ball")
    assert list(ball.organizers.values_list("username", flat=True)) == ["robin"]


def test_inline_with_another_events_workshop_changes_nothing(
    browser: Client, jam: Event, ball: Event
) -> None:
    masks = Workshop.objects.get(event=ball)
    for stolen in [{"workshops-0-title": "Stolen"}, {"workshops-0-DELETE": "on"}]:
        forged = {"workshops-0-id": str(masks.pk), "workshops-0-event": str(ball.pk)} | stolen
        response = save(browser, page_of(jam), **forged)
        assert response.status_code == 200
        assert leaks(response) == []
    masks.refresh_from_db()
    assert (masks.title, masks.event) == ("Masks", ball)


def test_inline_cannot_be_moved_to_another_event(browser: Client, jam: Event, ball: Event) -> None:
    save(browser, page_of(jam), **{"workshops-0-event": str(ball.pk)})
    assert list(jam.workshops.values_list("slug", flat=True)) == ["mixing"]


def test_organizers_field_is_for_superusers(
    signed_in: SignedIn, browser: Client, mika: User, robin: User, superuser: User, jam: Event
) -> None:
    save(browser, page_of(jam), organizers=[str(robin.pk)], sequence="9", id="1")
    jam.refresh_from_db()
    assert (list(jam.organizers.all()), jam.sequence) == ([mika], 0)

    save(signed_in(superuser), page_of(jam), organizers=[str(robin.pk)])
    assert list(jam.organizers.all()) == [robin]


def test_organizers_are_chosen_among_staff(
    signed_in: SignedIn, mika: User, superuser: User, jam: Event
) -> None:
    field = read(signed_in(superuser).get(page_of(jam))).first("select", name="organizers")
    assert {option.text for option in field.all("option")} == {"mika", "root"}


@pytest.mark.parametrize("tail", ["change/", "add/", ""])
def test_registration_is_never_written_by_a_form(browser: Client, jam: Event, tail: str) -> None:
    before = list(Registration.objects.order_by("pk").values())
    registration = Registration.objects.filter(event=jam).first()
    assert registration is not None
    path = {"change/": f"{registration.pk}/change/"}.get(tail, tail)
    forged = {
        "status": "cancelled",
        "amount": "0",
        "attendee": str(registration.attendee_id),
        "event": str(jam.pk),
        "_save": "Save",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(registration.pk),
        "form-0-status": "cancelled",
    }
    browser.post(REGISTRATIONS + path, forged)
    assert list(Registration.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("path", [f"{ATTENDEES}add/", f"{REGISTRATIONS}add/"])
def test_people_and_registrations_are_not_added_here(
    signed_in: SignedIn, browser: Client, superuser: User, path: str
) -> None:
    assert browser.get(path).status_code == 403
    assert signed_in(superuser).get(path).status_code == 403


@pytest.mark.parametrize("action", ["cancel", "mark_paid", "check_in"])
def test_action_on_rows_of_others_does_nothing(
    browser: Client, jam: Event, ball: Event, action: str
) -> None:
    before = list(Registration.objects.order_by("pk").values())
    theirs = Registration.objects.filter(event=ball)
    for response in [act(browser, action, *theirs), confirm(browser, action, *theirs)]:
        assert response.status_code == 302
        assert leaks(browser.get(response["Location"])) == []
    assert list(Registration.objects.order_by("pk").values()) == before
    assert LogEntry.objects.count() == 0


def test_action_on_everything_is_about_own_rows(browser: Client, jam: Event, ball: Event) -> None:
    ticked_first = Registration.objects.filter(event=jam)[:1]
    response = act(browser, "cancel", *ticked_first, select_across="1", index="0")
    assert leaks(response) == []
    ticked = read(response).all("input", type="hidden", name="_selected_action")
    own = Registration.objects.filter(event=jam).values_list("pk", flat=True)
    assert {box.attributes["value"] for box in ticked} == {str(pk) for pk in own}


@pytest.mark.parametrize(
    "selected", ["", "abc", "9" * 40, "1e9", "\0", "\N{ARABIC-INDIC DIGIT ONE}", "-1", "1 OR 1=1"]
)
def test_selection_that_holds_no_id_is_a_bad_request(
    browser: Client, jam: Event, selected: str
) -> None:
    response = browser.post(REGISTRATIONS, {"action": "cancel", "_selected_action": selected})
    assert response.status_code == 400


# --- Copies ------------------------------------------------------------------------------------


def test_copy_is_a_draft_of_its_own(browser: Client, mika: User, jam: Event) -> None:
    save(browser, page_of(jam), title="Jam 2", slug="jam-2", _saveasnew="1")
    copy = Event.objects.get(slug="jam-2")
    assert (copy.status, list(copy.organizers.all())) == ("draft", [mika])
    assert list(copy.workshops.values_list("slug", flat=True)) == ["mixing"]
    assert (copy.registrations.count(), jam.registrations.count()) == (0, 2)


def test_copy_with_the_same_address_is_asked_for_another(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), title="Jam 2", _saveasnew="1")
    assert "Event with this Address already exists." in response.content.decode()
    assert list(Event.objects.values_list("title", flat=True)) == ["Jam"]


def test_copy_of_another_event_takes_nothing_from_it(
    browser: Client, mika: User, jam: Event, ball: Event
) -> None:
    """A copy is made of what was sent; the address it is sent to adds nothing."""
    masks = Workshop.objects.get(event=ball)
    forged = fields(browser.get(page_of(jam))) | {"slug": "copy", "_saveasnew": "1"}
    browser.post(page_of(ball), forged | {"workshops-0-id": str(masks.pk)})
    copy = Event.objects.get(slug="copy")
    assert (copy.title, list(copy.organizers.all())) == ("Jam", [mika])
    assert Workshop.objects.get(event=ball) == masks
    assert list(copy.workshops.values_list("title", flat=True)) == ["Mixing"]


def test_whoever_makes_an_event_organizes_it(browser: Client, mika: User, robin: User) -> None:
    times = {"starts_at_0": "2030-07-01", "starts_at_1": "20:00"}
    times |= {"ends_at_0": "2030-07-01", "ends_at_1": "22:00"}
    words = {"title": "New", "slug": "new", "organizers": [str(robin.pk)]}
    response = save(browser, ADD, **times, **words)

    event = Event.objects.get()
    assert response.status_code == 302
    assert (event.status, list(event.organizers.all())) == ("draft", [mika])
