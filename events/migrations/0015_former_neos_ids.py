"""Remember the Neos ids that accounts had, so that unlinking does not lift a block."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0014_contact_and_hold")]

    operations = [
        migrations.CreateModel(
            name="FormerNeosId",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "neos_id",
                    models.CharField(db_index=True, max_length=128, verbose_name="Neos id"),
                ),
                (
                    "attendee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_neos_ids",
                        to="events.attendee",
                    ),
                ),
            ],
            options={
                "verbose_name": "former Neos id",
                "verbose_name_plural": "former Neos ids",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attendee", "neos_id"), name="one_former_neos_id_per_attendee"
                    )
                ],
            },
        ),
    ]
