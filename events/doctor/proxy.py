"""Ask the site for a page as a visitor does: by its name, through the proxy and its certificate."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from events.formatting import times

from .finding import Asked, Finding, ok, problem, warning

PROXY, CERTIFICATE = "proxy", "certificate"
PAGE = "/accounts/login/"
SECONDS = 10.0
TRANSPORT = "Strict-Transport-Security"
#: certbot renews thirty days before the end, so nobody does it if fewer than these are left.
FEWEST_DAYS = 21


def check_proxy(_asked: Asked) -> Iterator[Finding]:
    """Fetch a page that needs no database, and look whether the proxy passes on what it has to."""
    if not settings.IS_HTTPS:
        step = "Let a proxy end TLS, and set SITE_URL to the https address."
        yield problem(PROXY, "The site has no https: passwords can be read on the way.", step)
        return
    yield from _ask()
    if settings.TRUSTED_PROXY_HOPS == 0:
        step = "Set TRUSTED_PROXY_HOPS=1, and let the proxy set X-Forwarded-For."
        yield problem(PROXY, "All visitors count as one when somebody tries too often.", step)


def _ask() -> Iterator[Finding]:
    """Trust the certificates that the machine trusts."""
    site = urlsplit(settings.SITE_URL)
    context = ssl.create_default_context()
    server = HTTPSConnection(str(site.hostname), site.port, timeout=SECONDS, context=context)
    try:
        server.connect()
        yield from _look_at(server.sock)
        server.request("GET", PAGE)
        answer = server.getresponse()
        yield _judge(answer.status, answer.headers.get(TRANSPORT, ""))
    except ssl.SSLError:
        step = "Look at the certificate: its name, its end, and the chain in the proxy's file."
        yield problem(PROXY, f"{settings.SITE_URL} has a certificate that is not valid.", step)
    except (OSError, HTTPException):
        step = "Look whether both run: systemctl status nginx eventsite."
        yield problem(PROXY, f"{settings.SITE_URL} cannot be reached.", step)
    finally:
        server.close()


def _look_at(connected: ssl.SSLSocket) -> Iterator[Finding]:
    """Warn of a certificate that ends soon. One that has ended was refused before."""
    shown = connected.getpeercert() or {}
    ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
    if ends_at - timezone.now() < timedelta(days=FEWEST_DAYS):
        step = "See why it is not renewed: systemctl status certbot.timer; certbot renew --dry-run."
        day = times.day(ends_at, ZoneInfo("UTC"))
        yield warning(CERTIFICATE, f"It ends on {day}, and was not renewed.", step)


def _judge(status: int, transport: str) -> Finding:
    if status in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND):
        step = "Let the proxy set X-Forwarded-Proto, and gunicorn believe it: FORWARDED_ALLOW_IPS."
        return problem(PROXY, "The site leads to itself for ever: it does not hear of https.", step)
    if status != HTTPStatus.OK:
        step = "Look into the logs: journalctl -u eventsite -u nginx."
        return problem(PROXY, f"{settings.SITE_URL} answers with status {status}.", step)
    if not transport:
        step = "Let the proxy pass the site's headers on; deploy/nginx.conf does."
        return problem(PROXY, "Its answers say nothing of https for the next visit.", step)
    return ok(PROXY, f"{settings.SITE_URL} answers, with a certificate that counts.")
