"""The wheel in an empty project: what is in it, and whole sign-ins with what is in it.

Projects run as processes of their own, because this one could import the repository's backend.
"""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from neos_backend.sandbox.platforms import NEOS, RESONITE, Sandbox
from tests.neos_backend.installed import BACKEND, Installed, install
from tests.people import Visitor

pytestmark = pytest.mark.server

SANDBOXES = [NEOS, RESONITE]
EMPTY_PROJECT = Path(__file__).with_name("empty_project.py")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("wheel"))


# --- What is in it -------------------------------------------------------------------------------


def names_in(installed: Installed) -> set[str]:
    with zipfile.ZipFile(installed.wheel) as wheel:
        return {name for name in wheel.namelist() if ".dist-info/" not in name}


def metadata(installed: Installed) -> Message:
    with zipfile.ZipFile(installed.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())


def test_wheel_has_the_code_and_what_pages_need_and_nothing_else(installed: Installed) -> None:
    code = {*BACKEND.glob("*.py"), *BACKEND.glob("sandbox/*.py"), BACKEND / "py.typed"}
    pages = {*BACKEND.glob("templates/**/*.html"), *BACKEND.glob("static/**/*.css")}

    expected = {str(path.relative_to(BACKEND.parent)) for path in code | pages}
    assert names_in(installed) == expected
    assert len(pages) == 5


def test_wheel_says_what_it_is(installed: Installed) -> None:
    told = metadata(installed)

    assert (told["Name"], told["License-Expression"]) == ("social-auth-neos", "BSD-3-Clause")
    assert told.get_payload() == (BACKEND / "README.md").read_text("utf-8")
    assert told.get_all("License-File") == ["LICENSE"]


def test_page_installs_the_wheel_that_is_built_and_links_to_nothing_outside_of_it(
    installed: Installed,
) -> None:
    page = str(metadata(installed).get_payload())

    assert f'"dist/{installed.wheel.name}[sandbox]"' in page
    assert re.findall(r"\]\((?!https://|#)", page) == []


def test_licence_of_the_wheel_is_that_of_the_whole() -> None:
    assert (BACKEND / "LICENSE").read_text() == (BACKEND.parent / "LICENSE").read_text()


def test_empty_project_finds_the_wheel_and_nothing_of_the_repository(installed: Installed) -> None:
    found = installed.run("import neos_backend; print(neos_backend.__file__)")
    others = "from importlib.util import find_spec; print(find_spec('events'), find_spec('tests'))"

    assert Path(found.strip()).is_relative_to(installed.packages)
    assert installed.run(others).split() == ["None", "None"]


def test_editable_installation_finds_the_checkout(installed: Installed, tmp_path: Path) -> None:
    """A process of its own, because the build takes the folder in which it is started."""
    build = "import sys, hatchling.build; hatchling.build.build_editable(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=BACKEND, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "packages")

    path = f"import sys, site; sys.path.remove({str(installed.packages)!r}); "
    path += f"site.addsitedir({str(tmp_path / 'packages')!r}); "
    found = installed.run(f"{path}import neos_backend; print(neos_backend.__file__)")
    assert found.strip() == str(BACKEND / "__init__.py")


def test_backends_need_no_django(installed: Installed) -> None:
    source = "import sys, json, neos_backend.backends; print(json.dumps(sorted(sys.modules)))"

    assert [name for name in json.loads(installed.run(source)) if name == "django"] == []


# --- The example: the library's own pipeline, untouched ------------------------------------------


GEARFOX = [
    "name: gearfox",
    "id: U-gearfox",
    "e-mail: gearfox@example.org",
    "badges: mmc participant, mute",
    "supports Neos: yes",
]
DECLINED = "Authentication process canceled"
PLAIN_VISITOR = [
    "name: Plain Visitor",
    "id: U-1QfnK8vTzWc",
    "e-mail: 1qfnk8vtzwc@example.org",
    "badges: none",
    "supports Resonite: no",
]


@pytest.fixture(scope="module")
def example(installed: Installed) -> Iterator[str]:
    with installed.serving(BACKEND / "example" / "project.py") as address:
        yield address


def consent(visitor: Visitor, sandbox: Sandbox, key: str) -> None:
    """Be a person of the sandbox and allow all that is asked."""
    person = sandbox.find_person(key)
    assert person
    visitor.press(person.username)
    visitor.press("Allow")


