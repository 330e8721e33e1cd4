"""The page on which organizers give roles and take them away."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events import places
from events.models import Event, Registration, Role, Workshop
from events.places import event_edits
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import at
from tests.events.admin.pages import delete, fields, logged, page_of, read, said, save
from tests.factories import make_attendee, make_event, make_role, make_workshop
from tests.lines import kinds, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def give(browser: Client, event: Event, person: str, **more: str) -> tuple[int, list[str]]:
    typed = {"person": person, "kind": "speaker", "early_minutes": "0"}
    response = browser.post(at(event, "people/roles/"), typed | more)
    return response.status_code, said(response) if response.status_code == 302 else []


def rows() -> list[tuple[object, ...]]:
    names = ("attendee__neos_id", "kind", "workshop", "outside_capacity", "early_minutes")
    return list(Role.objects.order_by("pk").values_list(*names))


def test_role_is_given_by_name_and_its_person_is_told(browser: Client, jam: Event) -> None:
    ada = make_attendee(neos_id="U-ada", neos_username="Ada")
    workshop = str(jam.workshops.get().pk)
    typed = {"workshop": workshop, "outside_capacity": "on", "early_minutes": "30"}
    status, words = give(browser, jam, "Ada", **typed)
    assert (status, rows()) == (302, [("U-ada", "speaker", int(workshop), True, 30)])
    assert words[0] == "Ada (U-ada) has a role now: speaker."
    assert (kinds(ada), logged()) == (["role-given"], [("mika", "Gave a role: speaker.")])
    assert Role.objects.get().created_by == jam.organizers.get()


def test_same_role_again_changes_what_comes_with_it(browser: Client, jam: Event) -> None:
    make_attendee(neos_id="U-ada", neos_username="Ada")
    give(browser, jam, "Ada")
    _status, words = give(browser, jam, "U-ada", early_minutes="45")
    assert words[-1] == (
        "Ada (U-ada) had this role before: speaker. What comes with it was changed."
    )
    assert rows() == [("U-ada", "speaker", None, False, 45)]


@pytest.mark.parametrize(
    "typed",
    [
        {"person": "Nobody"},
        {"kind": "king"},
        {"early_minutes": "10081"},
        {"early_minutes": "-1"},
        {"workshop": "999"},
    ],
)
def test_wrong_field_gives_nothing_and_keeps_what_was_typed(
    browser: Client, jam: Event, typed: dict[str, str]
) -> None:
    make_attendee(neos_id="U-ada", neos_username="Ada")
    sent = {"person": "Ada", "kind": "helper", "early_minutes": "5"} | typed
    response = browser.post(at(jam, "people/roles/"), sent)
    assert (response.status_code, rows()) == (422, [])
    assert f'value="{sent["person"]}"' in response.content.decode()


def test_workshop_of_another_event_is_none(browser: Client, jam: Event, ball: Event) -> None:
    make_attendee(neos_id="U-ada", neos_username="Ada")
    other = Workshop.objects.create(
        event=ball, title="X", slug="x", starts_at=ball.starts_at, ends_at=ball.ends_at
    )
    assert give(browser, jam, "Ada", workshop=str(other.pk)) == (422, [])


def test_organizer_never_agrees_for_the_person(browser: Client, jam: Event) -> None:
    make_attendee(neos_id="U-ada", neos_username="Ada")
    give(browser, jam, "Ada", is_shown="on")
    assert Role.objects.get().is_shown is False


def test_taking_away_asks_first_and_says_what_it_does(browser: Client, jam: Event) -> None:
    ada = make_attendee(neos_id="U-ada", neos_username="Ada")
    role = make_role(jam, ada)
    mine = register(ada, jam)
    address = at(jam, "people/roles/")
    asked = browser.post(address, {"take": role.pk})
    assert "Take this role away from Ada (U-ada): speaker?" in read(asked).raw
    assert "The place at “Jam” stays, and is counted from then on." in read(asked).raw
    assert Role.objects.count() == 1
    done = browser.post(address, {"take": role.pk, "confirmed": "1"})
    assert said(done) == ["Ada (U-ada) does not have this role any more: speaker."]
    assert Registration.objects.get(pk=mine.pk).outside_capacity is False
    again = browser.post(address, {"take": role.pk, "confirmed": "1"})
    assert said(again)[-1] == "This role was taken away before. Nothing was changed."
    assert logged() == [("mika", "Took a role away: speaker.")]


def test_role_of_another_event_is_out_of_reach(
    browser: Client, jam: Event, ball: Event, signed_in: SignedIn, robin: User
) -> None:
    role = make_role(ball, make_attendee())
    browser.post(at(jam, "people/roles/"), {"take": role.pk, "confirmed": "1"})
    assert browser.get(at(ball, "people/roles/")).status_code == 404
    assert browser.post(at(jam, "people/roles/"), {"take": "x"}).status_code == 404
    assert Role.objects.count() == 1
    assert signed_in(robin).get(at(ball, "people/roles/")).status_code == 200


def test_list_shows_who_agreed(browser: Client, jam: Event) -> None:
    ada = make_attendee(neos_id="U-ada", neos_username="Ada")
    make_role(jam, ada, early_minutes=30)
    places.show_roles(event=jam, attendee=ada, is_shown=True)
    page = read(browser.get(at(jam, "people/roles/")))
    cells = [" ".join(cell.raw.split()) for cell in page.first("table", id="roles").all("td")]
    assert cells[:5] == ["speaker", "–", "yes", "30", "yes"]


def test_workshop_that_somebody_leads_is_not_deleted(browser: Client, jam: Event) -> None:
    Registration.objects.filter(workshop__isnull=False).delete()
    workshop = jam.workshops.get()
    make_role(jam, make_attendee(), workshop=workshop)
    sent = fields(browser.get(page_of(jam))) | {"workshops-0-DELETE": "on"}
    page = browser.post(page_of(jam), sent).content.decode()
    assert "People have a role at this workshop, so it cannot be deleted." in page
    assert Workshop.objects.filter(pk=workshop.pk).exists()


def test_draft_with_roles_is_deleted_with_them(browser: Client, mika: User) -> None:
    draft = make_event(status="draft", organizers=[mika])
    make_role(draft, make_attendee(), workshop=make_workshop(draft))
    assert event_edits.is_empty_draft(draft)
    delete(browser, f"/admin/events/event/{draft.pk}/")
    assert (Event.objects.filter(pk=draft.pk).exists(), Role.objects.count()) == (False, 0)


def test_save_as_new_takes_the_roles_along(browser: Client, jam: Event) -> None:
    workshop = jam.workshops.get()
    ada = make_attendee(neos_id="U-ada")
    make_role(jam, ada, workshop=workshop, early_minutes=30)
    places.show_roles(event=jam, attendee=ada, is_shown=True)
    save(browser, page_of(jam), title="Next", slug="next", _saveasnew="1")
    copy = Event.objects.get(slug="next")
    role = copy.roles.get()
    assert (role.workshop, role.early_minutes, role.is_shown) == (copy.workshops.get(), 30, False)
    assert kinds(ada) == ["role-given"]
