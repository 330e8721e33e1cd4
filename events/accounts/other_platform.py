"""Find accounts of another platform than this site serves: with them, it does not start.

So no other query has to compare platforms: all ids in the database are of one.
"""

from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from social_django.models import UserSocialAuth

from events.models import Attendee, Block, FormerNeosId
from events.models.platform import Platform, this_platform


class Refusal(NamedTuple):
    """Why this site cannot serve these accounts, without a capital and a stop; and what to do."""

    reason: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.reason}. {self.next_step}"


def refusal_of_accounts(connection: BaseDatabaseWrapper) -> Refusal | None:
    """Return None if all accounts are of the platform that this site serves."""
    other, ours = find_other_platform(connection), Platform(this_platform())
    if other is None:
        return None
    if not has_accounts(ours, connection):
        return Refusal(
            f"the database has accounts of {other.label}, but PLATFORM={ours}",
            f"Set PLATFORM={other}, or give the site another database.",
        )
    return Refusal(
        f"the database has accounts of {Platform.NEOS.label} and of {Platform.RESONITE.label}",
        "A site can serve one of them only, so another PLATFORM does not help: go back to a copy "
        "of the database from before, or give the site another database.",
    )


def find_other_platform(connection: BaseDatabaseWrapper) -> Platform | None:
    """Return a platform that this site does not serve, but has accounts of.

    Links of other providers, which somebody may have added, are none of our business.
    """
    others = (platform for platform in Platform if platform != this_platform())
    return next((other for other in others if has_accounts(other, connection)), None)


def has_accounts(platform: Platform, connection: BaseDatabaseWrapper) -> bool:
    return any(_exists(rows, connection) for rows in _rows_of(platform))


def _rows_of(platform: Platform) -> tuple[QuerySet[Any], ...]:
    """Return all that names somebody by an id: links, people, ids of before, and blocks."""
    return (
        UserSocialAuth.objects.filter(provider=platform),
        Attendee.objects.filter(platform=platform, neos_id__isnull=False),
        FormerNeosId.objects.filter(platform=platform),
        Block.objects.filter(platform=platform),
    )


def _exists(rows: QuerySet[Any], connection: BaseDatabaseWrapper) -> bool:
    """Ask on this connection, which no alias names: the start and the doctor have their own."""
    compiler = rows.query.exists().get_compiler(connection=connection)
    is_there: bool = compiler.has_results()
    return is_there
