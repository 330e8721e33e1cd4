"""The text of a mail to ADMINS about an error."""

from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter


class TracebackReporter(ExceptionReporter):
    """Report the traceback without the request, whose address and form may hold codes and secrets.

    The log handler puts the path of the page into the mail's subject.
    """

    def __init__(self, _request: HttpRequest | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)
