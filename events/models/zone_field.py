"""A field for time zones that can be read with any name in it."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from django.db.models import Field

    Base = Field[Any, Any]
else:
    from timezone_field import TimeZoneField as Base


class ZoneField(Base):
    """Names leave the database of zones now and then, and one row must not stop a whole page.

    Such a name reads as no zone, or as UTC where there has to be one.
    """

    if TYPE_CHECKING:

        def __init__(self, *args: Any, use_pytz: bool, **kwargs: Any) -> None: ...

    def from_db_value(self, value: str, *args: Any) -> ZoneInfo | None:
        try:
            zone: ZoneInfo | None = super().from_db_value(value, *args)  # type: ignore[misc]
        except ValidationError:
            return None if self.blank else ZoneInfo("UTC")
        return zone

    def deconstruct(self) -> Any:
        """Look like its base to migrations: the column is the same."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "timezone_field.fields.TimeZoneField", args, kwargs
