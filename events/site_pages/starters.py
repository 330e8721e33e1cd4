"""Texts to begin with, for the four known pages. They are offered, and never published by us."""

from pathlib import Path

FOLDER = Path(__file__).parent / "starters"


def starter(name: str, language: str) -> str:
    """Return the text of a known page in this language; nothing if there is none."""
    file = FOLDER / f"{name}.{language}.md"
    return file.read_text("utf-8") if file.is_file() else ""
