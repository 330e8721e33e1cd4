"""Put a back-up into the database, in one transaction: all of it, or nothing.

Foreign keys are checked once all rows are there, because some tables point to each other. A process
that is killed leaves the database as it was.
"""

import enum

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from events.accounts.other_platform import find_other_platform

from . import target
from .archive import Archive, Damaged
from .fill import Ids, Report, fill
from .hold import hold_mail
from .refusals import NOT_EMPTY, POINTS_NOWHERE, NotRestored, no_connection, refuse_misfit
from .tables import tables


class Mail(enum.StrEnum):
    """Treatment of messages that wait in the file, or are due by now.

    After a disaster they may have been sent already, so they are held as dead letters, which staff
    can send again. When a site moves, nobody else has sent them.
    """

    HOLD = "hold"
    SEND = "send"


def restore(
    archive: Archive, *, may_empty: bool, mail: Mail, report: Report = lambda _rows: None
) -> int:
    """Return how many messages are held. `report` is called with each number of rows that are in.

    Raise `NotRestored` or `Damaged`; then the database is as it was.
    """
    refuse_misfit(archive.manifest)
    try:
        with transaction.atomic(durable=True):
            _make_room(may_empty=may_empty)
            _fill_all(archive, report)
            held = hold_mail(timezone.now()) if mail is Mail.HOLD else 0
    except OperationalError as error:
        raise no_connection(error) from error
    ContentType.objects.clear_cache()
    return held


def _make_room(*, may_empty: bool) -> None:
    target.lock()
    if not may_empty and target.count_rows():
        raise NotRestored(NOT_EMPTY)
    target.empty()


def _fill_all(archive: Archive, report: Report) -> None:
    known, ids = {table.name: table for table in tables()}, Ids()
    if {part.table for part in archive.manifest.parts} != known.keys():
        raise Damaged
    for part in archive.manifest.parts:
        fill(known[part.table], archive, part, ids, report)
        target.go_on_from(part, known[part.table])
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise NotRestored(POINTS_NOWHERE) from error
    if find_other_platform(connection):
        raise Damaged
