"""Let the list of payments begin with the newest rows without sorting all of them."""

from django.db import migrations, models

from ._concurrent_index import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("events", "0044_newest_messages"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(fields=["-created_at", "-id"], name="payment_newest"),
        ),
    ]
