"""The address of a session: people may type its id alone."""

from typing import Any

from events.formatting.fields import IdField
from events.models.session_address import whole_session_address


class SessionField(IdField):
    def to_python(self, value: Any) -> Any:
        return whole_session_address(super().to_python(value))
