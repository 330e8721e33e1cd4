from django.db import migrations, models


class Migration(migrations.Migration):
    """The provider's own id of what it told us, which is no event of ours."""

    dependencies = [("events", "0011_plain_labels")]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_once"),
        migrations.RenameField(model_name="notice", old_name="event_id", new_name="external_id"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("provider", "external_id"), name="notice_once"
            ),
        ),
    ]
