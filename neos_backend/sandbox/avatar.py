"""Draw a picture for an asset name: a mirrored pattern of squares that depends on the name only."""

from colorsys import hls_to_rgb

GRID = 5


def colour(hue: float, lightness: float) -> str:
    red, green, blue = (round(part * 255) for part in hls_to_rgb(hue, lightness, 0.6))
    return f"#{red:02x}{green:02x}{blue:02x}"


def filled_cells(number: int) -> list[tuple[int, int]]:
    # The right half mirrors the left.
    cells = []
    for place in range(GRID * (GRID // 2 + 1)):
        column, row = divmod(place, GRID)
        if number >> place & 1:
            cells += sorted({(column, row), (GRID - 1 - column, row)})
    return cells


def draw_avatar(asset: str) -> str:
    number = int(asset, 16)
    hue = (number >> 64) % 360 / 360
    squares = "".join(
        f'<rect x="{column}" y="{row}" width="1" height="1"/>'
        for column, row in filled_cells(number)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 7 7" width="256" height="256">'
        f'<rect x="-1" y="-1" width="7" height="7" fill="{colour(hue, 0.2)}"/>'
        f'<g fill="{colour(hue, 0.7)}" shape-rendering="crispEdges">{squares}</g></svg>'
    )
