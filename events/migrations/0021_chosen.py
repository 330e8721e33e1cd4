"""Let people have chosen no time zone and no language, and take the old defaults for that.

Until now UTC meant "none", and English was the only language: nobody has chosen either.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from timezone_field import TimeZoneField


def forget_defaults(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("events", "Attendee").objects
    people.filter(time_zone="UTC").update(time_zone="")
    people.filter(language="en").update(language="")


def restore_defaults(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("events", "Attendee").objects
    people.filter(time_zone="").update(time_zone="UTC")
    people.filter(language="").update(language="en")


class Migration(migrations.Migration):
    dependencies = [("events", "0020_search_names")]

    operations = [
        migrations.AlterField(
            model_name="attendee",
            name="time_zone",
            field=TimeZoneField(blank=True, default="", use_pytz=False, verbose_name="time zone"),
        ),
        migrations.AlterField(
            model_name="attendee",
            name="language",
            field=models.CharField(blank=True, default="", max_length=16, verbose_name="language"),
        ),
        migrations.RunPython(forget_defaults, restore_defaults),
    ]
