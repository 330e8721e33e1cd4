"""Let the list of registrations begin with the newest rows without sorting all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0045_newest_payments"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["-created_at", "-id"], name="registration_newest"),
        ),
    ]
