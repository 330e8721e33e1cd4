"""Back-ups: one file with all rows of the site, which either database writes and reads.

`snapshot` reads one moment, `archive` is the file, `restore` puts it into a database.
"""

from .archive import Archive, Damaged
from .manifest import Manifest
from .refusals import NotRestored, refuse_misfit
from .restore import Mail, restore
from .snapshot import Snapshot, open_snapshot
from .target import count_rows

__all__ = [
    "Archive",
    "Damaged",
    "Mail",
    "Manifest",
    "NotRestored",
    "Snapshot",
    "count_rows",
    "open_snapshot",
    "refuse_misfit",
    "restore",
]
