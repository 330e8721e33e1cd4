"""Let lists of the admin begin with the newest rows without sorting all of them."""

from django.conf import settings
from django.db import migrations, models

NEWEST_FIRST = ["-created_at", "-id"]


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0043_fill_page_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(name, models.Index(fields=NEWEST_FIRST, name=f"{name}_newest"))
        for name in ("notification", "payment", "registration")
    ]
