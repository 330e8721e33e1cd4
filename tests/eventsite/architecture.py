"""Read from their syntax trees what Python files import and write."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from .processes import ROOT

PACKAGES = ("eventsite", "events", "neos_backend")

#: The rooms of `events` from the bottom up; what shares a line does not import each other. A room
#: is a module or a package; inside of a package, imports are its own affair.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("artwork", "formatting", "models", "permissions"),
    ("happened",),
    ("access", "search"),
    ("calendars",),
    ("messages",),
    ("follows", "pictures", "places", "site_pages"),
    ("payments",),
    ("series",),
    ("http",),
    ("accounts",),
    ("doors",),
    ("audit", "desk", "housekeeping", "previews"),
    ("health",),
    ("doctor",),
    ("admin", "backups", "demo", "templatetags", "views"),
    ("apps", "management", "urls"),
)
RANKS = {f"events.{name}": rank for rank, names in enumerate(LAYERS) for name in names}

#: Methods of managers, relations, querysets and rows that change the database.
WRITES = frozenset(
    {
        *("add", "remove", "clear", "set", "save", "asave", "delete", "adelete"),
        *("create", "acreate", "update", "aupdate", "get_or_create", "update_or_create"),
        *("bulk_create", "bulk_update"),
    }
)
#: Names by which code holds registrations: the class, a relation, a variable.
REGISTRATIONS = frozenset({"Registration", "registration", "registrations"})

MAX_FUNCTION = 60
MAX_FILE = 300
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A module by its dotted name, with what is in it."""

    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)


def modules(*, migrations: bool = False) -> list[Module]:
    """All of ours; what Django wrote, the migrations, only when asked for."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [read(path) for path in paths if migrations or "migrations" not in path.parts]


@cache
def read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, path.read_text("utf-8"), is_package)


# --- Imports -----------------------------------------------------------------------------------


def imports(module: Module) -> Iterator[str]:
    """Dotted names of everything imported anywhere in the module, for the type checker too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def _origin(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    levels = node.level - module.is_package
    base = package[: len(package) - levels]
    return ".".join([*base, node.module] if node.module else base)


def forbidden_imports(module: Module) -> list[str]:
    """Imports against the order: of a package further up, upwards in `events`, or sideways."""
    return [
        f"{module.name} imports {name}" for name in imports(module) if not may_import(module, name)
    ]


def may_import(module: Module, name: str) -> bool:
    package, other = module.name.split(".")[0], name.split(".")[0]
    if other not in PACKAGES:
        return True
    if package != other:
        return PACKAGES.index(package) < PACKAGES.index(other)
    here, there = layer(module.name), layer(name)
    return package != "events" or here == there or rank(there) < rank(here)


def layer(name: str) -> str:
    """Return what stands in `LAYERS` for the module: `events.views.browse` is in `events.views`."""
    return ".".join(name.split(".")[:2])


def rank(name: str) -> int:
    """Return the layer's number from the bottom. A name without a place is above all."""
    return RANKS.get(name, len(LAYERS))


# --- Who writes registrations ------------------------------------------------------------------


def registration_writes(module: Module) -> list[str]:
    """Code that makes or changes registrations, wherever it seems to."""
    functions = [node for node in ast.walk(module.tree) if isinstance(node, Function)]
    return sorted(
        {
            f"{module.name}:{call.lineno} {ast.unparse(call.func)}"
            for scope in [module.tree, *functions]
            for holders in [_holders(scope)]
            for call in _calls(scope)
            if _writes_registration(call, holders)
        }
    )


def _calls(scope: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(scope) if isinstance(node, ast.Call)]


def _writes_registration(call: ast.Call, holders: frozenset[str]) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
        return _is_registration(call.func.value, holders)
    made = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    return made == "Registration" or (made == "execute" and "events_registration" in _text(call))


def _text(call: ast.Call) -> str:
    return " ".join(ast.unparse(argument) for argument in call.args)


def _holders(scope: ast.AST) -> frozenset[str]:
    """Names that hold registrations in this scope: `q` after `q = Registration.objects.all()`."""
    holders = REGISTRATIONS
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and _is_registration(node.value, holders):
            holders |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.For | ast.comprehension) and _is_registration(node.iter, holders):
            holders |= {node.target.id} if isinstance(node.target, ast.Name) else set()
    return holders


def _is_registration(node: ast.expr, holders: frozenset[str]) -> bool:
    """Return whether a chain like `a.registrations.filter(…)` is about registrations at its end."""
    if isinstance(node, ast.Name):
        return node.id in holders
    if isinstance(node, ast.Subscript):
        return _is_registration(node.value, holders)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _is_registration(node.func.value, holders)
    if isinstance(node, ast.Attribute):
        return node.attr in REGISTRATIONS or (
            node.attr == "objects" and _is_registration(node.value, holders)
        )
    return False


# --- Sizes -------------------------------------------------------------------------------------


def long_parts(module: Module) -> list[str]:
    """Functions and files that want to be split."""
    lines = module.source.count("\n")
    found = [f"{module.name}: {lines} lines"] if lines > MAX_FILE else []
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            found += [f"{module.name}.{node.name}: {length} lines"] * (length > MAX_FUNCTION)
    return found
