"""Mail to ADMINS about errors: what it says, and how it leaves without holding up a page."""

import logging
import queue
import threading
from collections import deque
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.mail import mail_admins
from django.http import HttpRequest
from django.utils.log import AdminEmailHandler
from django.views.debug import ExceptionReporter

logger = logging.getLogger(__name__)


class TracebackReporter(ExceptionReporter):
    """Report the traceback without the request, whose address and form may hold codes and secrets.

    The log handler puts the path of the page into the mail's subject.
    """

    def __init__(self, _request: HttpRequest | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)


class QueuedMailHandler(AdminEmailHandler):
    """Mails errors from a thread of its own, a few in an hour.

    A page only puts a mail into the queue, so a mail server that hangs holds up no page. What does
    not fit into the queue or the hour is counted, and the next mail says how many were left out.
    """

    WAITING = 20  # mails in the queue
    PER_HOUR = 20
    AT_THE_END = 5.0  # seconds that a process waits for its last mails

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: queue.Queue[tuple[str, str]] = queue.Queue(self.WAITING)
        self._times: deque[float] = deque(maxlen=self.PER_HOUR)
        self._left_out = 0
        self._sender: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Make no report that nobody would get. The handler's lock is held here."""
        if settings.ADMINS:
            super().emit(record)

    def send_mail(self, subject: Any, message: Any, *_args: Any, **_kwargs: Any) -> None:
        if self._is_too_much():
            self._left_out += 1
            return
        if self._left_out:
            message = f"{message}\n\n{self._left_out} more errors were not mailed; see the log."
        try:
            self._queue.put_nowait((subject, message))
        except queue.Full:
            self._left_out += 1
            return
        self._left_out = 0
        self._times.append(monotonic())
        self._start_sender()

    def _is_too_much(self) -> bool:
        is_full = len(self._times) == self._times.maxlen
        return is_full and monotonic() - self._times[0] < 3600

    def _start_sender(self) -> None:
        """Start the thread on first need: a server forks its workers after loading the site."""
        if self._sender is None or not self._sender.is_alive():
            self._sender = threading.Thread(target=self._send_all, name="error-mail", daemon=True)
            self._sender.start()

    def _send_all(self) -> None:
        while True:
            subject, message = self._queue.get()
            try:
                mail_admins(subject, message)
            except Exception as error:  # noqa: BLE001 - a backend may raise anything
                logger.warning("A mail to ADMINS was not sent: %s", type(error).__name__)
            finally:
                self._queue.task_done()

    def flush(self) -> None:
        """Wait a little for the mails that are on their way. Logging calls it when Python ends."""
        with self._queue.all_tasks_done:
            self._queue.all_tasks_done.wait_for(
                lambda: not self._queue.unfinished_tasks, self.AT_THE_END
            )
