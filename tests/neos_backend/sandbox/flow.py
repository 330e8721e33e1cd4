"""The steps of a sign-in at the sandbox, of Neos unless told otherwise, with every parameter open.

A change to None leaves the parameter out.
"""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from neos_backend.sandbox import provider
from neos_backend.sandbox.person import Person
from neos_backend.sandbox.platforms import NEOS, Sandbox

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

CLIENT_ID = "test-client"
CLIENT_SECRET = "test-secret"
REDIRECT_URI = "http://testserver/auth/complete/neos/"
STATE = "a state & more"
ALL_SCOPES = ("profile", "email", "patreon")

# The example pair of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PKCE: dict[str, Any] = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def without_none(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def authorize_query(**changes: Any) -> str:
    parameters = {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": " ".join(ALL_SCOPES),
        "state": STATE,
    }
    return urlencode(without_none(parameters | changes), doseq=True)


def authorize_url(**changes: Any) -> str:
    return f"/sandbox/neos/connect/authorize?{authorize_query(**changes)}"


def decide(client: Client, url: str, person: str = "verified", **fields: Any) -> "Response":
    """Submit the consent form as a browser does: with every box ticked unless told otherwise."""
    form = {"person": person, "scope": ["email", "patreon"], "decision": "allow"}
    return client.post(url, form | fields)


def token_form(code: str, /, **changes: Any) -> dict[str, Any]:
    parameters = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code": code,
        "redirect_uri": REDIRECT_URI,
    }
    return without_none(parameters | changes)


def answer_in(location: str) -> dict[str, str]:
    """The parameters that the client finds in the address it was called back with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def new_code(
    person: Person | None = None,
    ticked: tuple[str, ...] = ALL_SCOPES,
    sandbox: Sandbox = NEOS,
    **changes: Any,
) -> str:
    """A code for which the person, the first unless told, has just allowed what is ticked."""
    asked = provider.read_authorization_request(sandbox, authorize_query(**changes))
    location = provider.allow(asked, person=person or sandbox.cast[0], ticked=ticked)
    return answer_in(location)["code"]


def trade(code: str, /, sandbox: Sandbox = NEOS, **changes: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the token endpoint."""
    body = urlencode(token_form(code, **changes), doseq=True)
    _, answer, status = provider.exchange(sandbox, body)
    return status, json.loads(answer)


def new_token(**changes: Any) -> str:
    token: str = trade(new_code(**changes))[1]["access_token"]
    return token


def refusal(status: int, answer: dict[str, Any]) -> tuple[int, str]:
    """Status and error of a token answer that has nothing else but a sentence."""
    assert answer.keys() <= {"error", "error_description"}
    return status, answer["error"]
