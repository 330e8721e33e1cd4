"""Tell a secret, or an address, from what stands in an example."""

import re

#: Words of examples; no random secret of letters and digits has one of them.
PLACEHOLDER = re.compile(
    r"change.?me|replace|placeholder|example|insecure|development|random.char|secret|password|"
    r"at.least|your.?(?:key|client|id)|lorem|\.\.\.|…|(.)\1{7}",
    re.IGNORECASE,
)
#: Names that belong to nobody, for examples (RFC 2606).
EXAMPLE_HOST = re.compile(r"(?:^|[@/.:\s<])example\.(?:com|net|org)\b", re.IGNORECASE)
SHORTEST_KEY, FEWEST_SIGNS = 50, 5
SHORTEST_CLIENT_SECRET = 8
#: How somebody makes a key; it does for a token, too.
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'


def is_weak_key(key: str) -> bool:
    """Return whether `SECRET_KEY` can be guessed: short, of few signs, or of an example."""
    is_short = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS
    return is_short or is_placeholder(key)


def is_weak_client_secret(secret: str) -> bool:
    """Return whether no provider can have given this out."""
    return len(secret) < SHORTEST_CLIENT_SECRET or is_placeholder(secret)


def is_placeholder(secret: str) -> bool:
    """Return whether it has a word of an example; a short one may be real."""
    return PLACEHOLDER.search(secret) is not None


def is_of_example(value: str) -> bool:
    """Return whether an address, or a list of them, leads to a host of examples."""
    return EXAMPLE_HOST.search(value) is not None
