"""Tell a secret from what stands in an example."""

import re

#: Words of examples; no random secret of letters and digits has one of them.
PLACEHOLDER = re.compile(
    r"change.?me|replace|placeholder|example|insecure|development|random.char|secret|password|"
    r"your.?(?:key|client|id)|lorem|(.)\1{7}",
    re.IGNORECASE,
)
SHORTEST_KEY, FEWEST_SIGNS = 50, 5
SHORTEST_CLIENT_SECRET = 8
#: How somebody makes a key.
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'


def is_weak_key(key: str) -> bool:
    """Return whether `SECRET_KEY` can be guessed: short, of few signs, or of an example."""
    is_short = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS
    return is_short or PLACEHOLDER.search(key) is not None


def is_weak_client_secret(secret: str) -> bool:
    """Return whether no provider can have given this out."""
    return len(secret) < SHORTEST_CLIENT_SECRET or PLACEHOLDER.search(secret) is not None
