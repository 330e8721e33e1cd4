"""Tell Stripe's errors apart: do they say what became of the request, and is its key of use?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from .base import KeySpent, ProviderAway, ProviderRefused

logger = logging.getLogger(__name__)
#: Errors of a request that was never begun: nothing is stored under its key.
NOT_LET_IN = (stripe.AuthenticationError, stripe.PermissionError)


@contextmanager
def errors() -> Iterator[None]:
    """Turn Stripe's errors into ours.

    Stripe stores the answer to a key once it has begun to act, a 500 as well, and repeats it from
    then on: `KeySpent`. Without an answer, with too many requests, or while another request has the
    key, the same key is right: `ProviderAway`.
    """
    try:
        yield
    except NOT_LET_IN as error:
        logger.error("Stripe does not let us in: %s %s", error.http_status, error.code)
        raise ProviderAway from error
    except stripe.IdempotencyError as error:
        raise KeySpent from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ProviderAway from error
    except stripe.APIError as error:
        is_stored = error.http_status is not None and error.http_status >= 500
        raise (KeySpent if is_stored else ProviderAway) from error
    except stripe.StripeError as error:
        if error.http_status == 409 or error.code in {"lock_timeout", "idempotency_key_in_use"}:
            raise ProviderAway from error
        raise ProviderRefused(error.code or type(error).__name__) from error
