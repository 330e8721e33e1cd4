"""Add the contact of events, their days for money by hand, and the policy of each place."""

from contextlib import suppress

import django.core.validators
from django.db import migrations, models

from events.formatting import mail_address

BATCH = 500


def fill(apps, schema_editor):
    """Store the days before the start that a refund deadline was reckoned by."""
    registrations = apps.get_model("events", "Registration").objects
    promised = registrations.filter(
        refund_until__isnull=False, status__in=["awaiting_payment", "confirmed"]
    )
    batch = []
    for registration in promised.select_related("event", "workshop").iterator(BATCH):
        starts_at = (registration.workshop or registration.event).starts_at
        # A deadline after the start is one whose event was moved to an earlier day.
        registration.refund_days = max((starts_at - registration.refund_until).days, 0)
        batch.append(registration)
        if len(batch) == BATCH:
            registrations.bulk_update(batch, ["refund_days"])
            batch = []
    registrations.bulk_update(batch, ["refund_days"])


def encode_hosts(apps, schema_editor):
    """Store `ann@xn--mnchen-3ya.de`, as forms do now: typed addresses are compared with it."""
    users = apps.get_model("auth", "User").objects
    for user in users.exclude(email="").only("email").iterator(BATCH):
        if not user.email.isascii():
            with suppress(ValueError):
                users.filter(pk=user.pk).update(email=mail_address.read(user.email))


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0013_former_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="contact",
            field=models.CharField(
                blank=True,
                help_text="Where people can ask about this event, shown to everybody: an e-mail address or an https link, with a name before it if you like. Empty: the contact of this site.",
                max_length=200,
                verbose_name="contact",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="payment_days",
            field=models.PositiveIntegerField(
                default=7,
                help_text="For how many days a place is kept for somebody who has to pay, if payments are noted by hand. Never past the start. A payment provider keeps it for 30 minutes, or for 24 hours for people who move up from the waitlist.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(60),
                ],
                verbose_name="time to pay (days)",
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="refund_days",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="event",
            name="refund_days",
            field=models.PositiveIntegerField(
                blank=True,
                default=0,
                help_text="People who cancel before this time get all their money back; later they get nothing. 0: until the start. Empty: no refunds. If you cancel, everybody gets all of it back. If you move it, everybody has at least three days to get it back, but not past the new start.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(365)],
                verbose_name="refund until (days before the start)",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(encode_hosts, migrations.RunPython.noop),
    ]
