"""Text that somebody types behind the address of a page of the admin: never an error of ours."""

import itertools

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from events import places
from events.models import Block, Event
from tests.factories import make_attendee

from .conftest import SignedIn
from .pages import BLOCKS, EVENTS, errors, page_of, read, save

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MODELS = [*admin.site._registry]
STRANGE = {
    "word": "x",
    "nul": "%00",
    "long": "9" * 30,
    "longer": "9" * 5000,
    "surrogate": "%ED%A0%80",
    "ids": "1,x,%00",
    "moment": "9999-12-31+23:59",
}
#: Parameters of Django's own pages.
KNOWN = (
    *("_changelist_filters", "_popup", "_to_field", "q", "o", "p", "e", "all", "page", "term"),
    *("_facets", "state", "when", "task", "event", "app_label", "model_name", "field_name"),
)


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    browser = signed_in(superuser)
    browser.raise_request_exception = False
    return browser


@pytest.fixture
def row(jam: Event) -> Event:
    Block.objects.create(neos_id="U-rude", event=jam)
    Group.objects.get_or_create(name="Helpers")
    places.register(user=make_attendee().user, bookable=jam)
    return jam


def addresses(model: type[Model]) -> dict[str, str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    found = {"list": reverse(f"{name}_changelist"), "add": reverse(f"{name}_add")}
    if first := model.objects.first():  # type: ignore[attr-defined]
        for tail in ("change", "history", "delete"):
            found[tail] = reverse(f"{name}_{tail}", args=[first.pk])
    return found


def failures(browser: Client, lines: list[str]) -> list[str]:
    return [line for line in lines if browser.get(line).status_code >= 500]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_strange_text_in_an_address_is_no_error_s3(
    root: Client, row: Event, model: type[Model]
) -> None:
    """All names at once, and each by itself: the admin stops at the first that it cannot read."""
    pages = addresses(model)
    names = [*KNOWN, *(field.name for field in model._meta.get_fields())]
    names += [f"{name}__id__exact" for name in ("event", "workshop", "groups")]
    lines = [
        f"{page}?" + "&".join(f"{name}={text}" for name in names)
        for page in pages.values()
        for text in STRANGE.values()
    ]
    texts = itertools.cycle(STRANGE.values())  # other ones for each model
    for _ in range(MODELS.index(model)):
        next(texts)
    lines += [f"{pages['list']}?{name}={next(texts)}" for name in names for _ in range(2)]
    assert failures(root, lines) == []


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_text_instead_of_an_id_is_no_error_s3(root: Client, row: Event, text: str) -> None:
    lists = [addresses(model)["list"] for model in MODELS]
    tails = ("change/", "history/", "delete/", "", "password/", "money/", "money.csv")
    assert failures(root, [f"{page}{text}/{tail}" for page in lists for tail in tails]) == []


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_text_in_autocomplete_is_no_error_s3(root: Client, row: Event, text: str) -> None:
    good = {
        "app_label": "events",
        "model_name": "block",
        "field_name": "event",
        "term": "",
        "page": "1",
    }
    lines = []
    for name in good:
        query = "&".join(f"{key}={text if key == name else value}" for key, value in good.items())
        lines.append(f"/admin/autocomplete/?{query}")
    assert failures(root, lines) == []


def test_id_that_no_column_holds_is_an_error_in_the_form_s3(root: Client, jam: Event) -> None:
    response = save(root, page_of(jam), organizers=["9" * 30])
    assert errors(response) == [
        "Select a valid choice. 99999999999999999999… is not one of the available choices."
    ]


@pytest.mark.parametrize("name", ["starts_at", "opens_at", "draw_at", "organizers", "currency"])
def test_initial_value_that_cannot_be_is_left_out_s3(root: Client, name: str) -> None:
    assert root.get(f"{EVENTS}add/?{name}=%00x").status_code == 200


def test_initial_values_that_can_be_are_filled_in_s3(root: Client, jam: Event) -> None:
    page = read(root.get(f"{EVENTS}add/?title=Jam&starts_at=2030-07-01+20:00&capacity=7&price=x"))
    filled = {
        name: page.first("input", name=name).attributes.get("value", "")
        for name in ("title", "starts_at_0", "starts_at_1", "capacity", "price")
    }
    assert filled == {
        "title": "Jam",
        "starts_at_0": "2030-07-01",
        "starts_at_1": "20:00",
        "capacity": "7",
        "price": "0.00",
    }


def test_event_of_a_new_block_is_filled_in_if_it_is_an_own_one_s3(
    browser: Client, jam: Event, ball: Event
) -> None:
    chosen = {}
    for event in (jam, ball):
        select = read(browser.get(f"{BLOCKS}add/?event={event.pk}")).first("select", name="event")
        chosen[event.pk] = [o.text for o in select.all("option") if "selected" in o.attributes]
    assert (chosen[jam.pk], "Ball" in str(chosen[ball.pk])) == (["Jam"], False)
