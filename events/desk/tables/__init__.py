"""Lists of one event as rows of cells, for files: what stands in them, not how it is written.

Another list is another module with a `Table`, named here.
"""

from .attendees import ATTENDEES
from .payments import PAYMENTS
from .registrations import REGISTRATIONS
from .table import Cell, Column, Money, Table

TABLES = {table.kind: table for table in (REGISTRATIONS, ATTENDEES, PAYMENTS)}

__all__ = ["PAYMENTS", "TABLES", "Cell", "Column", "Money", "Table"]
