"""The snippets of the backend's page, put together as it says, are a project that works.

The project runs as a process of its own, with the wheel and nothing of the repository.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from neos_backend.sandbox.platforms import RESONITE
from tests.neos_backend.installed import BACKEND, Installed, free_port, install
from tests.people import Visitor

pytestmark = pytest.mark.server

PAGE = (BACKEND / "README.md").read_text("utf-8")
SNIPPET = re.compile(r"```python\n# (\w+\.py)\n(.+?)```", re.DOTALL)
FORM = re.compile(r"```html\n(.+?)```", re.DOTALL)
#: What a newcomer has of their own: a page, and where it is.
OWN_SETTINGS = 'TEMPLATES[0]["DIRS"].append(BASE_DIR)\n'
OWN_URLS = """
from django.views.generic import TemplateView

urlpatterns += [path("", TemplateView.as_view(template_name="home.html"))]
"""
HEADING = '<h1>{{ user.username|default:"nobody" }}</h1>\n'


def snippets() -> list[tuple[str, str]]:
    """The pieces of the page with the file that each belongs to, in order."""
    return SNIPPET.findall(PAGE)


def test_every_piece_of_code_names_its_file() -> None:
    blocks = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    unnamed = [block for block in blocks if not block.startswith("# ")]

    assert [name for name, _ in snippets()] == ["settings.py", "urls.py"] * 2
    assert [block.partition("\n")[0] for block in unnamed] == ["{"]  # what a pipeline gets


@dataclass
class Project:
    """Make what `startproject` makes, and add the page to it piece by piece."""

    installed: Installed
    port: str

    def add(self, name: str, source: str) -> None:
        with (self.installed.project / "mine" / name).open("a") as file:
            file.write(source.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}"))

    def manage(self, *arguments: str) -> str:
        return self.installed.call("manage.py", *arguments)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the first two pieces, which are for a real client."""
    made = Project(install(tmp_path_factory.mktemp("readme")), free_port())
    made.installed.call("-m", "django", "startproject", "mine", ".")
    for name, source in snippets()[:2]:
        made.add(name, source)
    return made


@pytest.fixture(scope="module")
def first_check(project: Project) -> str:
    """Return what `check` says of those two, before the sandbox is added."""
    return project.manage("check", "--fail-level=WARNING")


@pytest.fixture(scope="module")
def address(project: Project, first_check: str) -> Iterator[str]:
    for name, source in snippets()[2:]:
        project.add(name, source)
    project.add("settings.py", OWN_SETTINGS)
    project.add("urls.py", OWN_URLS)
    (form,) = FORM.findall(PAGE)
    (project.installed.project / "home.html").write_text(HEADING + form)
    project.manage("migrate", "--verbosity=0")
    port = project.port
    serve = ("manage.py", "runserver", "--noreload", f"127.0.0.1:{port}")
    with project.installed.answering(port, *serve) as site:
        yield site


def test_first_pieces_pass_all_checks(first_check: str) -> None:
    assert first_check == "System check identified no issues (0 silenced).\n"


def test_project_of_the_page_signs_in(address: str) -> None:
    person = RESONITE.find_person("verified")
    assert person
    with Visitor(address) as visitor:
        assert visitor.visit("/").heading == "nobody"
        visitor.press("Sign in with Resonite")
        visitor.press(person.username)
        visitor.press("Allow")

        assert visitor.page.heading == "PlainVisitor"


def test_project_of_the_page_says_that_somebody_declined(address: str) -> None:
    with Visitor(address) as visitor:
        visitor.visit("/")
        visitor.press("Sign in with Resonite")
        visitor.press("Birch Beaver")
        visitor.press("Decline")

        page = visitor.page
        assert (page.status, page.path, page.heading) == (200, "/", "nobody")
        assert page.root.first("p").text == "Authentication process canceled"
