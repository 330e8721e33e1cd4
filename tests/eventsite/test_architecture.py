"""The order of imports, who writes registrations, sizes, the lock, the templates.

Every rule has a control: a bad snippet that the rule does find.
"""

import re
import tomllib
from html.parser import HTMLParser

import pytest

from .architecture import (
    MAX_FILE,
    MAX_FUNCTION,
    RANKS,
    Module,
    forbidden_imports,
    imports,
    layer,
    long_parts,
    modules,
    registration_writes,
)
from .processes import ROOT

# --- Imports -----------------------------------------------------------------------------------


def test_imports_run_one_way() -> None:
    assert [found for module in modules() for found in forbidden_imports(module)] == []


def test_every_module_of_events_has_its_place_in_the_order() -> None:
    names = {layer(module.name) for module in modules() if module.name.startswith("events.")}

    assert names - RANKS.keys() == set()


@pytest.mark.parametrize(
    ("name", "source", "imported"),
    [
        ("events.access.facts", "from eventsite import settings", "eventsite.settings"),
        ("neos_backend.http", "from events.models import Event", "events.models.Event"),
        ("neos_backend.http", "import eventsite.settings", "eventsite.settings"),
        ("events.models.event", "from events import places", "events.places"),
        ("events.models.event", "from ..access import facts", "events.access.facts"),
        ("events.access.rules", "from events import messages", "events.messages"),
        ("events.places.register", "from ..payments import ledger", "events.payments.ledger"),
        ("events.places", "def f():\n    from .views import browse", "events.views.browse"),
        (
            "events.accounts.forms",
            "if TYPE_CHECKING:\n    from events.views.browse import event_page",
            "events.views.browse.event_page",
        ),
        ("events.views.browse", "from events import unheard_of", "events.unheard_of"),
    ],
)
def test_import_against_the_order_is_found(name: str, source: str, imported: str) -> None:
    assert forbidden_imports(Module(name, source)) == [f"{name} imports {imported}"]


def test_import_inside_a_package_is_its_own_affair() -> None:
    relative = Module("events.views", "from . import browse", is_package=True)

    assert forbidden_imports(relative) == []
    assert forbidden_imports(Module("events.views.payments", "from .browse import show")) == []


# --- Rules without words -----------------------------------------------------------------------


def words_made(module: Module) -> list[str]:
    """Imports with which a module would make sentences, addresses, or switch languages."""
    makers = ("django.utils.translation", "django.urls", "events.formatting")
    return [name for name in imports(module) if name.startswith(makers)]


def test_rules_and_places_decide_without_words() -> None:
    deciding = [m for m in modules() if m.name.startswith(("events.access.rules", "events.places"))]

    assert len(deciding) > 10
    assert {m.name: words_made(m) for m in deciding if words_made(m)} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from django.utils import translation", "django.utils.translation"),
        ("from django.utils.translation import gettext", "django.utils.translation.gettext"),
        ("from django.urls import reverse", "django.urls.reverse"),
    ],
)
def test_words_of_a_rule_are_found(source: str, found: str) -> None:
    assert words_made(Module("events.access.rules", source)) == [found]


# --- Who writes registrations ------------------------------------------------------------------


def test_only_places_writes_registrations() -> None:
    written = {
        layer(module.name): found
        for module in modules(migrations=True)
        if (found := registration_writes(module))
    }

    names = ("0003_fill_taken_at", "0006_fill_money", "0014_contact_and_hold")
    fills = {f"events.migrations.{name}" for name in names}
    assert set(written) == {"events.places", "events.migrations"}
    assert {line.partition(":")[0] for line in written["events.migrations"]} <= fills


@pytest.mark.parametrize(
    "source",
    [
        "Registration(attendee=a)",
        "models.Registration(attendee=a)",
        "Registration.objects.create(attendee=a)",
        "Registration.objects.filter(pk=1).select_related('event').update(status='confirmed')",
        "event.registrations.all().delete()",
        "attendee.registrations.add(other)",
        "registration.save()",
        "payment.registration.save(update_fields=['status'])",
        "def f(a):\n    q = a.registrations.active()\n    q.update(status='cancelled')",
        "for row in Registration.objects.all():\n    row.delete()",
        "[row.save() for row in event.registrations.all()]",
        "cursor.execute('UPDATE events_registration SET status = %s', [s])",
        "Registration = apps.get_model('events', 'Registration')\nRegistration.objects.create()",
    ],
)
def test_write_of_a_registration_is_found(source: str) -> None:
    (found,) = registration_writes(Module("events.demo.load", source))

    assert found.startswith("events.demo.load:")


@pytest.mark.parametrize(
    "source",
    [
        "Registration.objects.filter(event=event).count()",
        "Payment.objects.filter(registration=registration).update(status='paid')",
        "registration.attendee.save()",
        "places.register(user=user, bookable=event)",
        "names = [r.name for r in registrations]\nseen.add(names)",
    ],
)
def test_reading_a_registration_is_no_write(source: str) -> None:
    assert registration_writes(Module("events.views.browse", source)) == []


