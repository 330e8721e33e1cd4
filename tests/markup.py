"""Pages as a browser without JavaScript reads them, and what it sends from their forms."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
NOT_SENT = {"submit", "button", "image", "reset", "file"}

Answer = str | Collection[str]


# --- Markup ------------------------------------------------------------------------------------


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def all(self, *tags: str, **attributes: str) -> Iterator["Element"]:
        """Elements inside with one of these tags and all these attributes, in document order."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags and wanted.items() <= child.attributes.items():
                    yield child
                yield from child.all(*tags, **attributes)

    def first(self, tag: str, **attributes: str) -> "Element":
        for element in self.all(tag, **attributes):
            return element
        raise LookupError(f"No <{tag}> with {attributes} in: {self.text}")

    @property
    def pieces(self) -> list[str]:
        """The text inside, piece by piece, with blanks as a reader sees them."""
        found: list[str] = []
        for child in self.children:
            found += child.pieces if isinstance(child, Element) else [" ".join(child.split())]
        return [piece for piece in found if piece]

    @property
    def text(self) -> str:
        return " ".join(self.pieces)

    @property
    def raw(self) -> str:
        return "".join(
            child.raw if isinstance(child, Element) else child for child in self.children
        )


class TreeBuilder(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("")
        self.open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of that name, and elements left open inside it."""
        places = [place for place, element in enumerate(self.open) if element.tag == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


# --- Pages and their forms ---------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """An answer, as it is when all redirects were followed."""

    url: str
    status: int
    root: Element

    @property
    def path(self) -> str:
        """Path and query of the address."""
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def heading(self) -> str:
        return self.root.first("h1").text

    @property
    def messages(self) -> list[str]:
        return [message.text for message in self.root.all("p", role="status")]

    @property
    def refusals(self) -> dict[str, str]:
        """Codes of what stands against a registration, each with the address of its next step."""
        items = (item for item in self.root.all("li", "a") if "data-code" in item.attributes)
        return {item.attributes["data-code"]: _address(item) for item in items}

    @property
    def failure(self) -> tuple[str, str]:
        """Code and sentence of what went wrong."""
        alert = self.root.first("p", role="alert")
        return alert.attributes["data-code"], alert.text

    @property
    def place(self) -> str | None:
        """Return what a page says about the visitor's own place; None for none."""
        status = next(self.root.all("div", class_="status"), None)
        return None if status is None else status.text

    def rows(self, table: str) -> list[list[str]]:
        """Texts of the cells of the table with this id; without the table there are no rows."""
        bodies = (body for found in self.root.all("table", id=table) for body in found.all("tbody"))
        lines = (line for body in bodies for line in body.all("tr"))
        return [[cell.text for cell in line.all("th", "td")] for line in lines]

    def find_button(self, label: str) -> tuple[Element, Element]:
        """The first form with a button that reads `label`, in whole or in one of its parts."""
        for form in self.root.all("form"):
            for button in form.all("button", "input"):
                if label in _labels(button):
                    return form, button
        raise LookupError(f"{self.path} has no button “{label}”: {self.root.text}")

    def find_link(self, label: str) -> str:
        for link in self.root.all("a"):
            if link.text == label:
                return link.attributes["href"]
        raise LookupError(f"{self.path} has no link “{label}”: {self.root.text}")


def _address(element: Element) -> str:
    link = element if element.tag == "a" else element.first("a")
    return link.attributes["href"]


def _labels(button: Element) -> list[str]:
    if button.tag == "button":
        return [button.text, *button.pieces]
    return [button.attributes["value"]] if button.attributes.get("type") == "submit" else []


def fill_in(form: Element, button: Element, answers: dict[str, Answer]) -> list[tuple[str, str]]:
    """Return what a browser sends: hidden fields, defaults and answers, in the form's order.

    `answers` has the text for a field, or the values to tick; a visitor cannot answer what is not
    asked.
    """
    fields: list[tuple[str, str]] = []
    asked: set[str] = set()
    for control in form.all("input", "textarea", "select", "button"):
        name = control.attributes.get("name", "")
        if name and "disabled" not in control.attributes:
            asked.add(name)
            values = _values(control, answers.get(name), is_pressed=control is button)
            fields += [(name, value) for value in values]
    if unasked := answers.keys() - asked:
        raise LookupError(f"The form does not ask for {unasked}")
    return fields


def _values(control: Element, answer: Answer | None, *, is_pressed: bool) -> list[str]:
    """Yield what one control of a form contributes: nothing, or its value."""
    kind = control.attributes.get("type", "text") if control.tag == "input" else control.tag
    if kind in NOT_SENT:
        return [control.attributes.get("value", "")] if is_pressed else []
    if kind in {"checkbox", "radio"}:
        value = control.attributes.get("value", "on")
        is_ticked = "checked" in control.attributes if answer is None else value in [*answer]
        return [value] if is_ticked else []
    if isinstance(answer, str):
        return [answer]
    if kind == "select":
        options = list(control.all("option"))
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return [option.attributes.get("value", option.text) for option in chosen]
    if kind == "textarea":
        return [control.raw.removeprefix("\n")]
    return [control.attributes.get("value", "")]
