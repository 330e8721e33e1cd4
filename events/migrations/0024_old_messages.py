"""Thank nobody for events that were over before the site thanked at all.

Thanks are owed for a week after the end, so the first run after an update would say them late.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

LATEST_THANKS = timedelta(days=7)
BATCH = 500


def count_as_thanked(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the rows that say so, as for people without an address; those that are there stay."""
    notifications = apps.get_model("events", "Notification")
    rows = [notifications(**fields) for fields in _thanks(apps)]
    notifications.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _thanks(apps: Apps) -> Iterator[dict[str, Any]]:
    now = timezone.now()
    over = apps.get_model("events", "Registration").objects.filter(
        status="confirmed",
        workshop=None,
        event__ends_at__lte=now,
        event__ends_at__gt=now - LATEST_THANKS,
    )
    for pk, code, attendee in over.values_list("pk", "code", "attendee"):
        yield {
            "kind": "thanks",
            "subject": f"registration:{code}",
            "state": "nobody",
            "attendee_id": attendee,
            "registration_id": pk,
            "created_at": now,
        }


class Migration(migrations.Migration):
    dependencies = [("events", "0023_translations")]

    operations = [migrations.RunPython(count_as_thanked, migrations.RunPython.noop)]
