"""Let events and workshops have their texts in further languages.

The columns have defaults in the database, so that code from before them can go on writing rows.
"""

from django.db import migrations, models

import events.models.event


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0022_mail_topics"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="descriptions",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                editable=False,
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="translations",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                editable=False,
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="written_in",
            field=models.CharField(
                choices=events.models.event.languages_of_site,
                db_default="en",
                default="en",
                max_length=16,
                verbose_name="language of these texts",
            ),
        ),
        migrations.AddField(
            model_name="workshop",
            name="translations",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                editable=False,
            ),
        ),
    ]
