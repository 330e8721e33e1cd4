from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0024_old_messages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="patron_cents",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In US dollars a month, like 5.00. Empty or 0: no pledge is needed.",
                verbose_name="needs a Patreon pledge of",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="price",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In the currency of the event, like 15.00. Empty or 0: free. A price above zero always needs a verified Neos account.",
                verbose_name="price",
            ),
        ),
        migrations.AlterField(
            model_name="patronperk",
            name="min_cents",
            field=models.PositiveIntegerField(
                verbose_name="pledge of at least (US dollars a month)"
            ),
        ),
        migrations.AlterField(
            model_name="workshop",
            name="price",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In the currency of the event, like 15.00. Empty or 0: free. A price above zero always needs a verified Neos account.",
                verbose_name="price",
            ),
        ),
    ]
