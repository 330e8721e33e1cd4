"""Look at the platform as a browser and the site reach it: where it leads, and what its clock says.

No redirect is followed without a look at it, no secret is sent, and nothing is signed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from urllib3.exceptions import HTTPError

from neos_backend.checks import is_safe_address
from neos_backend.http import Answer, Deadline, send
from neos_backend.outside import CODE

from .finding import Asked, Finding, ok, problem, warning

AUTHORIZATION, TOKEN, PROFILE, CLOCK = "sign-in", "token address", "profile address", "clock"
SECONDS = 5.0  # for one answer
MOST_HOPS = 5
#: Further than that, what was just signed seems to be from tomorrow, or to have run out.
TOLERANCE = timedelta(seconds=30)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Answers to a request that lacks what it should have: the address is right.
ASKS_FOR_MORE = frozenset({400, 401, 403, 405, 411, 415})


class Unreachable(Exception):
    """Nobody answered there; the text says why, in our words."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where the sign-in led: all origins in their order, and the last answer, if there was one."""

    origins: tuple[str, ...]
    last: Answer
    clock: timedelta | None
    fault: Finding | None = None


def check_authorization(_asked: Asked) -> Iterator[Finding]:
    """Go where a browser goes with the button, up to the page that asks for a password."""
    if settings.NEOS_SANDBOX:
        yield ok(AUTHORIZATION, f"The sandbox plays {settings.PLATFORM.name}, so nobody is asked.")
        return
    try:
        way = follow(_authorization_address())
    except Unreachable as error:
        yield _away(AUTHORIZATION, settings.SOCIAL_AUTH_AUTHORIZATION_URL, error)
        return
    yield way.fault or _where_it_leads(way)
    yield from _foreign_origins(way)
    yield _clock(way.clock)


def check_token(_asked: Asked) -> Iterator[Finding]:
    if not settings.NEOS_SANDBOX:
        yield _reach(TOKEN, settings.SOCIAL_AUTH_ACCESS_TOKEN_URL, "TOKEN_URL")


def check_profile(_asked: Asked) -> Iterator[Finding]:
    """Ask as the site does: where Neos's plural is not found, the singular may be."""
    if settings.NEOS_SANDBOX:
        return
    address, name = settings.SOCIAL_AUTH_PROFILE_URL, "PROFILE_URL"
    found = _reach(PROFILE, address, name)
    is_plural = settings.PLATFORM.key == "neos" and address.endswith("/profiles")
    if found.is_problem and is_plural:
        other = _reach(PROFILE, address.removesuffix("s"), name)
        found = found if other.is_problem else other
    yield found


def _name() -> str:
    name: str = settings.PLATFORM.name
    return name


def _check_address(setting: str) -> str:
    return f"Check {settings.PLATFORM.prefix}{setting}; {_name()} knows which address is right."


def _check_client() -> str:
    client = f"{settings.PLATFORM.prefix}CLIENT_ID"
    return f"Compare {client} and the redirect address with what {_name()} has registered."


# --- One address -------------------------------------------------------------------------------


def ask(address: str) -> Answer:
    """Send one GET, and follow nothing. Raises `Unreachable`."""
    headers = {"Accept-Encoding": "identity", "User-Agent": "eventsite-doctor"}
    try:
        return send(requests.Request("GET", address, headers=headers).prepare(), Deadline(SECONDS))
    except requests.exceptions.SSLError as error:
        raise Unreachable("has a certificate that is not valid") from error
    except (requests.Timeout, TimeoutError) as error:
        raise Unreachable(f"does not answer within {SECONDS:.0f} seconds") from error
    except (requests.RequestException, HTTPError, ValueError, OSError) as error:
        raise Unreachable("cannot be reached") from error


def _reach(name: str, address: str, setting: str) -> Finding:
    try:
        status = ask(address).status_code
    except Unreachable as error:
        return _away(name, address, error)
    where, step = origin_of(address), _check_address(setting)
    if status in REDIRECTS:
        return problem(name, f"{where} leads somewhere else; the site follows nothing.", step)
    if status == HTTPStatus.NOT_FOUND:
        return problem(name, f"{where} answers that this address is not there.", step)
    if status in ASKS_FOR_MORE or status < HTTPStatus.MULTIPLE_CHOICES:
        return ok(name, f"{where} answers.")
    return warning(name, f"{where} answers with status {status}.", "Try again in some minutes.")


def _away(name: str, address: str, error: Unreachable) -> Finding:
    step = "Check the address in the settings, the name server, and the firewall of this machine."
    return problem(name, f"{origin_of(address)} {error}.", step)


