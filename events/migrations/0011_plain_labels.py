import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0010_outbox_without_post_office"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="attendee",
            name="neos_locked",
            field=models.BooleanField(default=False, verbose_name="locked by Neos"),
        ),
        migrations.AlterField(
            model_name="attendee",
            name="patreon_known",
            field=models.BooleanField(default=False, verbose_name="shares Patreon status"),
        ),
        migrations.AlterField(
            model_name="attendee",
            name="patreon_supporter",
            field=models.BooleanField(default=False, verbose_name="Patreon supporter"),
        ),
        migrations.AlterField(
            model_name="block",
            name="event",
            field=models.ForeignKey(
                blank=True,
                help_text="Leave empty to block the person from the whole site.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="blocks",
                to="events.event",
                verbose_name="event",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="closes_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Empty: when the event ends.",
                null=True,
                verbose_name="registration closes",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="description",
            field=models.TextField(
                blank=True,
                help_text="You can use Markdown.",
                max_length=20000,
                verbose_name="description",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="draw_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Leave empty for first come, first served. With a time, everybody who registers before it takes part in a draw, and nobody has a place before the draw.",
                null=True,
                verbose_name="lottery: draw at",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="listed",
            field=models.BooleanField(
                default=True, help_text="Shown in the public list of events.", verbose_name="listed"
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="patron_cents",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In US cents a month. 0: no pledge is needed.",
                verbose_name="needs a Patreon pledge of",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="payment_instructions",
            field=models.TextField(
                blank=True,
                help_text="Shown to people who must pay.",
                max_length=2000,
                verbose_name="how to pay",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="price",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In the smallest unit of the currency: 500 is 5.00 EUR, or 500 JPY. A price above zero always needs a verified Neos account.",
                verbose_name="price",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="refund_days",
            field=models.PositiveIntegerField(
                blank=True,
                default=0,
                help_text="People who cancel before this time get all their money back; later they get nothing. 0: until the start. Empty: no refunds. If you cancel, everybody gets all of it back.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(365)],
                verbose_name="refund until (days before the start)",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="session_opens_minutes",
            field=models.PositiveIntegerField(
                default=15,
                validators=[django.core.validators.MaxValueValidator(10080)],
                verbose_name="session opens (minutes before the start)",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="slug",
            field=models.SlugField(max_length=80, unique=True, verbose_name="web address"),
        ),
        migrations.AlterField(
            model_name="fillingpass",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("moved", "moved up"),
                    ("nobody_eligible", "nobody who waits may have the place"),
                    ("closed", "registration is closed"),
                    ("cancelled", "the event is cancelled"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="patronperk",
            name="early_hours",
            field=models.PositiveIntegerField(
                default=0,
                validators=[django.core.validators.MaxValueValidator(8760)],
                verbose_name="registers earlier (hours)",
            ),
        ),
        migrations.AlterField(
            model_name="patronperk",
            name="min_cents",
            field=models.PositiveIntegerField(verbose_name="pledge of at least (US cents a month)"),
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
                ],
                max_length=16,
                verbose_name="reason for refund",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="requested_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: the site itself, by the rules of the event.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="requested by",
            ),
        ),
        migrations.AlterField(
            model_name="registration",
            name="draw_rank",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="number in the draw"
            ),
        ),
        migrations.AlterField(
            model_name="registration",
            name="filling_pass",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="registrations",
                to="events.fillingpass",
                verbose_name="moved up",
            ),
        ),
        migrations.AlterField(
            model_name="registration",
            name="hold_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="place held until"),
        ),
        migrations.AlterField(
            model_name="registration",
            name="promoted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="promoted"),
        ),
        migrations.AlterField(
            model_name="registration",
            name="refund_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="refund until"),
        ),
        migrations.AlterField(
            model_name="workshop",
            name="price",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In the smallest unit of the currency: 500 is 5.00 EUR, or 500 JPY. A price above zero always needs a verified Neos account.",
                verbose_name="price",
            ),
        ),
        migrations.AlterField(
            model_name="workshop",
            name="slug",
            field=models.SlugField(max_length=80, verbose_name="web address"),
        ),
    ]
