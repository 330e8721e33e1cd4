"""Let a message be about a second factor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0030_questions"),
    ]

    operations = [
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
                    ("hold-ends", "to be paid within a day"),
                    ("hold-lapsed", "not paid in time"),
                    ("paid", "receipt"),
                    ("given-up", "given up"),
                    ("cancelled", "cancelled by the organizers"),
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
                    ("second-factor", "second factor"),
                    ("registration-open", "registration is open"),
                    ("new-event", "new event of a host"),
                    ("reminder-day", "starts within a day"),
                    ("reminder-hour", "starts within an hour"),
                    ("session-open", "session is open"),
                    ("thanks", "thanks"),
                    ("announcement", "written by the organizers"),
                ],
                max_length=32,
                verbose_name="reason",
            ),
        ),
    ]
