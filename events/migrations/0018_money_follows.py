import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Disputes, refunds made at the provider, and payments that were noted by mistake."""

    dependencies = [
        ("events", "0017_filling_memory"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=255, verbose_name="reference")),
                ("amount", models.PositiveBigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "the bank asks about it"),
                            ("open", "the bank has taken the money for now"),
                            ("won", "closed, the money stays here"),
                            ("lost", "lost, the money is gone"),
                        ],
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("told_at", models.DateTimeField(verbose_name="told")),
                ("created_at", models.DateTimeField(verbose_name="recorded")),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_reference_once_per_provider",
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_status_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="payment_goes_back_once",
        ),
        migrations.AddField(
            model_name="notice",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="happened"),
        ),
        migrations.AddField(
            model_name="payment",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="decision",
            field=models.CharField(blank=True, max_length=300, verbose_name="decision"),
        ),
        migrations.AddField(
            model_name="payment",
            name="error",
            field=models.CharField(blank=True, max_length=80, verbose_name="error"),
        ),
        migrations.AddField(
            model_name="refund",
            name="by_provider",
            field=models.BooleanField(default=False, verbose_name="made at the provider"),
        ),
        migrations.AddField(
            model_name="refund",
            name="spent_keys",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("paid", "paid"),
                    ("failed", "not paid"),
                    ("refunded", "given back"),
                    ("refund_pending", "being given back"),
                    ("refund_failed", "not given back"),
                    ("refund_total", "given back so far"),
                    ("pending", "on its way"),
                    ("dispute_asked", "a bank asks about it"),
                    ("disputed", "taken back by a bank for now"),
                    ("dispute_won", "dispute closed, the money stays"),
                    ("dispute_lost", "dispute lost, the money is gone"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
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
                    ("payment-mistaken", "payment noted by mistake"),
                    ("confirm-address", "confirm the address"),
                    ("address-change", "another e-mail address"),
                    ("password-reset", "new password"),
                ],
                max_length=32,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="problem",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cancelled", "the registration was cancelled"),
                    ("event_cancelled", "the event was cancelled"),
                    ("late", "it came too late for the place"),
                    ("twice", "the place was paid for already"),
                    ("amount", "it is not the amount that was agreed"),
                    ("refused", "the person may not have the place"),
                    ("returned", "it was given back at the payment provider"),
                    ("disputed", "the payer's bank took it back"),
                ],
                max_length=16,
                verbose_name="reason for refund",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="status",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("paid", "paid"),
                    ("failed", "failed"),
                    ("refund_due", "refund due"),
                    ("refunded", "refunded"),
                    ("mistaken", "noted by mistake"),
                ],
                max_length=16,
                verbose_name="status",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("intent", ""), _negated=True),
                fields=["intent"],
                name="payment_by_intent",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("reference", ""), _negated=True),
                    models.Q(("provider", "manual"), _negated=True),
                ),
                fields=("provider", "reference"),
                name="payment_reference_once_per_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["open", "paid", "failed", "refund_due", "refunded", "mistaken"])
                ),
                name="payment_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "mistaken"), _negated=True),
                    ("decided_by__isnull", False),
                    _connector="OR",
                ),
                name="payment_taken_back_names_who_did_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("by_provider", False), ("status__in", ["open", "done"])),
                fields=("payment",),
                name="payment_goes_back_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("by_provider", True), models.Q(("reference", ""), _negated=True)
                ),
                fields=("payment", "reference"),
                name="refund_at_the_provider_once",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="events.payment",
                verbose_name="payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                fields=("payment", "reference"), name="dispute_once_per_payment"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["asked", "open", "won", "lost"])),
                name="dispute_status_is_known",
            ),
        ),
    ]
