"""The licences of what production installs: `python -m tests.licences` writes `docs/licences.md`.

What a package says of itself is read from its metadata. A package may say it in three ways, and
older ones say it in free words, so each is brought to an SPDX name first.
"""

import re
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker

from tests.eventsite.processes import ROOT

PAGE = ROOT / "docs" / "licences.md"

#: Licences under which a package may be installed beside a work of BSD 3-Clause that runs as a
#: service: permissive ones, and those that ask only for changes of the package's own files.
ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU"),
        *("MPL-2.0", "PSF-2.0", "Unlicense"),
    }
)
#: Packages under another licence, and why they may be used all the same.
EXCEPTIONS = {
    "psycopg": "LGPL-3.0-only: used as it is installed, not changed, not shipped with this project",
    "psycopg-binary": "LGPL-3.0-only: as psycopg",
    "psycopg-pool": "LGPL-3.0-only: as psycopg",
}
#: What the licence file of a package says, where its metadata say less.
READ_IN_THE_FILE = {
    "django-csp": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "sqlparse": "BSD-3-Clause",
}
#: Names of older metadata, as SPDX names.
SPELLED = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
}
#: What is in the lock for other machines only.
ELSEWHERE = {"colorama": "BSD-3-Clause"}

HEAD = """\
# Licences of what production installs

`python -m tests.licences` writes this page from the runtime lock and what the packages say of
themselves. A test compares them, and fails on a licence that is not allowed. The tools of
development are not installed in production and not listed.

| package | version | licence |
|---|---|---|
"""
TAIL = """
Of other people's work, this repository itself has one file: the typeface in `static/fonts`, under
the SIL Open Font License beside it.
"""


def locked(text: str) -> dict[str, tuple[str, str]]:
    """Return version and marker by name, of a lock; the marker is empty for every machine."""
    rows = re.findall(r"^([\w.-]+)==([^\s;]+)(?: ; (.+?))? \\$", text, re.MULTILINE)
    return {name: (version, marker) for name, version, marker in rows}


def is_for_this_machine(marker: str) -> bool:
    return not marker or Marker(marker).evaluate()


def licence(name: str) -> str:
    """Return the SPDX expression of an installed package, or its own words if they are unknown."""
    if name in READ_IN_THE_FILE:
        return READ_IN_THE_FILE[name]
    told = metadata.metadata(name)
    kinds = [each for each in told.get_all("Classifier") or [] if each.startswith("License")]
    words = [told["License-Expression"], told["License"], *kinds]
    for said in filter(None, words):
        last = said.split(" :: ")[-1]
        if is_known(spdx := SPELLED.get(last, last)):
            return spdx
    return str(next(filter(None, words), "nothing said"))


def is_known(expression: str) -> bool:
    return set(names(expression)) <= ALLOWED | {"LGPL-3.0-only"}


def names(expression: str) -> list[str]:
    return re.split(r" (?:AND|OR) ", expression)


def is_allowed(name: str, expression: str) -> bool:
    """Return whether a choice (OR) has one allowed licence, or all that apply (AND) are."""
    if name in EXCEPTIONS:
        return EXCEPTIONS[name].startswith(f"{expression}:")
    choices = [choice.split(" AND ") for choice in expression.split(" OR ")]
    return any(set(choice) <= ALLOWED for choice in choices)


def of_lock(text: str) -> dict[str, tuple[str, str]]:
    """Return version and licence of each package of a lock."""
    found = {}
    for name, (version, marker) in locked(text).items():
        here = is_for_this_machine(marker)
        found[name] = (version, licence(name) if here else ELSEWHERE.get(name, "not installed"))
    return found


def page(packages: dict[str, tuple[str, str]]) -> str:
    rows = "".join(f"| {name} | {version} | {of} |\n" for name, (version, of) in packages.items())
    reasons = "".join(f"- `{name}`: {why}.\n" for name, why in EXCEPTIONS.items())
    return f"{HEAD}{rows}\nAllowed are {', '.join(sorted(ALLOWED))}; besides:\n\n{reasons}{TAIL}"


def write(file: Path = PAGE) -> None:
    file.write_text(page(of_lock((ROOT / "requirements.lock").read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    write()
