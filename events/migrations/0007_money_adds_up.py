from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0006_fill_money")]

    operations = [
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "paid")),
                fields=("registration",),
                name="registration_is_paid_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["refund_due", "refunded"]), _negated=True),
                    models.Q(("problem", ""), _negated=True),
                    _connector="OR",
                ),
                name="payment_that_goes_back_has_a_reason",
            ),
        ),
    ]
