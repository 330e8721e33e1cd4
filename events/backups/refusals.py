"""Why a file is not restored, in sentences for the person at the command line."""

from django.conf import settings
from django.db import OperationalError

from .manifest import Manifest, Schema, knows_all, schema_of_code

OTHER_PLATFORM = (
    "The file is of a site with PLATFORM={theirs}, and this one has PLATFORM={ours}. Set PLATFORM "
    "as it was there. Nothing was changed."
)
NEWER = (
    "The file is from a newer version of the site ({what}). Install that version here, run "
    "`manage.py migrate`, and restore again. Nothing was changed."
)
OLDER = (
    "The file is from an older version of the site ({what}). Install that version, restore with it "
    "into an empty database, then upgrade and run `manage.py migrate` there. Nothing was changed."
)
NOT_EMPTY = "Somebody else has written into this database meanwhile. Nothing was changed."
IN_USE = (
    "Another process is using the database. Stop the site and housekeeping, and restore again. "
    "Nothing was changed."
)
FULL_OR_GONE = (
    "The database went away, or its disk is full. See that it runs and has room, and restore "
    "again. Nothing was changed."
)
NOT_TAKEN = (
    "This database does not take a row of {table} (one of {rows} after the first {done}). Correct "
    "it at the site that the file is from, and make another back-up. Nothing was changed."
)
NOT_TAKEN_BECAUSE = (
    "This database does not take {table}, id {id}, column {column}: {reason}. Correct it at the "
    "site that the file is from, and make another back-up. Nothing was changed."
)
POINTS_NOWHERE = (
    "Rows of the file point to others that are not in it. Make another back-up. Nothing was "
    "changed."
)
#: What the drivers call a lock that somebody else has.
LOCKED = {"SQLITE_BUSY", "SQLITE_LOCKED", "LockNotAvailable", "DeadlockDetected"}


class NotRestored(Exception):
    """The file does not fit, or the database does not take it; the text says what to do."""


def refuse_misfit(manifest: Manifest) -> None:
    """Raise `NotRestored` for a file of another platform or version."""
    ours = settings.PLATFORM.key
    if manifest.platform != ours:
        raise NotRestored(OTHER_PLATFORM.format(theirs=manifest.platform, ours=ours))
    here = schema_of_code()
    if manifest.schema == here:
        return
    text = OLDER if knows_all(manifest.schema) else NEWER
    raise NotRestored(text.format(what=_what_differs(manifest, here)))


def _what_differs(manifest: Manifest, here: Schema) -> str:
    """Return "0.2.0, with events 0043_site_pages": a release, and the tables that tell it apart."""
    theirs = sorted(manifest.schema.items() - here.items())
    tables = ", ".join(f"{app} {name}" for app, name in theirs) or "without a part of this one"
    return f"{manifest.version}, with {tables}" if manifest.version else tables


def no_connection(error: OperationalError) -> NotRestored:
    cause = error.__cause__
    name = getattr(cause, "sqlite_errorname", "") or type(cause).__name__
    return NotRestored(IN_USE if name in LOCKED else FULL_OR_GONE)
