"""Draw what an event of a kind is about. Each motif draws above the horizon."""

import math
from collections.abc import Callable
from random import Random

from .palette import Palette
from .shapes import box, circle, polygon, ring

WIDTH, HEIGHT = 640, 360
HORIZON = 0.74

Motif = Callable[[Random, Palette], list[str]]


def portal(random: Random, palette: Palette) -> list[str]:
    """A round light that stands on the horizon: somebody is about to come through."""
    x, y = random.uniform(0.3, 0.7) * WIDTH, random.uniform(0.42, 0.68) * HEIGHT
    size = random.uniform(0.5, 0.75) * HEIGHT
    rings = random.randint(4, 7)
    return [
        circle(x, y, size * (1 - n / rings) ** 1.2, palette.glow(n / rings), 0.34)
        for n in range(rings)
    ]


def blocks(random: Random, palette: Palette) -> list[str]:
    """Cubes that are stacked: something is being built."""
    side = random.uniform(44, 60)
    columns = random.randint(5, 7)
    left = (WIDTH - columns * side * 1.1) / 2
    drawn = []
    for column in range(columns):
        for row in range(random.randint(1, 4)):
            x, y = left + column * side * 1.1, HEIGHT * HORIZON - (row + 1) * side
            share = random.random()
            drawn.append(box(x, y, side * 0.98, side * 0.98, palette.glow(share), opacity=0.85))
            top = [(x, y), (x + side * 0.3, y - side * 0.3), (x + side * 1.28, y - side * 0.3),
                   (x + side * 0.98, y)]  # fmt: skip
            drawn.append(polygon(top, palette.glow(min(share + 0.4, 1.0)), 0.9))
    return drawn


def waves(random: Random, palette: Palette) -> list[str]:
    """Bars that rise and fall as sound does."""
    count = random.randint(24, 34)
    step = WIDTH / count
    phases = [(random.uniform(1, 4), random.uniform(0, 6)) for _ in range(3)]
    drawn = []
    for n in range(count):
        level = sum(math.sin(f * math.tau * n / count + p) for f, p in phases) / 3
        tall = HEIGHT * (0.16 + 0.26 * abs(level) + random.uniform(0, 0.06))
        y = HEIGHT * 0.5 - tall / 2
        colour = palette.glow(abs(level))
        drawn.append(box(n * step + step * 0.2, y, step * 0.6, tall, colour, round_by=step * 0.3))
    return drawn


def planets(random: Random, palette: Palette) -> list[str]:
    """Worlds on their orbits: one is visited after the other."""
    x, y = random.uniform(0.35, 0.65) * WIDTH, HEIGHT * random.uniform(0.4, 0.55)
    drawn = [circle(x, y, random.uniform(34, 54), palette.glow(0.9))]
    for n in range(1, random.randint(4, 5)):
        radius, angle = 62.0 + n * 44, random.uniform(0, math.tau)
        drawn.append(ring(x, y, radius, palette.glow(0.5), 2, 0.4))
        at = (x + radius * math.cos(angle), y + radius * math.sin(angle))
        drawn.append(circle(*at, random.uniform(9, 24), palette.glow(random.random())))
    return drawn


def arches(random: Random, palette: Palette) -> list[str]:
    """Gates one behind the other, as on a stage or in a gallery."""
    x = random.uniform(0.35, 0.65) * WIDTH
    count = random.randint(4, 6)
    drawn = []
    for n in range(count):
        half = 230 * (1 - n / count) + 16
        top = HEIGHT * HORIZON - half * 1.35
        colour = palette.glow(n / count)
        drawn.append(
            box(x - half, top, half * 2, HEIGHT, colour, round_by=half, opacity=0.3 + 0.1 * n)
        )
    return drawn


def tiles(random: Random, palette: Palette) -> list[str]:
    """The squares of a board, some of them lit."""
    columns, rows = 16, 7
    side = WIDTH / columns
    return [
        box(
            column * side + 3, row * side + 3, side - 6, side - 6, palette.glow(random.random()),
            round_by=side * 0.2, opacity=random.choice([0.12, 0.2, 0.3, 0.85]),
        )
        for column in range(columns)
        for row in range(rows)
    ]  # fmt: skip


def voices(random: Random, palette: Palette) -> list[str]:
    """Arcs that spread from where somebody speaks, and meet those of another."""
    drawn = []
    for x in (random.uniform(0.05, 0.3) * WIDTH, random.uniform(0.7, 0.95) * WIDTH):
        y = random.uniform(0.35, 0.65) * HEIGHT
        width = random.uniform(9, 16)
        drawn += [ring(x, y, 30 + n * 40, palette.glow(1 - n / 8), width, 0.55 - n * 0.05)
                  for n in range(8)]  # fmt: skip
    return drawn


def lanterns(random: Random, palette: Palette) -> list[str]:
    """Lanterns in the air, the near ones large."""
    drawn = []
    for n in range(random.randint(16, 24)):
        size = 8 + n * random.uniform(1.0, 2.1)
        x, y = random.uniform(0, WIDTH), random.uniform(-0.05, HORIZON) * HEIGHT
        glow = palette.glow(random.random())
        drawn.append(circle(x, y + size * 0.6, size * 1.5, glow, 0.12))
        drawn.append(box(x - size / 2, y, size, size * 1.3, glow, round_by=size * 0.35))
    return drawn


#: By the kinds of `events.models.Event`.
KINDS: dict[str, Motif] = {
    "meetup": portal,
    "workshop": blocks,
    "music": waves,
    "tour": planets,
    "show": arches,
    "game": tiles,
    "talk": voices,
    "festival": lanterns,
}
