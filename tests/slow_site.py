"""The site with every answer late, so that a signal meets requests that run."""

import sys
import time
from collections.abc import Iterable
from typing import Any

from eventsite.wsgi import application as site

LATE = 0.4


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    sys.stderr.write("begins\n")
    sys.stderr.flush()
    time.sleep(LATE)
    return site(environ, start_response)