# --- Sizes -------------------------------------------------------------------------------------


def test_functions_and_files_are_short() -> None:
    assert [found for module in modules() for found in long_parts(module)] == []


def test_long_function_is_found() -> None:
    body = "    pass\n" * MAX_FUNCTION

    assert long_parts(Module("m", f"async def f():\n{body}")) == ["m.f: 61 lines"]


def test_long_file_is_found() -> None:
    assert long_parts(Module("m", "pass\n" * (MAX_FILE + 1))) == ["m: 301 lines"]


# --- The locks ---------------------------------------------------------------------------------

RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"


def lock_faults(text: str) -> list[str]:
    """Find requirements without version and hash, and lines that name an index or an address."""
    requirements = re.sub(r"\\\n", " ", text).splitlines()
    pinned = re.compile(
        r"[\w.-]+(\[[\w,-]+\])?==[^\s;]+( ;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+ *"
    )
    return [
        line
        for line in requirements
        if line.strip()
        and (re.search(r"://|@|--index|--find-links", line) or not pinned.fullmatch(line))
    ]


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT, "requirements-audit.lock"])
def test_lock_pins_everything_by_hash_and_names_no_address(lock: str) -> None:
    assert lock_faults((ROOT / lock).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "django==5.2.19",
        f"django>=5.2.19 --hash=sha256:{'0' * 64}",
        "django==5.2.19 --hash=sha256:abc",
        f"django @ file:///packages/django.whl --hash=sha256:{'0' * 64}",
        "--index-url https://index.example.org/simple",
        "--find-links wheels",
        "# from https://index.example.org",
    ],
)
def test_fault_of_a_lock_is_found(line: str) -> None:
    assert lock_faults(line) == [line]


def pins(text: str) -> dict[str, str]:
    """Names and versions of a lock."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text, re.MULTILINE))


def requested(group: str) -> set[str]:
    """The packages that pyproject.toml names for `runtime` or `dev`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = {"runtime": project["project"]["dependencies"], **project["dependency-groups"]}
    return {re.match(r"[\w.-]+", requirement)[0] for requirement in groups[group]}


def runtime_faults(runtime: dict[str, str], development: dict[str, str]) -> list[str]:
    """Tools of development in the runtime lock, and pins that the development lock lacks."""
    return [
        f"{name}=={version}"
        for name, version in runtime.items()
        if name in requested("dev") | TOOLS or development.get(name) != version
    ]


#: What the tools of development bring along.
TOOLS = {
    "mypy",
    "mypy-extensions",
    "pluggy",
    "coverage",
    "greenlet",
    "iniconfig",
}


def test_runtime_lock_is_the_part_of_the_development_lock_that_runs_the_site() -> None:
    runtime, development = (
        pins((ROOT / lock).read_text("utf-8")) for lock in (RUNTIME, DEVELOPMENT)
    )

    assert runtime_faults(runtime, development) == []
    assert requested("runtime") - runtime.keys() == set()
    assert (requested("dev") | TOOLS) - development.keys() == set()


@pytest.mark.parametrize(
    "fault", ["pytest==9.1", "mypy==2.0", "playwright==1.60", "django==5.2.18"]
)
def test_fault_of_the_runtime_lock_is_found(fault: str) -> None:
    development = {"django": "5.2.19", "pytest": "9.1", "mypy": "2.0", "playwright": "1.60"}

    assert runtime_faults(pins(f"{fault} \\\n"), development) == [fault]


# --- Templates ---------------------------------------------------------------------------------


class InlineParts(HTMLParser):
    """Collects styles, scripts and handlers that a strict content security policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]
        self.found += [v for v in names.values() if v.strip().lower().startswith("javascript:")]


def inline_parts(template: str) -> list[str]:
    """Template tags are taken out first: they are not HTML."""
    parser = InlineParts()
    parser.feed(re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", template, flags=re.DOTALL))
    parser.close()
    return parser.found


def test_no_template_has_anything_inline() -> None:
    """Mails are no pages: they load no sheet, so the frame of all of them has one in its head."""
    templates = {*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")}
    pages = templates - {ROOT / "templates/messages/base.html"}
    found = {str(path): inline_parts(path.read_text("utf-8")) for path in pages}

    assert len(templates) > 30
    assert {path: parts for path, parts in found.items() if parts} == {}


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("<style>p { color: red }</style>", "style"),
        ("<script>alert(1)</script>", "script"),
        ('<p style="color: red">', "style"),
        ('<a {% if one %}href="{% url "x" %}"{% endif %} onclick="go()">', "onclick"),
        ('<a href=" JavaScript:go()">', " JavaScript:go()"),
    ],
)
def test_inline_part_of_a_template_is_found(template: str, part: str) -> None:
    assert inline_parts(template) == [part]


def test_script_of_its_own_file_is_not_inline() -> None:
    assert inline_parts("<script src=\"{% static 'js/clock.js' %}\" defer></script>") == []
