"""Work through many rows of which one may fail, without keeping the others waiting."""

import logging

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


def go_on_or_raise(item: object) -> None:
    """Log the exception that is being handled. Raise it if the database is gone for everybody."""
    name = type(item).__name__
    logger.exception("%s %s failed, the others go on", name, getattr(item, "pk", ""))
    if not _is_database_there():
        raise


def _is_database_there() -> bool:
    try:
        return connection.is_usable()
    except DatabaseError:
        return False
