"""Draw a picture for an event from its address and kind: the same every time, no two alike."""

from .draw import draw, draw_face
from .motifs import KINDS

__all__ = ["KINDS", "draw", "draw_face"]
