"""Names of groups are cleaned like all other text of the admin."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory

from events.admin.permission_field import PermissionsField
from events.formatting.fields import AccountNameField, AddressField, IdField, LineField, LinesField
from tests.markup import TreeBuilder

from .conftest import SignedIn
from .pages import errors

pytestmark = pytest.mark.django_db

CLEANING = (AccountNameField, AddressField, IdField, LineField, LinesField)
#: Codes are refused if they are not plain; a password is kept as it is typed.
PLAIN = {("Event", "currency"), ("User", "password1"), ("User", "password2")}


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


@pytest.mark.parametrize("typed", [" Door\u200b  crew\x07 ", "\u202eDoor crew"])
def test_name_of_a_group_is_cleaned(root: Client, typed: str) -> None:
    assert root.post("/admin/auth/group/add/", {"name": typed}).status_code == 302
    assert Group.objects.filter(name="Door crew").count() == 1

    again = root.post("/admin/auth/group/add/", {"name": "Door\u2060 crew"})
    assert errors(again) == ["Group with this Name already exists."]
    assert errors(root.post("/admin/auth/group/add/", {"name": "\u3164"})) == [
        "This field is required."
    ]


@pytest.mark.parametrize("page", ["/admin/auth/group/add/", "/admin/auth/user/{}/change/"])
@pytest.mark.parametrize(
    ("platform", "language", "labels"),
    [
        ("neos", "en", ("former Neos id | Can add", "patron perk | Can view")),
        ("resonite", "en", ("former Resonite id | Can add", "supporter perk | Can view")),
        ("neos", "ja", ("以前のNeos ID | 追加できる", "支援者特典 | 閲覧できる")),
        ("resonite", "ja", ("以前のResonite ID | 追加できる", "サポーター特典 | 閲覧できる")),
    ],
)
def test_permissions_are_named_as_the_site_names_its_things(
    root: Client,
    superuser: User,
    request: pytest.FixtureRequest,
    page: str,
    platform: str,
    language: str,
    labels: tuple[str, str],
) -> None:
    request.getfixturevalue(platform)
    answer = root.get(page.format(superuser.pk), headers={"accept-language": language})
    found = [
        label
        for option in TreeBuilder(answer.content.decode()).root.all("option")
        for label in labels
        if option.text.endswith(f" | {label}")
    ]
    assert found == [*labels]


def test_permission_of_another_kind_keeps_its_name() -> None:
    """One that a model names itself, and one of a model that is no longer installed."""
    kind = ContentType.objects.create(app_label="gone", model="walk")
    of_event = ContentType.objects.get(app_label="events", model="event")
    other = Permission(codename="lead_event", name="Can lead", content_type=of_event)
    gone = Permission(codename="add_walk", name="Can add walk", content_type=kind)
    field = PermissionsField(Permission.objects.all())
    assert [field.label_from_instance(one) for one in (other, gone)] == [
        "Events | event | Can lead",
        "walk | Can add walk",
    ]


def text_fields(superuser: User) -> Iterator[tuple[str, str, forms.Field]]:
    request = RequestFactory().get("/")
    request.user = superuser
    for model, page in admin.site._registry.items():
        if page.has_change_permission(request) or page.has_add_permission(request):
            made: list[Any] = [page.get_form(request)()]
            made += [rows().empty_form for rows, _ in page.get_formsets_with_inlines(request)]
            for form in made:
                yield from ((model.__name__, name, field) for name, field in form.fields.items())


def test_every_text_of_the_admin_is_cleaned(superuser: User) -> None:
    found = {
        (model, name)
        for model, name, field in text_fields(superuser)
        if isinstance(field, forms.CharField) and not field.widget.is_hidden
        if not isinstance(field, (*CLEANING, forms.SlugField))
    }
    assert found == PLAIN
