"""Support of a platform by money: the same facts from both platforms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from .members import members, parse_cents, parse_time

#: One payment counts for this long at Neos, as in the original `currentAccountType`; and so does
#: one word of Resonite that somebody supports it.
SUPPORT_COVERS = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Support:
    """Support at the time of the request, as the platform tells it.

    `supporter` is the platform's own word. `cents` is what the person pays now in a month and
    `total_cents` all that they have paid, in hundredths of the platform's currency: US dollars at
    Neos; Resonite does not say which. From `until` on the monthly cents do not count any more. It
    is None for somebody who never paid Neos, or whom Resonite calls no supporter.
    """

    supporter: bool
    cents: int
    total_cents: int
    until: datetime | None

    def as_json(self) -> dict[str, Any]:
        """Return it for `json.dumps`; the time is ISO 8601 in UTC."""
        return {
            "supporter": self.supporter,
            "cents": self.cents,
            "total_cents": self.total_cents,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what `as_json` has made. What cannot be read becomes nothing."""
        kept = members(data)
        return cls(
            supporter=kept.get("supporter") is True,
            cents=parse_cents(kept.get("cents")),
            total_cents=parse_cents(kept.get("total_cents")),
            until=parse_time(kept.get("until")),
        )
