import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_places_were_taken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=16, verbose_name="provider")),
                ("event_id", models.CharField(max_length=255, verbose_name="event")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("paid", "paid"),
                            ("failed", "not paid"),
                            ("refunded", "given back"),
                            ("refund_pending", "being given back"),
                            ("refund_failed", "not given back"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=255, verbose_name="reference"),
                ),
                ("intent", models.CharField(blank=True, max_length=255)),
                ("key", models.CharField(blank=True, max_length=80)),
                (
                    "amount",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="amount"),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "processed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="processed"),
                ),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="outcome")),
            ],
            options={
                "verbose_name": "payment notice",
                "verbose_name_plural": "payment notices",
                "ordering": ["-received_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=80, unique=True)),
                ("amount", models.PositiveBigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "under way"),
                            ("done", "given back"),
                            ("failed", "failed"),
                        ],
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=255, verbose_name="reference"),
                ),
                ("error", models.CharField(blank=True, max_length=80, verbose_name="error")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("try_at", models.DateTimeField(blank=True, null=True, verbose_name="next try")),
                ("created_at", models.DateTimeField(verbose_name="requested")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="event",
            name="refund_days",
            field=models.PositiveIntegerField(
                blank=True,
                default=0,
                help_text="Whoever cancels earlier than so many days before the start gets everything back, later nothing. 0: until the start. Empty: never. If you cancel, always everything.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(365)],
                verbose_name="money back until, days before",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="intent",
            field=models.CharField(blank=True, editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name="payment",
            name="key",
            field=models.CharField(blank=True, editable=False, max_length=80),
        ),
        migrations.AddField(
            model_name="payment",
            name="paid_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="received"),
        ),
        migrations.AddField(
            model_name="payment",
            name="problem",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cancelled", "the registration was cancelled"),
                    ("event_cancelled", "the event was cancelled"),
                    ("late", "it came after the place had gone on"),
                    ("twice", "the place was paid for already"),
                    ("amount", "it is not the amount that was agreed"),
                    ("refused", "the person may not have the place"),
                ],
                max_length=16,
                verbose_name="goes back because",
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="refund_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="money back until"),
        ),
        migrations.AlterField(
            model_name="payment",
            name="amount",
            field=models.PositiveBigIntegerField(verbose_name="amount"),
        ),
        migrations.AlterField(
            model_name="payment",
            name="reference",
            field=models.CharField(blank=True, max_length=255, verbose_name="reference"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status__in", ["open", "refund_due"])),
                fields=["status"],
                name="payment_unsettled",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("provider", "key"),
                name="payment_once_per_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("provider", "event_id"), name="notice_once"),
        ),
        migrations.AddField(
            model_name="refund",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="events.payment",
                verbose_name="payment",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="requested_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Nobody: by the event's policy.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="requested by",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["open", "done"])),
                fields=("payment",),
                name="payment_goes_back_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "done", "failed"])),
                name="refund_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status", "open")),
                    models.Q(("finished_at__isnull", False), ("status__in", ["done", "failed"])),
                    _connector="OR",
                ),
                name="refund_status_has_its_time",
            ),
        ),
    ]
