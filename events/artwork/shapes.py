"""SVG elements as text. Numbers are rounded: a picture of two kilobytes is quick to load."""

import math
from collections.abc import Iterable
from random import Random

Point = tuple[float, float]


def element(name: str, **attributes: object) -> str:
    written = "".join(f' {k.replace("_", "-")}="{_text(v)}"' for k, v in attributes.items())
    return f"<{name}{written}/>"


def _text(value: object) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def circle(x: float, y: float, radius: float, fill: str, opacity: float = 1.0) -> str:
    return element("circle", cx=float(x), cy=float(y), r=float(radius), fill=fill, opacity=opacity)


def ring(x: float, y: float, radius: float, stroke: str, width: float, opacity: float) -> str:
    return element(
        "circle", cx=float(x), cy=float(y), r=float(radius), fill="none", stroke=stroke,
        stroke_width=float(width), opacity=opacity,
    )  # fmt: skip


def box(
    x: float, y: float, width: float, height: float, fill: str, *, round_by: float = 0.0,
    opacity: float = 1.0,
) -> str:  # fmt: skip
    return element(
        "rect", x=float(x), y=float(y), width=float(width), height=float(height),
        rx=round_by, fill=fill, opacity=opacity,
    )  # fmt: skip


def polygon(points: Iterable[Point], fill: str, opacity: float = 1.0) -> str:
    written = " ".join(f"{_text(float(x))},{_text(float(y))}" for x, y in points)
    return element("polygon", points=written, fill=fill, opacity=opacity)


def hills(random: Random, width: int, height: int, level: float, fill: str) -> str:
    """Return a line of hills whose tops reach about `level`, from 0 at the top to 1."""
    waves = [(random.uniform(0.6, 2.6), random.uniform(0, 6), random.uniform(0.02, 0.06))
             for _ in range(3)]  # fmt: skip
    tops = []
    for step in range(25):
        x = step * width / 24
        rise = sum(a * math.sin(f * math.tau * x / width + p) for f, p, a in waves)
        tops.append((x, height * (level + rise)))
    return polygon([(0.0, height), *tops, (width, height)], fill)
