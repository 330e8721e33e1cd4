"""What a mail to ADMINS says about an error."""

from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter


class TracebackReporter(ExceptionReporter):
    """Where the code broke, without the request: its address and form may hold codes and secrets.

    The name of the page is in the mail's subject, which the log handler writes.
    """

    def __init__(self, _request: HttpRequest | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)
