"""Publish each page as it is as its first version: until now, what was saved was shown."""

import hashlib
import json
from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    page_version = apps.get_model("events", "PageVersion")
    for page in apps.get_model("events", "SitePage").objects.filter(versions=None):
        words = {"title": page.title, "text": page.text, "translations": page.translations}
        digest = hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
        page_version.objects.create(
            page=page, number=1, published_at=page.changed_at, digest=digest, **words
        )


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0042_page_versions"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
