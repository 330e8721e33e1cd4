"""The look of a mail stays where programs take its style sheet away."""

import re

import pytest
from pytest_django import Settings

from events.formatting import colour
from events.messages import render
from events.messages.outbox import Kind, about
from events.models import Registration
from tests.factories import NOON, make_event, make_local_attendee
from tests.lines import register
from tests.looking import TARGET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ACCENTS = ["#4f33cc", "#ffdd00", "#000000", "#ffffff", "#e0115f"]


@pytest.fixture
def registration() -> Registration:
    return register(make_local_attendee(email_confirmed_at=NOON), make_event(title="Jam"))


def bare(registration: Registration) -> str:
    """Return the HTML without its style sheet."""
    made = render.words(about(registration, Kind.GIVEN_UP))
    html, count = re.subn(r"<style>.*?</style>", "", made.html, flags=re.DOTALL)
    assert (count, "<style" in html) == (1, False)
    return html


def look_of(part: str, html: str) -> dict[str, str]:
    (style,) = re.findall(rf'class="{part}" style="([^"]*)"', html)
    return dict(re.findall(r"([\w-]+): ([^;]+);", style))


@pytest.mark.parametrize("accent", ACCENTS)
def test_button_without_a_style_sheet_keeps_colour_and_contrast(
    registration: Registration, settings: Settings, accent: str
) -> None:
    settings.SITE_ACCENT = accent
    button = look_of("button", bare(registration))
    assert button["background"] == colour.on_light(accent).colour
    assert (colour.contrast(button["background"], button["color"]) >= 4.5) is True
    assert (colour.contrast(button["background"], "#ffffff") >= 3) is True


def test_button_without_a_style_sheet_is_large_enough_to_touch(registration: Registration) -> None:
    html = bare(registration)
    size, height = re.findall(r"(\d+)px/([\d.]+)", look_of("paper", html)["font"])[0]
    padding = int(look_of("button", html)["padding"].partition("px")[0])
    assert (int(size) * float(height) + 2 * padding >= TARGET) is True


@pytest.mark.parametrize("accent", ACCENTS)
def test_texts_without_a_style_sheet_can_be_read(
    registration: Registration, settings: Settings, accent: str
) -> None:
    settings.SITE_ACCENT = accent
    html = bare(registration)
    paper, card = look_of("paper", html), look_of("card", html)["background"]
    link = re.findall(r'class="link" style="[^"]*color: (#\w+);', html)
    pairs = [
        *((ink, paper["background"]) for ink in (paper["color"], look_of("foot", html)["color"])),
        *((ink, card) for ink in (paper["color"], *link)),
        *((ink, paper["background"]) for ink in link),
    ]
    assert [pair for pair in pairs if colour.contrast(*pair) < 4.5] == []


def test_sheet_for_the_dark_overrides_every_colour_of_the_elements(
    registration: Registration,
) -> None:
    """An element's own style counts more than a sheet, except for what is important."""
    html = render.words(about(registration, Kind.GIVEN_UP)).html
    dark = html.partition("(prefers-color-scheme: dark)")[2].partition("@media")[0]
    parts = set(re.findall(r'class="(\w+)" style="[^"]*(?:color|background): ', html))
    assert [part for part in parts if f".{part}" not in dark] == []
    assert [rule for rule in re.findall(r"[\w-]+: [^;]+;", dark) if "!important" not in rule] == []


def test_html_of_a_mail_is_small(registration: Registration) -> None:
    """Gmail cuts mails at 102 kB."""
    html = render.words(about(registration, Kind.GIVEN_UP)).html
    assert (len(html.encode()) < 8_000) is True
