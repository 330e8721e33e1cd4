"""List what a deletion takes along in words that people know: rows that only join two others, like
an event and an organizer, have none.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models.options import Options
from django.utils.text import capfirst


def without_links(listed: list[Any]) -> list[Any]:
    """Return Django's nested list of lines like "Event: Jam" without the rows that join others."""
    starts = tuple(f"{capfirst(str(links.verbose_name))}: " for links in _links())
    left = [each for each in listed if isinstance(each, list) or not each.startswith(starts)]
    parts = [without_links(each) if isinstance(each, list) else each for each in left]
    return [each for each in parts if each]


def without_counts_of_links(counts: Mapping[Any, int]) -> dict[Any, int]:
    names = {str(links.verbose_name_plural) for links in _links()}
    return {name: number for name, number in counts.items() if str(name) not in names}


def _links() -> list[Options[Any]]:
    models = apps.get_models(include_auto_created=True)
    return [model._meta for model in models if model._meta.auto_created]  # noqa: SLF001 - Django documents it
