"""Work through many rows of which some may fail, without keeping the others waiting."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from events.messages.rounds import go_on_or_raise
from neos_backend.outside import clean_code

from .providers.base import KeySpent, ProviderAway

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
Answer = TypeVar("Answer")
#: After so many in a row without any answer the provider is down, and the rest would only wait.
MOST_SILENT = 3


class Round:
    """One pass over rows. `away` counts those about which the provider could not be asked."""

    def __init__(self) -> None:
        self.away = 0
        self._silent = 0

    def each(
        self, items: Iterable[Item], act: Callable[[Item], Answer]
    ) -> Iterator[tuple[Item, Answer]]:
        """Yield what `act` answers for each. Log those that fail, and go on with the next."""
        for item in items:
            if self._silent >= MOST_SILENT:
                self.away += 1
                continue
            try:
                answer = act(item)
            except ProviderAway as error:
                self.away += 1
                self._silent = 0 if isinstance(error, KeySpent) else self._silent + 1
                _note_away(item, error)
            except Exception:  # noqa: BLE001 - logged, and the next one has its turn
                go_on_or_raise(item)
            else:
                self._silent = 0
                yield item, answer


def _note_away(item: object, error: ProviderAway) -> None:
    """Log one warning with the provider's code: a key that is not valid any more shows here."""
    name, code = type(item).__name__, clean_code(error.code)
    text = "%s %s: the provider gave no answer that counts, provider_code=%s"
    logger.warning(text, name, getattr(item, "pk", ""), code)
