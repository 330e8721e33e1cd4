"""Let the list of registrations begin with the newest rows without sorting all of them."""

from django.db import migrations, models

from ._concurrent_index import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("events", "0045_newest_payments"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="registration",
            index=models.Index(fields=["-created_at", "-id"], name="registration_newest"),
        ),
    ]
