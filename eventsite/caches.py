"""Django's cache in the database, with counters that many processes may share."""

import base64
import pickle
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router, transaction
from django.utils import timezone


class CountingDatabaseCache(DatabaseCache):
    """Django's reads a number and writes it back, and forgets when it was to end."""

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add under a lock on the row, and keep its end. Raises `ValueError` without a counter."""
        name = self.make_and_validate_key(key, version=version)
        database = router.db_for_write(self.cache_model_class)
        with transaction.atomic(using=database):
            number = self._locked_number(name, database)
            if number is None:
                raise ValueError(f"Key {key!r} not found")
            self._write(name, number + delta, database)
            return number + delta

    def _locked_number(self, name: str, database: str) -> int | None:
        """Lock the row where the database locks rows. SQLite has locked all of itself by now."""
        connection = connections[database]
        now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        lock = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
        where = f"WHERE cache_key = %s AND expires >= %s {lock}"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT value FROM {self._quoted(database)} {where}", [name, now])  # noqa: S608 - a name from the settings
            row = cursor.fetchone()
        return int(pickle.loads(base64.b64decode(row[0]))) if row else None  # noqa: S301 - ours

    def _write(self, name: str, number: int, database: str) -> None:
        value = base64.b64encode(pickle.dumps(number, self.pickle_protocol)).decode("ascii")
        with connections[database].cursor() as cursor:
            cursor.execute(
                f"UPDATE {self._quoted(database)} SET value = %s WHERE cache_key = %s",  # noqa: S608
                [value, name],
            )

    def _quoted(self, database: str) -> str:
        table = self.cache_model_class._meta.db_table  # noqa: SLF001 - made up by Django's class
        return connections[database].ops.quote_name(table)
