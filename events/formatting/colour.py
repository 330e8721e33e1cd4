"""A colour that somebody chose, made readable on light and on dark paper.

Contrast is the ratio of WCAG 2.2, from 1 to 21; 4.5 is enough for text.
"""

import colorsys
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 4.6  # a little more than 4.5, because of rounding to 256 steps
#: The papers that `static/css/tokens.css` puts text on: the worst ones of each scheme.
LIGHT_PAPERS = ("#eceaf5", "#e2f5ea", "#fdf0d5", "#fde6e8")
DARK_PAPERS = ("#2a2539", "#12321f", "#3a2a09", "#411820")
LIGHT_CARD, DARK_CARD = "#ffffff", "#1f1b2b"
WHITE, INK = "#ffffff", "#131019"


@dataclass(frozen=True, slots=True)
class Accent:
    """One scheme: the colour of links and of the filled button, what is written on it, its tint."""

    colour: str
    on_colour: str
    paper: str


def on_light(colour: str) -> Accent:
    readable = _until_readable(colour, LIGHT_PAPERS, LIGHT_CARD, step=-0.01)
    return Accent(readable, _better_on(readable), _tint(readable, LIGHT_CARD))


def on_dark(colour: str) -> Accent:
    readable = _until_readable(colour, DARK_PAPERS, DARK_CARD, step=0.01)
    return Accent(readable, _better_on(readable), _tint(readable, DARK_CARD))


def contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _until_readable(colour: str, papers: Iterable[str], card: str, *, step: float) -> str:
    """Keep the hue, and make it darker or lighter until text in it can be read on all papers.

    Its own tint is one of them.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    while _worst(colour, [*papers, _tint(colour, card)]) < ENOUGH and 0 <= lightness + step <= 1:
        lightness += step
        colour = _written(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def _worst(colour: str, papers: Iterable[str]) -> float:
    return min(contrast(colour, paper) for paper in papers)


def _better_on(colour: str) -> str:
    return max((WHITE, INK), key=lambda ink: contrast(colour, ink))


def _tint(colour: str, paper: str) -> str:
    """Mix a little of the colour into the paper, as much as leaves text in the colour readable."""
    tints = (_mixed(colour, paper, percent / 100) for percent in range(13, 0, -1))
    return next((tint for tint in tints if contrast(colour, tint) >= ENOUGH), paper)


def _mixed(colour: str, paper: str, share: float) -> str:
    channels = zip(_channels(colour), _channels(paper), strict=True)
    return _written(tuple(share * a + (1 - share) * b for a, b in channels))


def _luminance(colour: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _written(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
