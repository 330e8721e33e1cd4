"""The demo speaks of the platform of its site: its texts, its people and their ids."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from pytest_django import Settings

from events import demo
from events.access.facts import shown_people
from events.demo.content import EVENTS
from events.demo.hosts import HOSTS
from events.demo.load import DESCRIPTIONS
from events.demo.people import NAMES, id_of
from events.demo.words import WORDS, of_platform
from events.models import Attendee, Event
from eventsite.platforms import NEOS, PLATFORMS, RESONITE, Platform

#: Words of one platform that the other does not know.
OF_NEOS = re.compile(
    r"neos(?!_required)|logix|patreon|patrons?\b|blade runner|gunter", re.IGNORECASE
)
OF_RESONITE = re.compile(r"resonite|protoflux|ressession|(?<!patreon )supporter", re.IGNORECASE)

each_platform = pytest.mark.parametrize(
    ("platform", "own", "other"), [(NEOS, OF_NEOS, OF_RESONITE), (RESONITE, OF_RESONITE, OF_NEOS)]
)


def texts_in(part: object) -> Iterator[str]:
    """Every text at any depth of a plan."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        yield from texts_in(tuple(part.values()))
    elif isinstance(part, tuple):
        for one in part:
            yield from texts_in(one)
    elif is_dataclass(part):
        yield from texts_in(tuple(getattr(part, field.name) for field in fields(part)))


def all_texts() -> set[str]:
    """Every text that a demo could show, as it is said on the platform of the settings."""
    files = tuple(path.read_text("utf-8") for path in DESCRIPTIONS.glob("*.md"))
    return {*texts_in(of_platform((EVENTS, HOSTS, files)))}


@each_platform
def test_texts_speak_of_their_platform_and_of_no_other(
    settings: Settings, platform: Platform, own: re.Pattern[str], other: re.Pattern[str]
) -> None:
    settings.PLATFORM = platform
    said = all_texts()

    assert [text for text in said if other.search(text)] == []
    assert len([text for text in said if own.search(text)]) == 15


def test_every_platform_has_its_words() -> None:
    assert WORDS.keys() == PLATFORMS.keys()


def test_every_word_is_in_the_demo(settings: Settings) -> None:
    settings.PLATFORM = NEOS
    said = "\n".join(all_texts())

    assert [word for word in WORDS["resonite"] if word not in said] == []


def test_plan_keeps_what_is_no_text(settings: Settings) -> None:
    settings.PLATFORM = RESONITE
    found = of_platform(EVENTS)

    assert [(e.days, e.at, e.going) for e in found] == [(e.days, e.at, e.going) for e in EVENTS]
    assert [e.fields.get("capacity") for e in found] == [e.fields.get("capacity") for e in EVENTS]


@pytest.mark.parametrize(
    ("platform", "pattern"), [(NEOS, r"U-demo-\d\d"), (RESONITE, r"U-1[A-Za-z0-9]{10}")]
)
def test_people_have_ids_of_their_platform(
    settings: Settings, platform: Platform, pattern: str
) -> None:
    settings.PLATFORM = platform
    ids = [id_of(number) for number in range(len(NAMES))]

    assert [one for one in ids if not re.fullmatch(pattern, one)] == []
    assert len({*ids}) == len(NAMES)


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_demo_of_resonite_loads(settings: Settings) -> None:
    settings.PLATFORM = RESONITE

    assert demo.load() == 15
    assert [*Attendee.objects.filter(neos_id__startswith="U-demo")] == []
    stage, salon = (Event.objects.get(slug=slug) for slug in ("open-stage", "supporter-salon"))
    assert stage.session_url == "ressession:///S-demo-open-stage"
    assert salon.title == "Supporter Salon"
    assert "people who support Resonite" in salon.description
    assert len(shown_people(salon)) == 3
    festival = Event.objects.get(slug="festival")
    assert [*festival.perks.values_list("label", flat=True)] == [
        "Supporter from $6",
        "Supporter from $12",
    ]
    assert festival.workshops.earliest("starts_at").title == "ProtoFlux for beginners"
