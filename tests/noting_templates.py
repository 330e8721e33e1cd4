"""The site as in `without_debug`, which also prints the name of each template that it uses."""

from typing import Any

from django.template.base import Template

from tests.without_debug import application

__all__ = ["application"]

_render = Template._render  # type: ignore[attr-defined] - what every way of rendering ends in
_seen: set[str | None] = set()


def _note(template: Template, context: Any) -> Any:
    if template.name not in _seen:
        _seen.add(template.name)
        # One piece with its line ends: threads print at once.
        print(f"\ntemplate {template.name}\n", end="", flush=True)  # noqa: T201 - the test reads it
    return _render(template, context)


Template._render = _note  # type: ignore[attr-defined]
