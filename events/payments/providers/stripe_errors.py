"""Tell Stripe's errors apart: do they say what became of the request, and is its key of use?"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from django.conf import settings

from events import happened
from neos_backend.outside import Bound, TooManyWait

from .base import KeySpent, ProviderAway, ProviderBusy, ProviderRefused

#: Errors of a request that was never begun: nothing is stored under its key.
NOT_LET_IN = (stripe.AuthenticationError, stripe.PermissionError)
#: Errors without an answer that counts, and codes of a key that another request has.
UNANSWERED = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)
KEY_IN_USE = frozenset({"lock_timeout", "idempotency_key_in_use"})
#: Everything that waits for Stripe in this process.
CALLS = Bound()


@contextmanager
def errors() -> Iterator[None]:
    """Turn Stripe's errors into ours. Of one process, only a few threads wait at the same time.

    Stripe stores the answer to a key once it has begun to act, a 500 as well, and repeats it from
    then on: `KeySpent`. Without an answer, with too many requests, or while another request has the
    key, the same key is right: `ProviderAway`.
    """
    began = time.perf_counter()
    try:
        with CALLS.enter(settings.OUTSIDE_CALLS):
            yield
    except TooManyWait as error:
        _count("busy", began)
        raise ProviderBusy("busy") from error
    except stripe.StripeError as error:
        ours = _ours(error)
        _count("refused" if isinstance(ours, ProviderRefused) else "failed", began)
        raise ours from error
    _count("ok", began)


def _count(outcome: str, began: float) -> None:
    happened.count(happened.PROVIDER, f"stripe {outcome}", time.perf_counter() - began)


def _ours(error: stripe.StripeError) -> ProviderAway | ProviderRefused:
    code, status = _code(error), error.http_status or 0
    if isinstance(error, NOT_LET_IN):
        return ProviderAway(code)
    is_stored = isinstance(error, stripe.APIError) and status >= 500
    if is_stored or isinstance(error, stripe.IdempotencyError):
        return KeySpent(code)
    if isinstance(error, UNANSWERED) or status == 409 or code in KEY_IN_USE:
        return ProviderAway(code)
    return ProviderRefused(code)


def _code(error: stripe.StripeError) -> str:
    """Return Stripe's code. The library does not pass it on for every kind of error."""
    return error.code or getattr(error.error, "code", None) or type(error).__name__
