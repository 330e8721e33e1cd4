"""Let the list of messages begin with the newest rows without sorting all of them, and find the
message that has waited longest.
"""

from django.db import migrations, models

from ._concurrent_index import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("events", "0043_fill_page_versions"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["created_at"],
                name="notification_waits_since",
            ),
        ),
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(fields=["-created_at", "-id"], name="notification_newest"),
        ),
    ]
