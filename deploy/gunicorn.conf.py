"""Settings of gunicorn for a real site; WEB_CONCURRENCY says how many workers it has."""

from typing import Any

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


def on_starting(server: Any) -> None:
    """Refuse several workers without a cache in common, wherever their number comes from."""
    from eventsite.wsgi import require_common_cache

    require_common_cache(server.cfg.workers)
