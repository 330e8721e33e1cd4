"""The platforms that the sandbox plays; a project may have several, each under an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2
from neos_backend.configuration import Backend, backend_setting
from neos_backend.sandbox import neos_cast, resonite_cast
from neos_backend.sandbox.person import Person

# Cannot be declined: without it the profile address has nothing to answer.
REQUIRED_SCOPE = "profile"
EMAIL = _("Your e-mail address")


@dataclass(frozen=True, kw_only=True, eq=False)
class Sandbox:
    """One platform that is played, for the one client that the settings of its backend describe.

    `scopes` has each scope with what it shows, `profile_paths` where the profile is. `people` are
    one for each kind of account, `crowd` further ordinary ones.
    """

    backend: Backend
    scopes: Mapping[str, str]
    profile_paths: tuple[str, ...]
    people: tuple[Person, ...]
    crowd: tuple[Person, ...]

    @property
    def key(self) -> str:
        return self.backend.name

    @property
    def title(self) -> str:
        return self.backend.title or self.key

    @property
    def cast(self) -> tuple[Person, ...]:
        return self.people + self.crowd

    def find_person(self, key: str) -> Person | None:
        return next((person for person in self.cast if person.key == key), None)

    def setting(self, name: str) -> Any:
        return backend_setting(self.backend, name)


NEOS = Sandbox(
    backend=NeosOAuth2,
    scopes={
        REQUIRED_SCOPE: _("Your user name, id, picture and badges, and whether you are verified"),
        "email": EMAIL,
        "patreon": _("Your support through Patreon"),
    },
    # The wiki names the first; every known client used the second.
    profile_paths=("api/user/profiles", "api/user/profile"),
    people=neos_cast.PEOPLE,
    crowd=neos_cast.CROWD,
)
RESONITE = Sandbox(
    backend=ResoniteOAuth2,
    scopes={
        REQUIRED_SCOPE: _(
            "Your user name, id, picture and badges, whether you are verified, and your support"
        ),
        "email": EMAIL,
    },
    profile_paths=("api/user/profile",),
    people=resonite_cast.PEOPLE,
    crowd=resonite_cast.CROWD,
)


def sandbox_of(backend: Backend) -> Sandbox:
    """Return the sandbox for a backend of this package, or for a class made from one."""
    return RESONITE if issubclass(backend, ResoniteOAuth2) else NEOS
