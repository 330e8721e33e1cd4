"""Packages are named where they are imported, locked as named, under a licence that fits."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from itertools import chain

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import licences

from .architecture import PACKAGES, Module, modules
from .processes import ROOT

LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"} | {
    "audit": "requirements-audit.lock"
}

#: Packages that nothing of ours imports, and what uses them.
NOT_IMPORTED = {
    "gunicorn": "the command that serves the site",
    "tzdata": "read by zoneinfo of Python",
    "social-auth-app-django": "what the backend needs in a Django project, which installs it",
}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def requirements(group: str) -> list[Requirement]:
    """Return what pyproject.toml names for `runtime`, `dev` or `audit`."""
    project = tomllib.loads(text("pyproject.toml"))
    groups = {"runtime": project["project"]["dependencies"], **project["dependency-groups"]}
    return [Requirement(line) for line in groups[group]]


def of_backend() -> list[Requirement]:
    """Return what the backend names as a package of its own, in all its extras."""
    project = tomllib.loads(text("neos_backend/pyproject.toml"))["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return [Requirement(line) for line in lines if not line.startswith(project["name"])]


# --- Imports -----------------------------------------------------------------------------------


def imported(found: Iterable[Module]) -> set[str]:
    """Return the packages that provide what these modules import, or name in their settings."""
    tops = {name.partition(".")[0] for module in found for name in named(module)}
    providers = metadata.packages_distributions()
    return {
        canonicalize_name(provider)
        for top in tops - set(PACKAGES) - set(sys.stdlib_module_names)
        for provider in providers.get(top, [top])
    }


def named(module: Module) -> list[str]:
    """Return dotted names of imports; in the settings, of texts that name an app or a class."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.append(node.module)
        elif is_name_in_settings(module, node):
            found.append(node.value)
    return found


def is_name_in_settings(module: Module, node: ast.AST) -> bool:
    if module.name != "eventsite.settings" or not isinstance(node, ast.Constant):
        return False
    return isinstance(node.value, str) and bool(re.fullmatch(r"whitenoise\.[\w.]+", node.value))


def faults(declared: Iterable[Requirement], used: set[str]) -> list[str]:
    names = {canonicalize_name(each.name) for each in declared}
    return sorted(
        [f"{name} is imported and not named" for name in used - names]
        + [f"{name} is named and not imported" for name in names - used - NOT_IMPORTED.keys()]
    )


def test_project_names_exactly_what_it_imports() -> None:
    assert faults(requirements("runtime"), imported(modules())) == []


def test_backend_names_exactly_what_it_imports() -> None:
    own = [module for module in modules() if module.name.startswith("neos_backend")]

    assert faults(of_backend(), imported(own)) == []


def test_exceptions_are_named_and_are_imported_nowhere() -> None:
    names = {each.name for each in requirements("runtime")}

    assert NOT_IMPORTED.keys() - names == set()
    assert NOT_IMPORTED.keys() & imported(modules()) == {"social-auth-app-django"}


@pytest.mark.parametrize(
    ("declared", "source", "fault"),
    [
        ("tqdm", "import json", "tqdm is named and not imported"),
        ("tqdm", "from tqdm import tqdm\nimport nh3", "nh3 is imported and not named"),
        ("tqdm", "import tqdm.auto\nfrom PIL import Image", "pillow is imported and not named"),
    ],
)
def test_dependency_too_many_or_too_few_is_found(declared: str, source: str, fault: str) -> None:
    used = imported([Module("events.x", source)])

    assert faults([Requirement(declared)], used) == [fault]


# --- Locks -------------------------------------------------------------------------------------


def unmet(group: Iterable[Requirement], versions: dict[str, str]) -> list[str]:
    """Return requirements that a lock does not have, or has in a version they do not take."""
    return [
        str(each)
        for each in group
        if not each.specifier.contains(
            versions.get(canonicalize_name(each.name), "0"), prereleases=True
        )
        or canonicalize_name(each.name) not in versions
    ]


@pytest.mark.parametrize("group", LOCKS)
def test_lock_has_every_requirement_in_a_version_that_it_takes(group: str) -> None:
    versions = {name: version for name, (version, _) in licences.locked(text(LOCKS[group])).items()}

    assert unmet(requirements(group), versions) == []


@pytest.mark.parametrize("version", ["5.1", "5.3", None])
def test_lock_that_does_not_fit_is_found(version: str | None) -> None:
    versions = {"django": version} if version else {}

    assert unmet([Requirement("django>=5.2,<5.3")], versions) == ["django<5.3,>=5.2"]


def test_lock_has_every_package_that_the_tests_run_with() -> None:
    locked = licences.locked(text("requirements-dev.lock"))
    here = {name for name, (_, marker) in locked.items() if licences.is_for_this_machine(marker)}
    wrong = [name for name in here if metadata.version(name) != locked[name][0]]

    assert (len(here) > 80, wrong) == (True, [])


# --- Licences ----------------------------------------------------------------------------------


def test_licences_of_production_are_allowed() -> None:
    packages = licences.of_lock(text("requirements.lock"))
    refused = {name: of for name, (_, of) in packages.items() if not licences.is_allowed(name, of)}

    assert (len(packages) > 40, refused) == (True, {})


def test_page_of_licences_is_up_to_date() -> None:
    assert text("docs/licences.md") == licences.page(licences.of_lock(text("requirements.lock")))


def test_exceptions_of_licences_are_installed() -> None:
    locked = licences.locked(text("requirements.lock"))

    assert (licences.EXCEPTIONS | licences.READ_IN_THE_FILE).keys() - locked.keys() == set()


@pytest.mark.parametrize(
    ("name", "expression", "expected"),
    [
        ("tqdm", "MIT AND MPL-2.0", True),
        ("tqdm", "MIT AND GPL-3.0-only", False),
        ("tqdm", "GPL-3.0-only OR MIT", True),
        ("tqdm", "nothing said", False),
        ("tqdm", "LGPL-3.0-only", False),
        ("psycopg", "LGPL-3.0-only", True),
        ("psycopg", "AGPL-3.0-only", False),
    ],
)
def test_licence_is_judged_by_what_must_be_kept(
    name: str, expression: str, *, expected: bool
) -> None:
    assert licences.is_allowed(name, expression) == expected


# --- Files of others ---------------------------------------------------------------------------

MARKS = re.compile(r"copyright|@license|SPDX|/\*!|sourceMappingURL|\(c\) \d{4}", re.IGNORECASE)


def test_no_script_or_style_of_others_is_served() -> None:
    files = [*ROOT.glob("static/**/*.js"), *ROOT.glob("static/**/*.css")]

    assert len(files) > 5
    assert [file.name for file in files if MARKS.search(file.read_text("utf-8"))] == []


def test_typefaces_have_their_licence_beside_them() -> None:
    fonts = [*ROOT.glob("static/**/*.woff2")]
    without = [f for f in fonts if not f.with_name(f"{f.stem}-LICENSE.txt").is_file()]

    assert (len(fonts), without) == (1, [])
