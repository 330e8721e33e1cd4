"""Fill in when places were taken, as well as older rows tell, and give every event a secret."""

import secrets

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    registrations = apps.get_model("events", "Registration").objects
    taken = registrations.filter(status__in=["awaiting_payment", "confirmed", "expired"])
    taken.update(taken_at=Coalesce("confirmed_at", "waitlisted_at", "created_at"))
    cancelled = registrations.filter(status="cancelled", confirmed_at__isnull=False)
    cancelled.update(taken_at=F("confirmed_at"))
    # A new column gives all rows the same default.
    for event in apps.get_model("events", "Event").objects.only("pk").iterator():
        event.draw_seed = secrets.token_hex(32)
        event.save(update_fields=["draw_seed"])


class Migration(migrations.Migration):
    dependencies = [("events", "0002_places_and_mail")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
