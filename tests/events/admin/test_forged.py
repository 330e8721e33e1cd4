"""Requests that no page of the admin offers change nothing of another organizer's."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Registration, Workshop

from .conftest import SignedIn
from .pages import ADD, ATTENDEES, REGISTRATIONS, act, confirm, fields, leaks, page_of, read, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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


@pytest.mark.parametrize("action", ["cancel", "promote", "mark_paid", "check_in", "undo_check_in"])
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


def test_copy_with_the_same_address_gets_a_number(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), title="Next jam", _saveasnew="1")
    slugs = Event.objects.order_by("pk").values_list("title", "slug")
    assert list(slugs) == [("Jam", "jam"), ("Next jam", "jam-2")]


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
