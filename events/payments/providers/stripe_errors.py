"""Tell Stripe's errors apart: do they say what became of the request, and is its key of use?"""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from django.conf import settings

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
    try:
        with CALLS.enter(settings.OUTSIDE_CALLS):
            yield
    except TooManyWait as error:
        raise ProviderBusy("busy") from error
    except stripe.StripeError as error:
        raise _ours(error) from error


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
