"""Drop what is left of django-post_office: the reference to its rows, its tables and its rights."""

from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder

TABLES = (
    "post_office_attachment_emails",
    "post_office_attachment",
    "post_office_log",
    "post_office_email",
    "post_office_emailtemplate",
)


def drop_tables(apps, schema_editor):
    connection = schema_editor.connection
    there = set(connection.introspection.table_names())
    for table in TABLES:
        if table in there:
            schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(table)}")
    MigrationRecorder(connection).migration_qs.filter(app="post_office").delete()
    # Its permissions go with the content types; else the admin would go on offering them.
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="post_office").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0009_fill_outbox"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RemoveField(model_name="notification", name="email_id"),
        migrations.RunPython(drop_tables, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                    models.Q(
                        ("sent_at__isnull", True),
                        ("state__in", ["queued", "sending", "dead", "nobody"]),
                    ),
                    _connector="OR",
                ),
                name="notification_state_has_its_time",
            ),
        ),
    ]
