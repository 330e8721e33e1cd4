"""The site as in `without_debug`, at the time that the file named by `CLOCK` says."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import time_machine

from tests import without_debug

__all__ = ["application"]

CLOCK = Path(os.environ["CLOCK"])
_traveller = time_machine.travel(CLOCK.read_text()).start()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Set the clock anew for each request; it goes on from there."""
    _traveller.move_to(CLOCK.read_text())
    return without_debug.application(environ, start_response)
