"""The words of the demo, which is written for Neos, as the platform of the site says them."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from django.conf import settings

Plan = TypeVar("Plan")

#: What is said otherwise on a platform, longer phrases first.
WORDS: dict[str, dict[str, str]] = {
    "neos": {},
    "resonite": {
        "neos-session:": "ressession:",
        "Blade Runner patron": "Supporter from $6",
        "Gunter patron": "Supporter from $12",
        "Patron Salon": "Supporter Salon",
        "patron-salon": "supporter-salon",
        "for Patreon supporters from 6 US dollars a month": "for people who support Resonite",
        "for Patreon supporters": "for supporters",
        "the people who pledge for Neos": "the people who support Resonite",
        "Patrons of Neos": "Supporters of Resonite",
        "LogiX": "ProtoFlux",
        "logix": "protoflux",
    },
}


def of_platform(plan: Plan) -> Plan:
    """Return a plan, or any part of one, in which every text speaks of the site's platform."""
    said: Plan = _said(plan, WORDS[settings.PLATFORM.key])
    return said


def _said(part: Any, words: dict[str, str]) -> Any:
    match part:
        case str():
            for word, instead in words.items():
                part = part.replace(word, instead)
            return part
        case dict():
            return {name: _said(value, words) for name, value in part.items()}
        case tuple():
            return tuple(_said(value, words) for value in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    return replace(part, **{f.name: _said(getattr(part, f.name), words) for f in fields(part)})
