"""Take out of a page all that can be pressed, and leave its shape.

The page is the real one, so it has forms and buttons, and gets new ones. They are taken out of what
was rendered, so that no template has to know, and none can forget.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.forms.utils import flatatt
from django.utils.html import escape

#: Taken out with all that is in them.
DROPPED = frozenset({"script", "iframe", "object", "template", "noscript"})
CONTROLS = frozenset({"select", "textarea", "input"})
BUTTONS = frozenset({"submit", "button", "image", "reset"})
#: Attributes that let a browser or a script do something.
ACTIVE = re.compile(
    r"on.*|(data-)?hx-.*|form.*|action|method|ping|http-equiv|popovertarget.*|command.*|"
    r"contenteditable|accesskey|autofocus|tabindex"
)
#: On links of the frame around the page, which lead away from it on purpose.
STAYS = "data-stays"

Attributes = list[tuple[str, str | None]]


def inert(page: str) -> str:
    """Return the page without forms, buttons, scripts, and links into this site."""
    parser = _Inert()
    parser.feed(page)
    parser.close()
    return "".join(parser.written)


def _leads_away(address: str) -> bool:
    """Return whether a link may stay: within the page, or to another site."""
    if address.startswith("#"):
        return True
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")  # without a name and a port before and behind it
    except ValueError:
        return False
    own = urlsplit(settings.SITE_URL).hostname
    is_other_site = parts.scheme in {"http", "https"} and host not in {"", own}
    return is_other_site or parts.scheme == "mailto"


class _Inert(HTMLParser):
    """Writes what it reads, but for what can be pressed. `ends` are ends that were replaced."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self.dropped_until = ""
        self.ends: dict[str, list[str]] = {"form": [], "button": []}

    def write(self, text: str) -> None:
        if not self.dropped_until:
            self.written.append(text)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        if self.dropped_until:
            return
        if tag in DROPPED or (tag == "button" and "hidden" in given):
            self.dropped_until = tag
        elif tag in CONTROLS:
            self._control(tag, given)
        elif tag == "form":
            self._instead(tag, "div", {})
        elif tag == "button":
            self._instead(tag, "span", _shape(given, "button", "button"))
        elif tag == "a" and STAYS not in given and not _leads_away(given.get("href") or "#"):
            self.write(_start(tag, _shape(given, "link", "")))  # without an address it is no link
        elif tag in {"embed", "base"} or (tag == "meta" and "http-equiv" in given):
            return  # they have no end
        else:
            self._as_it_is(tag, given)

    def _as_it_is(self, tag: str, given: dict[str, str | None]) -> None:
        if any(ACTIVE.fullmatch(name) for name in given):
            self.write(_start(tag, given))
        else:
            self.write(self.get_starttag_text() or "")

    def _instead(self, tag: str, other: str, given: dict[str, str | None]) -> None:
        self.ends[tag].append(f"</{other}>")
        self.write(_start(other, given))

    def _control(self, tag: str, given: dict[str, str | None]) -> None:
        kind = (given.get("type") or "text").lower() if tag == "input" else ""
        if kind in BUTTONS:
            label = escape(given.get("value") or given.get("alt") or "")
            self.write(f"{_start('span', _shape(given, 'button', 'button'))}{label}</span>")
        elif kind != "hidden":
            kept = {name: value for name, value in given.items() if name != "name"}
            self.write(_start(tag, kept | {"disabled": None}))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.dropped_until:
            self.dropped_until = "" if tag == self.dropped_until else self.dropped_until
            return
        ends = self.ends.get(tag)
        self.write(ends.pop() if ends else f"</{tag}>" if ends is None else "")

    def handle_data(self, data: str) -> None:
        self.write(data)

    def handle_entityref(self, name: str) -> None:
        self.write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.write(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.write(f"<!{decl}>")


def _shape(given: dict[str, str | None], role: str, class_: str) -> dict[str, str | None]:
    """Return what makes an element look, and be read, like what stood there."""
    classes = " ".join(filter(None, (class_, given.get("class"))))
    shape: dict[str, str | None] = {"class": classes} if classes else {}
    return shape | {"role": role, "aria-disabled": "true"}


def _start(tag: str, given: dict[str, str | None]) -> str:
    kept = {name: value for name, value in given.items() if not ACTIVE.fullmatch(name)}
    return f"<{tag}{flatatt({n: True if v is None else v for n, v in kept.items()})}>"