def test_example_shows_who_has_signed_in_with_both(example: str) -> None:
    with Visitor(example) as visitor:
        visitor.visit("/")
        visitor.press("Sign in with Neos")
        consent(visitor, NEOS, "gunter")
        visitor.press("Add Resonite")
        consent(visitor, RESONITE, "verified")

        assert visitor.page.heading == "You are gearfox"
        assert [line.text for line in visitor.page.root.all("li")] == [*GEARFOX, *PLAIN_VISITOR]


def test_example_offers_only_what_is_not_linked_yet(example: str) -> None:
    with Visitor(example) as visitor:
        visitor.visit("/")
        assert buttons(visitor) == ["Sign in with Neos", "Sign in with Resonite"]
        visitor.press("Sign in with Resonite")
        consent(visitor, RESONITE, "crowd-1")  # nobody whom another test links

        assert buttons(visitor) == ["Add Neos", "Sign out"]


def buttons(visitor: Visitor) -> list[str]:
    return [button.text for button in visitor.page.root.all("button")]


def test_example_leads_who_declines_back_and_says_why(example: str) -> None:
    with Visitor(example) as visitor:
        visitor.visit("/")
        visitor.press("Sign in with Resonite")
        visitor.press("Birch Beaver")
        visitor.press("Decline")

        assert (visitor.page.status, visitor.page.path) == (200, "/")
        assert visitor.page.heading == "Who are you?"
        assert visitor.page.root.first("p", role="status").text == DECLINED


# --- An empty project: `associate_by_email` and a step that pauses -------------------------------


@pytest.fixture(scope="module")
def project(installed: Installed) -> Iterator[str]:
    with installed.serving(EMPTY_PROJECT) as address:
        yield address


@pytest.fixture(scope="module")
def careless_project(installed: Installed) -> Iterator[str]:
    with installed.serving(EMPTY_PROJECT, "careless") as address:
        yield address


def sign_in(visitor: Visitor, sandbox: Sandbox, key: str) -> str:
    """Sign in as a person of the sandbox; return the heading of the page that follows."""
    visitor.visit("/")
    visitor.press(sandbox.key)
    consent(visitor, sandbox, key)
    return visitor.page.heading


@pytest.mark.parametrize(
    ("sandbox", "key", "heading"),
    [(NEOS, "crowd-1", "AmberAlpaca, Fox"), (RESONITE, "crowd-2", "BirchBeaver, Fox")],
    ids=["neos", "resonite"],
)
def test_pipeline_that_paused_for_a_question_goes_on(
    project: str, sandbox: Sandbox, key: str, heading: str
) -> None:
    with Visitor(project) as visitor:
        assert sign_in(visitor, sandbox, key) == "What shall we call you?"
        visitor.press("Go on", nickname="Fox")

        assert visitor.page.heading == heading


@pytest.mark.parametrize("sandbox", SANDBOXES, ids=lambda sandbox: sandbox.key)
def test_pipeline_that_pauses_keeps_the_profile_and_no_token(
    project: str, sandbox: Sandbox
) -> None:
    with Visitor(project) as visitor:
        sign_in(visitor, sandbox, "japanese")

        kept = json.loads(visitor.page.root.first("pre").text)["kwargs"]
        assert kept["response"].keys() == {"id", "username", "email", "profile"}
        assert [key for key in kept if "token" in key] == []


@pytest.mark.parametrize("sandbox", SANDBOXES, ids=lambda sandbox: sandbox.key)
def test_verified_address_joins_who_has_it_here(project: str, sandbox: Sandbox) -> None:
    with Visitor(project) as visitor:
        assert sign_in(visitor, sandbox, "verified") == f"{sandbox.key}-verified, unasked"


@pytest.mark.parametrize("sandbox", SANDBOXES, ids=lambda sandbox: sandbox.key)
def test_unverified_address_makes_a_stranger_nobody_but_a_newcomer(
    project: str, sandbox: Sandbox
) -> None:
    with Visitor(project) as visitor:
        assert sign_in(visitor, sandbox, "unverified") == "What shall we call you?"


@pytest.mark.parametrize("sandbox", SANDBOXES, ids=lambda sandbox: sandbox.key)
def test_backend_that_believes_every_address_lets_the_stranger_in(
    careless_project: str, sandbox: Sandbox
) -> None:
    """The control: this is what the test above would find."""
    with Visitor(careless_project) as visitor:
        assert sign_in(visitor, sandbox, "unverified") == f"{sandbox.key}-unverified, unasked"
