import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import events.models.event


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FillingPass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "free",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="free places"),
                ),
                ("waiting", models.PositiveIntegerField(verbose_name="waiting")),
                ("moved", models.PositiveIntegerField(default=0, verbose_name="moved up")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("moved", "moved up"),
                            ("nobody_eligible", "nobody who waits may have it"),
                            ("closed", "registration is closed"),
                            ("cancelled", "the event is cancelled"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "people_passed_over",
                    models.PositiveIntegerField(default=0, verbose_name="people passed over"),
                ),
                (
                    "passed_over",
                    models.JSONField(blank=True, default=dict, verbose_name="passed over"),
                ),
            ],
            options={
                "verbose_name": "entry of the waitlist log",
                "verbose_name_plural": "waitlist log",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="notification",
            options={"verbose_name": "message", "verbose_name_plural": "messages"},
        ),
        migrations.RemoveIndex(
            model_name="registration",
            name="registration_by_place",
        ),
        migrations.RemoveIndex(
            model_name="registration",
            name="registration_waitlist",
        ),
        migrations.RemoveField(
            model_name="notification",
            name="body",
        ),
        migrations.RemoveField(
            model_name="notification",
            name="title",
        ),
        migrations.AddField(
            model_name="attendee",
            name="erased_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="erased"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="capacity_lowered_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="event",
            name="draw_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Empty: first come, first served. Else everybody who registers until then takes part in a draw, and nobody has a place before it.",
                null=True,
                verbose_name="lottery: draw at",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="draw_seed",
            field=models.CharField(
                default=events.models.event.new_draw_seed, editable=False, max_length=64
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="drawn_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="drawn"),
        ),
        # Referred to a row of django-post_office, which is no longer a dependency. `fill_outbox`
        # copies such rows where there are any, and `outbox_without_post_office` drops the column.
        migrations.AddField(
            model_name="notification",
            name="email_id",
            field=models.IntegerField(blank=True, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="registration",
            name="draw_rank",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="drawn as number"
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="overtook",
            field=models.PositiveIntegerField(
                default=0, editable=False, verbose_name="passed over"
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="promoted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="promoted out of turn"),
        ),
        migrations.AddField(
            model_name="registration",
            name="promoted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="promoted by",
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="place taken"),
        ),
        migrations.AddField(
            model_name="registration",
            name="turn",
            field=models.IntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="workshop",
            name="capacity_lowered_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="workshop",
            name="moved_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="moved"),
        ),
        migrations.AlterField(
            model_name="notification",
            name="subject",
            field=models.CharField(max_length=255, verbose_name="subject"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("draw_at__gt", models.F("opens_at"))),
                name="event_draw_after_opening",
                violation_error_message="The draw must come after registration opens.",
            ),
        ),
        migrations.AddField(
            model_name="fillingpass",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="filling_passes",
                to="events.event",
                verbose_name="event",
            ),
        ),
        migrations.AddField(
            model_name="fillingpass",
            name="workshop",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="filling_passes",
                to="events.workshop",
                verbose_name="workshop",
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="filling_pass",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="registrations",
                to="events.fillingpass",
                verbose_name="moved up in",
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                fields=["event", "workshop", "status", "hold_until"], name="registration_by_place"
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("status", "waitlisted")),
                fields=["event", "workshop", "turn", "id"],
                name="registration_waitlist",
            ),
        ),
        migrations.AddIndex(
            model_name="fillingpass",
            index=models.Index(fields=["event", "workshop", "-at"], name="filling_pass_by_place"),
        ),
    ]
