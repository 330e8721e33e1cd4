"""Find in a page what somebody could press, and compare all rows of the database."""

from collections import Counter
from typing import Any

from django.apps import apps

from tests.markup import Element, TreeBuilder

#: Elements that send something, run something, or load another page into this one.
PRESSED = ("form", "button", "script", "iframe", "object", "embed", "dialog", "base")
CONTROLS = ("input", "select", "textarea")
ACTIVE = ("on", "hx-", "data-hx-", "form", "action", "ping", "http-equiv")
#: Fields that are made at random, and keys that depend on what was there before.
RANDOM = {
    "code",
    "calendar_token",
    "draw_seed",
    "digest",
    "session_key",
    "session_data",
    "key",
    "salt",
}


def pressable(html: str) -> list[str]:
    """Return all that sends, runs or leads into this site, but for the one way back."""
    root = TreeBuilder(html).root
    found = [each.tag for each in root.all(*PRESSED)]
    found += [each.tag for each in root.all(*CONTROLS) if "disabled" not in each.attributes]
    found += [name for each in elements(root) for name in each.attributes if is_active(name)]
    found += [href for href in links(root) if href.startswith(("/", "?", "http://testserver"))]
    return found + ["token"] * ("csrfmiddlewaretoken" in html)


def elements(root: Element) -> list[Element]:
    below = [each for each in root.children if isinstance(each, Element)]
    return [*below, *(each for child in below for each in elements(child))]


def is_active(name: str) -> bool:
    return name.startswith(ACTIVE)


def links(root: Element) -> list[str]:
    stays = [a for a in root.all("a") if "data-stays" not in a.attributes]
    return [a.attributes.get("href", "") for a in stays]


def every_row() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, those of sessions and the history too."""
    models = apps.get_models(include_auto_created=True)
    return {m._meta.label: list(m._base_manager.order_by("pk").values_list()) for m in models}


def kinds_of_rows() -> dict[str, Counter[str]]:
    """Return all rows without what differs from one time to the next."""
    return {
        model._meta.label: Counter(map(repr, model._base_manager.values_list(*_told(model))))
        for model in apps.get_models(include_auto_created=True)
    }


def _told(model: Any) -> list[str]:
    fields = model._meta.concrete_fields
    named = [f.attname for f in fields if not (f.primary_key or f.is_relation)]
    return [name for name in named if name not in RANDOM] or ["pk"]
