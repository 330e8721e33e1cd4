"""Every address of the admin, from the URL conf, about the rows of a scene."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from events.models import Event, Notice, SitePage

from .answers import OF_EVENT


def routes() -> list[str]:
    """Return every route of the admin, as the URL conf writes it."""
    (admin,) = [p for p in get_resolver().url_patterns if str(p.pattern) == "admin/"]
    assert isinstance(admin, URLResolver)
    return _routes(admin)


def _routes(resolver: URLResolver) -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        below = _routes(pattern) if isinstance(pattern, URLResolver) else [""]
        assert isinstance(pattern, URLPattern | URLResolver)
        found += [f"{pattern.pattern}{rest}" for rest in below]
    return found


@dataclass(frozen=True)
class Walk:
    """Keys that the routes ask for: of rows by model, a draft, a key of the door, and what some
    need besides.
    """

    keys: Mapping[str, int]
    draft: int
    door_key: int
    queries: Mapping[str, str]

    def address_of(self, route: str) -> str:
        key = self.keys.get("/".join(route.split("/")[:2]))
        arguments = {
            r"^(?P<app_label>events|auth)/$": "events/",
            r"(?P<url>.*)$": "nowhere",
            "<int:number>": self.draft,
            "<int:key>": self.door_key,
            "<path:object_id>": key,
            "<id>": key,
        }
        for name, value in arguments.items():
            route = route.replace(name, str(value)) if value else route
        return f"/admin/{route}"

    def rows(self) -> list[Model]:
        return [
            apps.get_model(*name.split("/"))._base_manager.get(pk=key)
            for name, key in self.keys.items()
        ]


def make_walk(scene: Event) -> Walk:
    """Return the walk about the first person of the scene, and what is theirs."""
    held, waiting = scene.registrations.filter(attendee__neos_username="Wren 0").order_by("pk")
    rows = {
        "auth/group": Group.objects.get(name="Group 0"),
        "auth/user": held.attendee.user,
        "events/attendee": held.attendee,
        "events/block": scene.blocks.get(),
        "events/event": scene,
        "events/fillingpass": scene.filling_passes.get(),
        "events/host": scene.hosts.get(),
        "events/notice": Notice.objects.get(),
        "events/notification": held.attendee.notifications.all()[0],
        "events/payment": held.payments.get(provider="sandbox"),
        "events/registration": held,
        "events/sitepage": SitePage.objects.get(),
    }
    queries = {
        "autocomplete/": "app_label=events&model_name=block&field_name=event",
        f"{OF_EVENT}look/page/": "who=visitor&at_0=2030-06-01&at_1=12:00",
        f"{OF_EVENT}people/move/": f"of={waiting.pk}",
        f"{OF_EVENT}people/replace/": f"of={held.pk}",
    }
    draft = scene.announcements.drafts().earliest("pk")
    keys = {name: row.pk for name, row in rows.items()}
    return Walk(keys, draft.pk, scene.door_keys.earliest("pk").pk, queries)
