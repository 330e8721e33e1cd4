"""Draw a picture for an asset name: a mirrored pattern of squares that depends on the name only."""

import io
from colorsys import hls_to_rgb

from PIL import Image

GRID = 5
SQUARE = 32  # pixels
Colour = tuple[int, int, int]


def colour(hue: float, lightness: float) -> Colour:
    red, green, blue = (round(part * 255) for part in hls_to_rgb(hue, lightness, 0.6))
    return red, green, blue


def filled_cells(number: int) -> list[tuple[int, int]]:
    # The right half mirrors the left.
    cells = []
    for place in range(GRID * (GRID // 2 + 1)):
        column, row = divmod(place, GRID)
        if number >> place & 1:
            cells += sorted({(column, row), (GRID - 1 - column, row)})
    return cells


def draw_avatar(asset: str) -> bytes:
    """Return a PNG, as platforms have them, with a margin of one square."""
    number = int(asset, 16)
    hue = (number >> 64) % 360 / 360
    side = GRID + 2
    image = Image.new("RGB", (side, side), colour(hue, 0.2))
    for column, row in filled_cells(number):
        image.putpixel((column + 1, row + 1), colour(hue, 0.7))
    drawn = io.BytesIO()
    image.resize((side * SQUARE, side * SQUARE), Image.Resampling.NEAREST).save(drawn, "PNG")
    return drawn.getvalue()
