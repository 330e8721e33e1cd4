"""Two people have the same page of the admin open: the later save is told what changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client, RequestFactory

from events import places
from events.models import Block, Event, Host, Notification, PatronPerk, SitePage, Workshop
from tests.factories import make_attendee, make_event, make_perk, make_workshop

from .conftest import SignedIn
from .pages import cancel_event, errors, field, fields, page_of, read, save

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


def page(row: Model) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def refusal(response: HttpResponse) -> str:
    assert response.status_code == 200
    return " ".join(errors(response))


def test_older_form_does_not_undo_a_cancellation_r2_m12(browser: Client, jam: Event) -> None:
    older = fields(browser.get(page_of(jam)))
    cancel_event(browser, page_of(jam), capacity="50")

    response = browser.post(page_of(jam), older | {"description": "Bring a mask"})

    assert "Status (now: cancelled )" in refusal(response)
    assert "Capacity (now: 50 )" in refusal(response)
    assert field(response, "description").first("textarea").raw.strip() == "Bring a mask"
    jam.refresh_from_db()
    assert (jam.status, jam.capacity, jam.description) == ("cancelled", 50, "")
    assert Notification.objects.filter(kind="event-restored").count() == 0


def test_refusal_says_who_changed_it_and_how_to_go_on_r2(
    signed_in: SignedIn, browser: Client, superuser: User, jam: Event
) -> None:
    older = fields(browser.get(page_of(jam)))
    save(signed_in(superuser), page_of(jam), capacity="50")

    response = browser.post(page_of(jam), older | {"title": "Mine"})

    assert "The last change in its history is by root , Sat 1 June 2030, 12:00" in refusal(response)
    links = read(response).all("a", target="_blank")
    assert [link.text for link in links if link.attributes["href"] == ""] == ["load it again"]


def test_refused_form_is_refused_again_until_it_is_loaded_again_r2(
    browser: Client, jam: Event
) -> None:
    older = fields(browser.get(page_of(jam)))
    save(browser, page_of(jam), capacity="50")
    again = fields(browser.post(page_of(jam), older | {"title": "Mine"}))

    assert "Capacity" in refusal(browser.post(page_of(jam), again))
    assert save(browser, page_of(jam), title="Mine").status_code == 302


def test_same_form_sent_twice_saves_once_r2(browser: Client, jam: Event) -> None:
    form = fields(browser.get(page_of(jam))) | {"title": "Mine"}
    assert browser.post(page_of(jam), form).status_code == 302
    assert "Title (now: Mine )" in refusal(browser.post(page_of(jam), form))


def test_refusal_names_only_fields_that_somebody_changed_r2(browser: Client, jam: Event) -> None:
    """The save of another field also cleans old text and times, and forces the gate of a price."""
    starts_at = jam.starts_at + timedelta(microseconds=5)
    odd = {"description": "One\r\ntwo\r\n", "summary": " Two  words ", "starts_at": starts_at}
    Event.objects.update(price=700, **odd)
    older = fields(browser.get(page_of(jam)))
    save(browser, page_of(jam), capacity="50")
    jam.refresh_from_db()
    assert (jam.description, jam.summary, jam.neos_required) == ("One\ntwo", "Two words", True)

    said = refusal(browser.post(page_of(jam), older | {"title": "Mine"}))

    assert said.startswith("Somebody changed this field while you had the page open: Capacity")
    assert save(browser, page_of(jam), price="0").status_code == 302
    said = refusal(browser.post(page_of(jam), older | {"title": "Mine"}))
    assert (
        "Needs a verified Neos account (now: yes )" in said
    )  # it stays now, and no price forces it


@pytest.mark.parametrize("forged", ["", "x", "title=0000", "\0", "=" * 5000])
def test_form_without_its_version_is_not_saved_r2(browser: Client, jam: Event, forged: str) -> None:
    response = save(browser, page_of(jam), title="Mine", version=forged)
    assert "This page is not up to date." in refusal(response)
    jam.refresh_from_db()
    assert jam.title == "Jam"


def test_version_of_another_event_is_none_of_this_one_r2(
    browser: Client, mika: User, jam: Event
) -> None:
    twin = make_event(organizers=[mika])
    other = fields(browser.get(page_of(twin)))["version"]
    assert "not up to date" in refusal(save(browser, page_of(jam), version=other))


def test_version_tells_no_value_r2(browser: Client, jam: Event) -> None:
    (text,) = fields(browser.get(page_of(jam)))["version"]
    prints = dict(part.split("=") for part in text.split())
    assert {len(value) for value in prints.values()} == {20}
    assert "organizers" not in prints
    assert prints["opens_at"] != prints["closes_at"]  # both are empty


def edit_workshop(event: Event) -> None:
    Workshop.objects.filter(event=event).update(price=700)


def add_workshop(event: Event) -> None:
    make_workshop(event, title="Mastering")


def delete_workshop(event: Event) -> None:
    event.registrations.filter(workshop__isnull=False).delete()
    event.workshops.all().delete()


def edit_perk(event: Event) -> None:
    event.perks.update(discount_percent=50)


def add_perk(event: Event) -> None:
    make_perk(event, min_cents=900, label="Gold")


def delete_perk(event: Event) -> None:
    event.perks.all().delete()


def choose_organizers(event: Event) -> None:
    event.organizers.clear()


@pytest.mark.parametrize(
    ("meanwhile", "sentence"),
    [
        (edit_workshop, "Price (now: 700 )"),
        (add_workshop, "Mastering was added while you had the page open."),
        (delete_workshop, "A workshop was deleted while you had the page open."),
        (edit_perk, "Discount (percent) (now: 50 )"),
        (add_perk, "Gold was added while you had the page open."),
        (delete_perk, "A patron perk was deleted while you had the page open."),
        (choose_organizers, "Organizers (now: nothing )"),
    ],
)
def test_part_that_somebody_changed_meanwhile_is_kept_r2(
    root: Client, jam: Event, meanwhile: Callable[[Event], None], sentence: str
) -> None:
    make_perk(jam, label="Patron")
    older = fields(root.get(page_of(jam)))
    meanwhile(jam)
    before = rows_of(jam)

    response = root.post(page_of(jam), older | {"title": "Mine"})

    assert sentence in refusal(response)
    assert rows_of(jam) == before


def rows_of(event: Event) -> list[object]:
    return [
        *Event.objects.filter(pk=event.pk).values(),
        *Workshop.objects.values(),
        *PatronPerk.objects.values(),
        *event.organizers.values("pk"),
    ]


def test_workshop_that_was_changed_meanwhile_is_not_deleted_r2(browser: Client, jam: Event) -> None:
    make_workshop(jam, title="Mastering", starts_at=jam.starts_at + timedelta(hours=1))
    older = fields(browser.get(page_of(jam)))
    Workshop.objects.filter(title="Mastering").update(summary="Now with more people")

    response = browser.post(page_of(jam), older | {"workshops-1-DELETE": "on"})

    assert "Summary (now: Now with more people )" in refusal(response)
    assert jam.workshops.count() == 2


def test_copy_needs_no_version_r2(browser: Client, jam: Event) -> None:
    older = fields(browser.get(page_of(jam)))
    save(browser, page_of(jam), capacity="50")
    copy = older | {"slug": "copy", "_saveasnew": "1"}
    assert browser.post(page_of(jam), copy).status_code == 302
    assert Event.objects.get(slug="copy").capacity == 5


def test_sign_ups_meanwhile_do_not_hinder_r2(browser: Client, jam: Event) -> None:
    older = fields(browser.get(page_of(jam)))
    places.register(user=make_attendee().user, bookable=jam)
    assert browser.post(page_of(jam), older | {"title": "Mine"}).status_code == 302


def change_block(jam: Event) -> tuple[Model, dict[str, str], str]:
    row = Block.objects.create(neos_id="U-rude", event=jam)
    return row, {"reason": "Shouts"}, "Reason (now: Shouts )"


def change_user(_jam: Event) -> tuple[Model, dict[str, str], str]:
    row = User.objects.get(username="mika")
    return row, {"first_name": "Michaela"}, "First name (now: Michaela )"


def change_group(_jam: Event) -> tuple[Model, dict[str, str], str]:
    row = Group.objects.create(name="Helpers")
    return row, {"name": "Friends"}, "Name (now: Friends )"


@pytest.mark.parametrize("case", [change_block, change_user, change_group])
def test_other_forms_are_refused_as_well_r2(
    root: Client, jam: Event, case: Callable[[Event], tuple[Model, dict[str, str], str]]
) -> None:
    row, changes, sentence = case(jam)
    older = fields(root.get(page(row)))
    type(row).objects.filter(pk=row.pk).update(**changes)  # type: ignore[attr-defined]
    before = list(type(row).objects.values())  # type: ignore[attr-defined]

    assert sentence in refusal(root.post(page(row), older))
    assert list(type(row).objects.values()) == before  # type: ignore[attr-defined]
    assert root.post(page(row), fields(root.get(page(row)))).status_code == 302


def test_every_form_that_writes_a_row_carries_a_version_r2(
    root: Client, superuser: User, jam: Event
) -> None:
    request = RequestFactory().get("/")
    request.user = superuser
    Block.objects.create(neos_id="U-rude")
    SitePage.objects.create(name="imprint", text="Hello")
    Host.objects.create(name="Lanterns", slug="lanterns")
    writers = [m for m, a in admin.site._registry.items() if a.has_change_permission(request)]
    expected = {"Event", "Host", "Block", "SitePage", "User", "Group"}
    assert {model.__name__ for model in writers} == expected
    for model in writers:
        form = fields(root.get(page(model.objects.first())))  # type: ignore[attr-defined]
        parts = [name.removesuffix("-id") for name in form if name.endswith("0-id")]
        assert form["version"] != [""]
        assert [part for part in parts if form[f"{part}-version"] == [""]] == []
