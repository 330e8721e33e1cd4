from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0003_fill_taken_at")]

    operations = [
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["awaiting_payment", "confirmed"]), _negated=True),
                    ("taken_at__isnull", False),
                    _connector="OR",
                ),
                name="registration_place_was_taken",
            ),
        ),
    ]
