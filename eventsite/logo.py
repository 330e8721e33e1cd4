"""Look into a picture file that an operator names, before browsers are asked to show it."""

import io
import warnings
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

MOST_BYTES = 200_000
#: What the end of a name stands for, as the first bytes say it; the site serves files by that end.
FORMATS = {".svg": "SVG", ".png": "PNG", ".webp": "WebP", ".jpg": "JPEG", ".jpeg": "JPEG"}
SVG_ROOT = "{http://www.w3.org/2000/svg}svg"


def fault_of(file: Path) -> str:
    """Return why browsers could not show this file, like "is too big: 300 kB"; "" if they can."""
    try:
        if not file.is_file():
            return "is not found" if not file.exists() else "is no file"
        if file.suffix.lower() not in FORMATS:
            return "must be an SVG, PNG, WebP or JPEG file, and be named so"
        if (size := file.stat().st_size) > MOST_BYTES:
            return f"is too big: {-(-size // 1000)} kB, where {MOST_BYTES // 1000} are allowed"
        return _fault_of_content(file.read_bytes(), FORMATS[file.suffix.lower()])
    except OSError:
        return "cannot be read"


def _fault_of_content(content: bytes, kind: str) -> str:
    is_such = _is_svg(content) if kind == "SVG" else _is_picture(content, kind.upper())
    return "" if is_such else f"is no {kind} picture, though it is named so"


def _is_svg(content: bytes) -> bool:
    try:
        return ElementTree.fromstring(content).tag == SVG_ROOT  # noqa: S314 - the operator's own
    except (ElementTree.ParseError, LookupError, ValueError):  # also of an unknown encoding
        return False


def _is_picture(content: bytes, kind: str) -> bool:
    """Decode all of it: a picture may be cut off."""
    try:
        with warnings.catch_warnings(action="ignore"):
            Image.open(io.BytesIO(content), formats=[kind]).load()
    except Exception:  # noqa: BLE001 - a picture may break anything that reads it
        return False
    return True
