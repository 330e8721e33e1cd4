"""Addresses that lead into a world: of a session that runs, or of a world that people open."""

import re
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: A record is named by its id, or by its path among those of its owner.
_SESSION, _RECORD = r"/{0,3}S-[^\s/]+", r"/{0,3}[UG]-[^\s/]+/[^\s/]\S*"
#: What comes after the scheme, for each scheme that leads into a world. No other one is taken:
#: `javascript:` would run in the visitor's page.
SHAPES = {
    "neos-session": _SESSION,
    "ressession": _SESSION,
    "neosrec": _RECORD,
    "resrec": _RECORD,
    "neos": r"\S+",
    "resonite": r"\S+",
    "http": r"//[^\s/?#]\S*",
    "https": r"//[^\s/?#]\S*",
}
NO_ADDRESS = _(
    "Write the address of a session or of a world, like neos-session:///S-…, "
    "neosrec:///U-…/R-… or https://go.resonite.com/session/S-…"
)
BARE_ID = re.compile(r"S-[A-Za-z0-9_:-]+")
#: The owner and the id of a world, also in an address of the web; or a record, by id or path.
WORLD = re.compile(r"\b[UG]-[^\s/]+/R-|\b(?:neosrec|resrec):", re.IGNORECASE)


def validate_session_url(address: str) -> None:
    """Refuse what may run in the visitor's page. Addresses that were stored before the shapes were
    asked for stay: their events can be edited.
    """
    scheme, _colon, _rest = address.partition(":")
    if scheme.lower() not in SHAPES:
        raise ValidationError(NO_ADDRESS)


def validate_shape(address: str) -> None:
    """Refuse what leads nowhere: for addresses that are typed now."""
    scheme, _colon, rest = address.partition(":")
    shape = SHAPES.get(scheme.lower())
    if shape is None or not re.fullmatch(shape, rest):
        raise ValidationError(NO_ADDRESS)


def whole_session_address(typed: str) -> str:
    """Return the address of a session of which only the id was typed; others as they are."""
    scheme = settings.PLATFORM.session_scheme
    return f"{scheme}:///{typed}" if BARE_ID.fullmatch(typed) else typed


def is_world(address: str) -> bool:
    """Return whether it leads to a world that people open, and not to a session that runs."""
    return WORLD.search(unquote(address)) is not None
