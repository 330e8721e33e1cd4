"""Colours that go together, chosen by a seed."""

from dataclasses import dataclass
from random import Random

#: The sky at the top and the light in it, as hues. Each pair was chosen by looking at it.
SKIES = (
    (250, 330), (262, 24), (228, 190), (222, 285), (285, 350), (196, 165), (335, 30), (205, 175),
    (238, 285), (18, 44), (305, 220), (350, 48),
)  # fmt: skip
#: So many degrees either way make two skies of the same pair differ.
DRIFT = 14


@dataclass(frozen=True, slots=True)
class Palette:
    """Hues in degrees. `sky` is dark, `light` glows in it, and the ground is a darker sky."""

    sky: int
    light: int

    def at_height(self, share: float) -> str:
        """Return the colour of the sky: 0 at its top, 1 at the horizon."""
        return hsl(_between(self.sky, self.light, share), 58, round(20 + 30 * share))

    def glow(self, share: float) -> str:
        """Return the colour of the light: 0 at its edge, 1 in the middle."""
        return hsl(self.light, 78, round(48 + 34 * share))

    def ground(self, depth: int) -> str:
        """Return the colour of the ground: the greater the depth, the nearer and darker."""
        return hsl(self.sky, 46, max(22 - 6 * depth, 6))


def choose(random: Random) -> Palette:
    sky, light = random.choice(SKIES)
    drift = random.randint(-DRIFT, DRIFT)
    return Palette((sky + drift) % 360, (light + drift) % 360)


def hsl(hue: int, saturation: int, lightness: int) -> str:
    return f"hsl({hue} {saturation}% {lightness}%)"


def _between(one: int, other: int, share: float) -> int:
    """Return a hue on the shorter way round from one to the other."""
    way = (other - one + 180) % 360 - 180
    return round(one + way * share) % 360
