"""Any accent can be read: on every paper, in both schemes, and under the text of a button."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.formatting import colour
from events.formatting.colour import Accent

TOKENS = Path(__file__).resolve().parents[3] / "static/css/tokens.css"
ENOUGH = 4.5  # WCAG 2.2, 1.4.3
COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def papers(*, dark: bool) -> list[str]:
    """The papers of one scheme, as the style sheet names them."""
    light_part, dark_part = TOKENS.read_text("utf-8").split("(prefers-color-scheme: dark)")
    part = dark_part if dark else light_part
    found = re.findall(r"--(paper|card|sunken): (#[0-9a-f]+);", part)
    return [
        value if len(value) == 7 else "#" + "".join(2 * c for c in value[1:]) for _, value in found
    ]


def too_weak(accent: Accent, papers_of_scheme: list[str]) -> list[tuple[str, str]]:
    pairs = [(accent.colour, paper) for paper in papers_of_scheme]
    pairs += [(accent.on_colour, accent.colour)]
    return [pair for pair in pairs if colour.contrast(*pair) < ENOUGH]


def test_style_sheet_has_three_papers_a_scheme() -> None:
    assert [len(papers(dark=dark)) for dark in (False, True)] == [3, 3]


@given(COLOURS)
@example("#ffffff")
@example("#000000")
@example("#ffff00")
@example("#0000ff")
@example("#808080")
def test_every_accent_can_be_read(chosen: str) -> None:
    assert too_weak(colour.on_light(chosen), papers(dark=False)) == []
    assert too_weak(colour.on_dark(chosen), papers(dark=True)) == []


@given(COLOURS)
def test_accent_can_be_read_on_its_own_tint(chosen: str) -> None:
    """The badge of what is happening now is written so."""
    for accent in (colour.on_light(chosen), colour.on_dark(chosen)):
        assert colour.contrast(accent.colour, accent.paper) >= ENOUGH, accent


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#5334cf", "#5334cf", 1.0)],
)
def test_contrast_is_the_ratio_of_wcag(one: str, other: str, expected: float) -> None:
    assert round(colour.contrast(one, other), 2) == expected
    assert colour.contrast(one, other) == colour.contrast(other, one)


def test_accent_that_can_be_read_is_left_alone() -> None:
    assert colour.on_light("#5334cf").colour == "#5334cf"
