import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0007_money_adds_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="PasswordResetRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.EmailField(max_length=254, verbose_name="address")),
                ("created_at", models.DateTimeField(verbose_name="asked")),
            ],
            options={
                "verbose_name": "request for a new password",
                "verbose_name_plural": "requests for new passwords",
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="facts",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="notification",
            name="last_error",
            field=models.TextField(blank=True, verbose_name="last error"),
        ),
        migrations.AddField(
            model_name="notification",
            name="next_try_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next try"),
        ),
        migrations.AddField(
            model_name="notification",
            name="registration",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="notifications",
                to="events.registration",
                verbose_name="registration",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "waiting"),
                    ("sending", "being sent"),
                    ("sent", "sent"),
                    ("dead", "not delivered"),
                    ("nobody", "nobody to write to"),
                ],
                default="queued",
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="tries",
            field=models.PositiveIntegerField(default=0, verbose_name="tries"),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("registered", "registered"),
                    ("waitlisted", "on the waitlist, or in a draw"),
                    ("passed-over", "skipped for a free place"),
                    ("place-given", "moved up, or drawn"),
                    ("payment-due", "payment due"),
                    ("hold-lapsed", "not paid in time"),
                    ("cancelled", "cancelled"),
                    ("event-cancelled", "event cancelled"),
                    ("event-restored", "event takes place after all"),
                    ("time-changed", "moved to another time"),
                    ("time-clash", "two workshops at the same time"),
                    ("draw-moved", "another time for the draw"),
                    ("money-goes-back", "money cannot be kept"),
                    ("refunded", "refunded"),
                    ("confirm-address", "confirm the address"),
                    ("password-reset", "new password"),
                ],
                max_length=32,
                verbose_name="reason",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["state", "next_try_at"], name="notification_due"),
        ),
    ]
