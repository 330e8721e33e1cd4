"""Compare what the documents say of the code with the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from events.access.door import Denial
from events.access.refusals import Code
from events.audit.invariants import TITLES
from events.management.door_forms import FORMS
from events.models import Notification, Payment, Refund, Registration, Role
from tests.events.places.test_transitions import TABLE

from .processes import ROOT

README = (ROOT / "README.md").read_text()
DESIGN = (ROOT / "docs" / "design.md").read_text()
DOOR = (ROOT / "docs" / "door.md").read_text()
SHOWN = ("eventsite", "neos_backend", "events")


def section(text: str, title: str) -> str:
    """The part of a document under one heading."""
    return re.split(r"^#{2,3} ", text.partition(f"## {title}\n")[2], flags=re.MULTILINE)[0]


def mapped_folders(text: str) -> Iterator[str]:
    """Folders named by the map of the code, which indents what is inside of another."""
    path: list[str] = []
    for line in section(text, "How the code is laid out").splitlines():
        if found := re.match(r"( *)([a-z_]+)/ ", line):
            depth = len(found[1]) // 2
            path = [*path[:depth], found[2]]
            yield "/".join(path)


def packages() -> set[str]:
    """Packages of the project as they are, without those two levels down in another."""
    found = [path.parent for name in SHOWN for path in (ROOT / name).rglob("__init__.py")]
    return {str(path.relative_to(ROOT)) for path in found} - {"events/management/commands"}


def test_map_of_the_code_names_every_package_and_nothing_else() -> None:
    mapped = set(mapped_folders(README))

    assert {name for name in mapped if name.partition("/")[0] in SHOWN} == packages()
    assert [name for name in mapped if not (ROOT / name).is_dir()] == []


def test_map_that_names_too_much_is_found() -> None:
    lines = ("events/   x", "  doors/   y", "    keys/  z", "static/   s")
    text = "\n".join(["## How the code is laid out", "", *lines, "", "## Next", ""])

    assert list(mapped_folders(text)) == ["events", "events/doors", "events/doors/keys", "static"]


def test_design_has_every_refusal_code() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", section(DESIGN, "6. Refusals"), re.MULTILINE)

    assert rows == [code.value for code in Code]


def test_door_has_every_denial_in_the_order_of_the_rule() -> None:
    rows = re.findall(r"^\| `DENY ([a-z-]+)(?: \d+)?` \|", DOOR, re.MULTILINE)
    of_people = rows[: rows.index("unknown-key")]

    assert of_people == [denial.value for denial in Denial]


def test_door_has_every_role() -> None:
    assert set(re.findall(r"`ALLOW (\w+)`", DOOR)) == set(Role.Kind.values)


def test_door_has_every_form_of_its_list() -> None:
    named = set(re.findall(r"--format (\w+)", DOOR)) | {"csv", "json"}

    assert named == set(FORMS)
    assert all(f"`{form}`" in DOOR for form in ("csv", "json"))


def test_door_links_to_its_own_headings() -> None:
    headings = re.findall(r"^## (.+)$", DOOR, re.MULTILINE)
    anchors = {re.sub(r"[^a-z -]", "", each.lower()).replace(" ", "-") for each in headings}
    links = re.findall(r"\]\(#([a-z-]+)\)", DOOR)

    assert (len(links), set(links) - anchors) == (5, set())


def test_design_numbers_the_invariants_as_audit_prints_them() -> None:
    rows = re.findall(
        r"^(\d+)\. \*\*(.+?)\.\*\*", section(DESIGN, "4. What must always be true"), re.MULTILINE
    )
    titles = {int(number): title.lower() for number, title in rows}

    assert list(titles) == list(range(1, 13))
    assert {number: titles[number] for number in TITLES} == TITLES


def test_design_says_of_every_tested_edit_what_it_does() -> None:
    rows = re.findall(
        r"^\| ([a-z][a-z ]+) \|", section(DESIGN, "11. What an edit does"), re.MULTILINE
    )

    assert [row for row in rows if row != "edit"] == list(TABLE)


STATUSES = (*Registration.Status, *Payment.Status, *Refund.Status, *Notification.State)


@pytest.mark.parametrize("status", STATUSES)
def test_design_shows_every_status(status: str) -> None:
    assert re.search(rf"\b{status}\b", section(DESIGN, "5. States"))


def test_design_names_files_that_exist() -> None:
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|md))`", DESIGN))
    missing = [name for name in named if not ((ROOT / "events" / name).is_file())]

    assert len(named) > 12
    assert missing == []


COMMAND = re.compile(r"(?:manage\.py|deploy/manage) ([a-z][a-z_]*)\b(?!\.)")


def test_every_command_that_a_document_names_exists() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").glob("*.*")]
    named = {
        (page.name, name) for page in pages for name in COMMAND.findall(page.read_text("utf-8"))
    }

    assert len(named) > 30
    assert sorted((page, name) for page, name in named if name not in get_commands()) == []


def test_command_that_does_not_exist_is_found() -> None:
    text = "`manage.py erase` or `deploy/manage backup FILE`, `python manage.py --help`"
    named = COMMAND.findall(text)

    assert (named, [name for name in named if name not in get_commands()]) == (
        ["erase", "backup"],
        ["erase"],
    )


def test_every_fault_has_a_number_of_its_own() -> None:
    faults = (ROOT / "docs" / "faults.md").read_text()
    rows = re.findall(r"^\| ([A-Z]\d+(?:, [A-Z]\d+)*) \|", faults, re.MULTILINE)
    numbers = [number for row in rows for number in row.split(", ")]

    assert len(rows) == len(re.findall(r"^\| (?!no\.)", faults, re.MULTILINE))
    assert sorted(set(numbers)) == sorted(numbers)


REFERENCE = re.compile(r"design §\d|\bdesign, §|\b(?:E|G)\d{1,2}:", re.IGNORECASE)
SOURCES = ("events", "eventsite", "neos_backend", "tests", "templates", "benchmarks")


def texts() -> Iterator[Path]:
    for name in SOURCES:
        yield from (p for p in (ROOT / name).rglob("*") if p.suffix in {".py", ".html", ".txt"})


def test_nothing_refers_to_a_text_that_readers_do_not_have() -> None:
    found = [str(path) for path in texts() if REFERENCE.search(path.read_text("utf-8"))]

    assert [path for path in found if not path.endswith("test_docs.py")] == []


@pytest.mark.parametrize("text", ["Places: design §4.", "E12: whichever comes first", "G13: due"])
def test_reference_to_a_missing_text_is_found(text: str) -> None:
    assert REFERENCE.search(text)
