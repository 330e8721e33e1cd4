"""Fill in what the ledger did not say yet about payments and places that are there already."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    payments = apps.get_model("events", "Payment").objects
    payments.filter(status__in=["refund_due", "refunded"]).update(problem="cancelled")
    received = payments.filter(status__in=["paid", "refund_due", "refunded"])
    received.update(paid_at=F("created_at"))
    # Nothing was promised to people who have a place; until the start is what new events promise.
    registrations = apps.get_model("events", "Registration").objects.filter(amount__gt=0)
    for registration in registrations.select_related("event", "workshop").iterator():
        registration.refund_until = (registration.workshop or registration.event).starts_at
        registration.save(update_fields=["refund_until"])


class Migration(migrations.Migration):
    dependencies = [("events", "0005_money")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
