"""The score that the MDN HTTP Observatory would give, by its published rules.

developer.mozilla.org/en-US/observatory/docs/tests_and_scoring: from 100 down for what is missing,
and up for what is better than usual once 90 are reached. Only rules that can matter here.
"""

import re
from collections.abc import Mapping

import requests

HALF_A_YEAR = 15_768_000
PRIVATE_REFERRERS = {
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
}


def score(response: requests.Response) -> int:
    """The score of one https answer; 100 and more is the grade A+."""
    headers = response.headers
    changes = (
        content_security_policy(headers),
        framing(headers),
        transport(headers),
        cookies(response),
        5 if headers.get("Referrer-Policy") in PRIVATE_REFERRERS else 0,
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        10 if headers.get("Cross-Origin-Resource-Policy") in {"same-origin", "same-site"} else 0,
        -50 if headers.get("Access-Control-Allow-Origin") == "*" else 0,
    )
    base = 100 + sum(change for change in changes if change < 0)
    bonus = sum(change for change in changes if change > 0)
    return base + bonus if base >= 90 else base


def content_security_policy(headers: Mapping[str, str]) -> int:
    policy = headers.get("Content-Security-Policy", "")
    if not policy:
        return -25
    if "unsafe" in policy:
        return -20
    return 10 if "default-src 'none'" in policy else 5


def framing(headers: Mapping[str, str]) -> int:
    if "frame-ancestors" in headers.get("Content-Security-Policy", ""):
        return 5
    return 0 if headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"} else -20


def transport(headers: Mapping[str, str]) -> int:
    found = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    if found is None:
        return -20
    return 0 if int(found[1]) >= HALF_A_YEAR else -10


def cookies(response: requests.Response) -> int:
    lines = response.raw.headers.getlist("Set-Cookie")
    if not all("Secure" in line for line in lines):
        return -40
    if not all("HttpOnly" in line for line in lines):
        return -30
    return 5 if lines and all("SameSite" in line for line in lines) else 0
