"""The whole picture: sky, stars, what the event is about, and the ground in front of it."""

from random import Random

from . import palette
from .motifs import HEIGHT, HORIZON, KINDS, WIDTH, portal
from .shapes import circle, hills

START = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    ' preserveAspectRatio="xMidYMid slice">'
)


def draw(seed: str, kind: str) -> str:
    """Return an SVG document of 640 × 360. An unknown kind is drawn as a meet-up."""
    random = Random(f"{kind}/{seed}")  # noqa: S311 - it draws
    colours = palette.choose(random)
    parts = [
        _sky(colours),
        *_stars(random),
        *KINDS.get(kind, portal)(random, colours),
        *(
            hills(random, WIDTH, HEIGHT, HORIZON + 0.03 + depth * 0.09, colours.ground(depth))
            for depth in range(3)
        ),
    ]
    return START + "".join(parts) + "</svg>"


def draw_face(seed: str) -> str:
    """Return a square SVG document that stands for a person who has no picture."""
    random = Random(f"face/{seed}")  # noqa: S311 - it draws
    colours = palette.choose(random)
    x, y = random.uniform(22, 42), random.uniform(22, 42)
    rings = [circle(x, y, 40 - n * 9, colours.glow(n / 4), 0.5) for n in range(4)]
    ground = hills(random, 64, 64, 0.78, colours.ground(1))
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
    sky = f'<rect width="64" height="64" fill="{colours.at_height(0.2)}"/>'
    return start + sky + "".join(rings) + ground + "</svg>"


def _sky(colours: palette.Palette) -> str:
    stops = "".join(
        f'<stop offset="{share}" stop-color="{colours.at_height(share)}"/>' for share in (0, 0.6, 1)
    )
    gradient = f'<linearGradient id="s" x2="0" y2="1">{stops}</linearGradient>'
    return f'<defs>{gradient}</defs><rect width="{WIDTH}" height="{HEIGHT}" fill="url(#s)"/>'


def _stars(random: Random) -> list[str]:
    return [
        circle(
            random.uniform(0, WIDTH), random.uniform(0, HEIGHT * 0.5), random.uniform(0.8, 2.6),
            "#fff", round(random.uniform(0.3, 0.9), 1),
        )
        for _ in range(random.randint(12, 26))
    ]  # fmt: skip
