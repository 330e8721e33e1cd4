"""Look whether this installation can work: settings, database, platform, mail, periodic work.

Nothing is changed. A check yields findings in words of our own: what another program said of an
error is never shown, because it may hold a password.
"""

from collections.abc import Callable, Iterable, Iterator

from . import (
    configuration,
    deployed,
    drafts,
    examples,
    mail,
    pages,
    platform,
    provider,
    proxy,
    storage,
    work,
)
from .finding import Asked, Finding, problem

Check = Callable[[Asked], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    configuration.check_settings,
    configuration.check_secrets,
    configuration.check_redirect_address,
    storage.check_static_files,
    storage.check_cache,
    storage.check_database,
)
#: These are for `--deploy`: mistakes that only a real site can have.
ON_A_REAL_SITE: tuple[Check, ...] = (
    examples.check_examples,
    deployed.check_packages,
    deployed.check_role,
    proxy.check_proxy,
)
#: These need the tables.
ON_ROWS: tuple[Check, ...] = (
    platform.check_platform,
    work.check_late_work,
    work.check_dead_letters,
    work.check_readiness,
    pages.check_pages,
    drafts.check_drafts,
)
#: These ask other servers.
ON_THE_NETWORK: tuple[Check, ...] = (
    provider.check_authorization,
    provider.check_token,
    provider.check_profile,
    mail.check_mail,
)


def examine(asked: Asked) -> Iterator[Finding]:
    """Make all checks, one after the other; pass over what cannot be asked."""
    found = [finding for check in CHECKS for finding in _made(check, asked)]
    yield from found
    if not any(one.is_problem and one.name == storage.DATABASE for one in found):
        for check in ON_ROWS:
            yield from _made(check, asked)
    for check in ON_A_REAL_SITE if asked.is_deployed else ():
        yield from _made(check, asked)
    for check in ON_THE_NETWORK if not asked.is_offline else ():
        yield from _made(check, asked)


def _made(check: Check, asked: Asked) -> list[Finding]:
    """Tell of a check that breaks: the others go on."""
    try:
        return list(check(asked))
    except Exception as error:  # noqa: BLE001 - said as a problem, by its kind
        text = f"{check.__name__} broke off with {type(error).__name__}."
        return [problem("doctor", text, "This is a fault of the site: please report it.")]


__all__ = ["Asked", "Finding", "examine"]
