"""Find accounts of another platform than this site serves: with them, it does not start.

So no other query has to compare platforms: all ids in the database are of one.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from social_django.models import UserSocialAuth

from events.models import Attendee, Block, FormerNeosId
from events.models.platform import Platform, this_platform


def find_other_platform(connection: BaseDatabaseWrapper) -> Platform | None:
    """Return a platform that this site does not serve, but has accounts of.

    Links of other providers, which somebody may have added, are none of our business.
    """
    for platform in Platform:
        rows = _rows_of(platform) if platform != this_platform() else ()
        if any(_exists(one, connection) for one in rows):
            return platform
    return None


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
