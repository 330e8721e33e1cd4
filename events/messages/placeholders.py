"""The few words in braces that stand for something else in what organizers write."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

#: Each is replaced once: what it stands for is never looked at again.
PLACEHOLDERS = {
    "name": _("the name of the reader"),
    "event": _("the title of the event"),
    "start": _("when it starts, on the reader's clock"),
    "link": _("the address of the reader's own place"),
}
#: One word in braces, in several of them, or in the wide ones that Japanese keyboards type. It
#: begins at the first brace of a row: a row of thousands is not read again from each of them.
_FOUND = re.compile(r"(?<![{\uff5b])[{\uff5b]++\s*([^\s{}\uff5b\uff5d]{1,40})\s*[}\uff5d]+")
#: What Markdown gives a meaning, in ASCII: a backslash before it takes that away.
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")


def unknown_in(text: str) -> list[str]:
    """Return what looks like a placeholder and is none, as it was typed, each once."""
    found = (match for match in _FOUND.finditer(text))
    return list(dict.fromkeys(m[0] for m in found if m[0] != f"{{{m[1]}}}" or not _is_one(m[1])))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put each value as it is into plain text."""
    return _FOUND.sub(lambda m: values[m[1]] if _is_one(m[1]) else m[0], text)


def fill_markdown(text: str, values: Mapping[str, str]) -> str:
    """Put the values into Markdown, as text that formats nothing and as an address that links."""
    safe = {name: _MARKDOWN.sub(r"\\\1", value) for name, value in values.items()}
    return fill(text, safe | {"link": f"<{values['link']}>"})


def _is_one(name: str) -> bool:
    return name in PLACEHOLDERS
