"""The parts of the form of an event, in their order.

The first three are all that a free event needs. The others are folded until something is chosen in
them.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from .folds import FOLDED

PEOPLE = _("Organizers")
LANGUAGES = _("Hosts, languages and contact")
LATER = {"occupied", "waiting", "drawn_at", "commitment"}  # an event that is not saved has none
OF_EVENT: Any = [
    (None, {"fields": ["title", "summary", "description", "kind"]}),
    (_("Time"), {"fields": [("starts_at", "length"), "time_zone"]}),
    (_("Places"), {"fields": [("capacity", "occupied", "waiting")]}),
    (
        _("Who may come, and for how much"),
        {
            "classes": [FOLDED],
            "fields": [
                ("neos_required", "patron_cents"),
                ("price", "currency"),
                ("payment_days", "refund_days"),
                "payment_instructions",
            ],
        },
    ),
    (
        _("End and registration"),
        {
            "classes": [FOLDED],
            "fields": ["ends_at", ("opens_at", "closes_at"), "no_show_hours", "has_waitlist"],
        },
    ),
    (_("Lottery"), {"classes": [FOLDED], "fields": ["draw_at", "drawn_at", "commitment"]}),
    (
        _("Session in the world"),
        {"classes": [FOLDED], "fields": ["session_url", "session_opens_minutes"]},
    ),
    (
        LANGUAGES,
        {"classes": [FOLDED], "fields": ["hosts", ("language", "written_in"), "contact"]},
    ),
    (
        _("Status and address"),
        {"classes": [FOLDED], "fields": [("status", "listed"), "slug"]},
    ),
    (PEOPLE, {"classes": [FOLDED], "fields": ["organizers"]}),
]
OF_WORKSHOP: Any = [
    (None, {"fields": ["title", "summary", ("starts_at", "length"), ("capacity", "price")]}),
    (
        _("End, waitlist and address"),
        {"classes": [FOLDED], "fields": ["ends_at", "has_waitlist", "slug"]},
    ),
]
OF_QUESTION: Any = [
    (
        None,
        {"fields": [("kind", "workshop"), "text", "help", "choices", ("is_required", "position")]},
    ),
]


def without(parts: Any, names: set[str]) -> list[Any]:
    """Return the parts without these fields."""
    return [
        (title, {**options, "fields": _left(options["fields"], names)}) for title, options in parts
    ]


def _left(lines: Any, names: set[str]) -> list[Any]:
    split = [line if isinstance(line, list | tuple) else [line] for line in lines]
    kept = [tuple(each for each in line if _name(each) not in names) for line in split]
    return [line if len(line) > 1 else line[0] for line in kept if line]


def _name(field: Any) -> str:
    return str(getattr(field, "__name__", field))


def put_behind(parts: Any, title: Any, more: list[Any]) -> list[Any]:
    """Return the parts with more of them behind the one of this title."""
    place = next(n for n, (each, _options) in enumerate(parts) if each == title) + 1
    return [*parts[:place], *more, *parts[place:]]
