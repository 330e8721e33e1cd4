"""What browsers may load on our pages: files of this site only."""

from collections.abc import Iterable
from typing import Any

from csp.constants import NONE, SELF


def content_security_policy(form_actions: Iterable[str]) -> dict[str, Any]:
    """Return the setting of django-csp. Forms lead to this site, and to these origins."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "base-uri": [NONE],
            "connect-src": [SELF],
            "font-src": [SELF],
            "form-action": [SELF, *form_actions],
            "frame-ancestors": [NONE],
            "img-src": [SELF],
            "object-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
        }
    }
