"""Settings of gunicorn for a real site; WEB_CONCURRENCY says how many workers it has."""

import os
from typing import Any

from gunicorn.glogging import Logger

# Where no socket of systemd is handed over, as in deploy/eventsite.socket.
bind = "127.0.0.1:8000"
worker_class = "gthread"
# Threads wait for the database and for other servers. DATABASE_POOL_SIZE is their number or more.
threads = 8
# A start that fails ends with status 3, before a worker is there.
preload_app = True
control_socket_disable = True
# How long requests that run may go on after SIGTERM or SIGHUP; the proxy waits 60 s.
graceful_timeout = 30


class LoggerOfForm(Logger):
    """Writes gunicorn's own lines as the site's, as JSON with LOG_FORMAT=json.

    A `logconfig_dict` would switch on the log of requests, with the addresses of visitors.
    """

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if os.environ.get("LOG_FORMAT", "").strip() == "json":
            from eventsite.log_lines import JsonFormatter

            for handler in self.error_log.handlers:
                handler.setFormatter(JsonFormatter())


logger_class = LoggerOfForm


def on_starting(server: Any) -> None:
    """Refuse several workers without a cache in common, wherever their number comes from."""
    from eventsite.wsgi import require_common_cache

    require_common_cache(server.cfg.workers)
