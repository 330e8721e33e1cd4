"""System checks of the payment settings: half of a provider's keys, or money that is stranded."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution
from django.db import connection

from events.models import Payment

from . import providers, refunds


@register("payments")
def check_keys(**_options: Any) -> list[CheckMessage]:
    """Warn if Stripe's keys are not both there: then the site cannot finish what Stripe began."""
    keys = [settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET]
    if any(keys) == all(keys):
        return []
    return [
        Caution(
            "Only one of Stripe's two keys is set, so Stripe is not asked and not heard.",
            hint="Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, or neither of them.",
            id="events.W001",
        )
    ]


@register(Tags.database)
def check_stranded(*, databases: Any = None, **_options: Any) -> list[CheckMessage]:
    """Warn about money under way at a provider whose keys are gone; `check --database default`."""
    if not databases or Payment._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001 - Django documents it
        return []  # `migrate` asks before it has made the tables
    names = refunds.stranded(provider.name for provider in providers.available())
    return [
        Caution(
            f"Money is under way at {name}, whose keys are not in the settings.",
            hint="Put the keys back until it is settled. If not, housekeeping leaves it to people.",
            id="events.W002",
        )
        for name in names
    ]
