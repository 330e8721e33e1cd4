"""Keep the versions of the pages that staff write, and who agreed to which.

The new columns of pages have defaults in the database, so that code from before them can go on
writing rows.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0041_figures_and_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=16, verbose_name="language")),
                ("agreed_at", models.DateTimeField(verbose_name="agreed")),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "ordering": ["agreed_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PageVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=80, verbose_name="title"
                    ),
                ),
                ("text", models.TextField(max_length=50000, verbose_name="text")),
                (
                    "translations",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        editable=False,
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "asks_again",
                    models.BooleanField(default=False, verbose_name="asks people again"),
                ),
                ("published_at", models.DateTimeField(verbose_name="published")),
                ("digest", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "version of a page",
                "verbose_name_plural": "versions of pages",
                "ordering": ["page", "number"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="sitepage",
            name="site_page_is_known",
        ),
        migrations.AddField(
            model_name="sitepage",
            name="is_agreed_to",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Before they sign up for an event, once.",
                verbose_name="people agree to it",
            ),
        ),
        migrations.AddField(
            model_name="sitepage",
            name="is_shown",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Without this nobody finds the page. Its versions are kept.",
                verbose_name="on the site",
            ),
        ),
        migrations.AddField(
            model_name="sitepage",
            name="title",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="title"
            ),
        ),
        migrations.AddField(
            model_name="sitepage",
            name="translations",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                editable=False,
            ),
        ),
        migrations.AlterField(
            model_name="sitepage",
            name="name",
            field=models.SlugField(unique=True, verbose_name="address"),
        ),
        migrations.AlterField(
            model_name="sitepage",
            name="text",
            field=models.TextField(max_length=50000, verbose_name="text"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="attendee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="agreements",
                to="events.attendee",
                verbose_name="attendee",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="registration",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="agreements",
                to="events.registration",
                verbose_name="registration",
            ),
        ),
        migrations.AddField(
            model_name="pageversion",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="events.sitepage",
                verbose_name="page",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="events.pageversion",
                verbose_name="version",
            ),
        ),
        migrations.AddConstraint(
            model_name="pageversion",
            constraint=models.UniqueConstraint(
                fields=("page", "number"), name="one_page_version_of_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="pageversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), models.Q(("digest", ""), _negated=True)),
                name="page_version_has_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                fields=("attendee", "version"), name="one_agreement_per_page_version"
            ),
        ),
    ]
