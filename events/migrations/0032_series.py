"""Add events that repeat, and let several events have the same door key."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0031_second_factor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="web address")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("weekly", "weekly"),
                            ("monthly-by-weekday", "monthly, on a day of the week"),
                        ],
                        max_length=24,
                        verbose_name="repeats",
                    ),
                ),
                (
                    "interval",
                    models.PositiveIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(52),
                        ],
                        verbose_name="every so many",
                    ),
                ),
                ("week", models.SmallIntegerField(blank=True, null=True)),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("clock", models.TimeField(verbose_name="time of day")),
                ("shift_days", models.SmallIntegerField(default=0)),
                (
                    "count",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="number of events"
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "days_ahead",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="made ahead (days)"
                    ),
                ),
                ("next_index", models.PositiveIntegerField(default=1)),
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped")),
                ("created_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="event",
            name="series_index",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="doorkey",
            name="digest",
            field=models.CharField(editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="doorkey",
            constraint=models.UniqueConstraint(
                fields=("event", "digest"), name="door_key_once_at_an_event"
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="template",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="events.event",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="series",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="events",
                to="events.series",
                verbose_name="series",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                fields=("series", "series_index"), name="event_is_one_occurrence"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("frequency__in", ["weekly", "monthly-by-weekday"])),
                name="series_frequency_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("interval__gte", 1)), name="series_steps_forward"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("count", None), ("until", None), _connector="OR"),
                name="series_ends_in_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("frequency", "weekly"), ("week", None)),
                    models.Q(("frequency", "monthly-by-weekday"), ("week__in", [1, 2, 3, 4, -1])),
                    _connector="OR",
                ),
                name="series_of_months_has_a_week",
            ),
        ),
    ]