def origin_of(address: str) -> str:
    """Return scheme and host only: the rest of an address may hold what nobody should read."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    host = (parts.hostname or "").encode("ascii", "replace").decode()
    return f"{parts.scheme}://{host}{port}"


# --- The way of a sign-in ----------------------------------------------------------------------


def _authorization_address() -> str:
    asked = {
        "client_id": settings.SOCIAL_AUTH_KEY,
        "redirect_uri": settings.SOCIAL_AUTH_REDIRECT_URI,
        "response_type": "code",
        "scope": " ".join(settings.SOCIAL_AUTH_SCOPE),
        "state": "doctor",
        # A challenge of nobody: no code is ever exchanged.
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    address = settings.SOCIAL_AUTH_AUTHORIZATION_URL
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def follow(address: str) -> Way:
    """Go on while a redirect leads to an address that is safe, and not back to this site."""
    origins = [origin_of(address)]
    answer = ask(address)
    clock = clock_difference(answer, timezone.now())
    for _hop in range(MOST_HOPS):
        if answer.status_code not in REDIRECTS or "Location" not in answer.headers:
            return Way(tuple(origins), answer, clock)
        address = _joined(address, answer.headers["Location"])
        if fault := _fault_of(address):
            return Way(tuple(origins), answer, clock, fault)
        origins.append(origin_of(address))
        answer = ask(address)
    text = f"The sign-in leads on and on: more than {MOST_HOPS} redirects."
    return Way(tuple(origins), answer, clock, problem(AUTHORIZATION, text, _check_client()))


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:
        return ""


def _fault_of(address: str) -> Finding | None:
    if address.startswith(settings.SOCIAL_AUTH_REDIRECT_URI):
        code = parse_qs(urlsplit(address).query).get("error", [""])[0]
        said = f" ({code})" if CODE.fullmatch(code) else ""
        return problem(
            AUTHORIZATION, f"{_name()} sends people back at once{said}.", _check_client()
        )
    if not is_safe_address(address):
        text = f"The sign-in leads to {origin_of(address)}, which is not safe."
        step = _check_address("AUTHORIZATION_URL")
        return problem(AUTHORIZATION, text, step)
    return None


def _where_it_leads(way: Way) -> Finding:
    status = way.last.status_code
    led = " → ".join(dict.fromkeys(way.origins))
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return ok(AUTHORIZATION, f"The sign-in leads to {led}.")
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        text = f"{led} refuses our client id or the redirect address (status {status})."
        return problem(AUTHORIZATION, text, _check_client())
    if status == HTTPStatus.NOT_FOUND:
        step = _check_address("AUTHORIZATION_URL")
        return problem(AUTHORIZATION, f"{led} answers that this address is not there.", step)
    step = "Try again in some minutes."
    return warning(AUTHORIZATION, f"{led} answers with status {status}.", step)


def _foreign_origins(way: Way) -> Iterator[Finding]:
    """Browsers stop, without a word, where a form leads to an origin that no setting names."""
    allowed = {settings.PLATFORM_ORIGIN, settings.SITE_URL, *settings.FORM_ACTION_ORIGINS}
    for origin in dict.fromkeys(way.origins):
        if origin not in allowed:
            text = f"The sign-in leads on to {origin}, where browsers stop without a word."
            step = f"Add {origin} to FORM_ACTION_ORIGINS, if it belongs to {_name()}."
            yield problem(AUTHORIZATION, text, step)


# --- The clock ---------------------------------------------------------------------------------


def clock_difference(answer: Answer, now: datetime) -> timedelta | None:
    """Return how far we are ahead of the server; None if it does not say what time it has."""
    try:
        told = parsedate_to_datetime(answer.headers.get("Date", ""))
        age = int(answer.headers.get("Age", "0").encode())
    except (ValueError, OverflowError):
        return None
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return now - told - timedelta(seconds=min(max(age, 0), 86_400))


def _clock(difference: timedelta | None) -> Finding:
    if difference is None:
        step = "Compare this machine's clock with another one, and let it be set by NTP."
        return warning(CLOCK, f"{_name()} does not say what time it has.", step)
    seconds = round(abs(difference).total_seconds())
    side = "ahead of" if difference > timedelta(0) else "behind"
    if abs(difference) > TOLERANCE:
        text = f"This machine's clock is {seconds} seconds {side} that of {_name()}."
        return warning(CLOCK, text, "Let it be set by NTP: timedatectl set-ntp true.")
    text = f"This machine's clock agrees with that of {_name()}, to {seconds} seconds."
    return ok(CLOCK, text)
