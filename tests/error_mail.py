"""Mail to ADMINS leaves from a thread of its own; tests wait for it."""

import logging

from eventsite.reports import QueuedMailHandler


def handler() -> QueuedMailHandler:
    """Return the handler that the settings have made."""
    (found,) = [h for h in logging.getLogger("django").handlers if isinstance(h, QueuedMailHandler)]
    return found


def wait_for_error_mail() -> None:
    handler().flush()
