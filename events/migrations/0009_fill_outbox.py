"""Copy what waits in the queue of django-post_office, where the site used it, into the outbox.

The finished words are not copied. Facts that no row holds any more, like a former starting time,
stay out, and the message leaves out the sentence that needs them.
"""

import uuid

from django.db import migrations, models
from django.db.models import Q

BATCH = 500
SENT, FAILED, QUEUED, REQUEUED = range(4)  # states of django-post_office
FIELDS = ["registration", "facts", "state", "tries", "next_try_at", "sent_at", "last_error"]


def fill(apps, schema_editor):
    notifications = apps.get_model("events", "Notification").objects
    notifications.filter(sent_at__isnull=False).update(state="sent")
    notifications.filter(sent_at=None).update(state="nobody")
    tables = schema_editor.connection.introspection.table_names()
    has_emails = "post_office_email" in tables
    to_fill = Q(subject__startswith="registration:") | Q(email_id__isnull=False)
    last = 0
    while rows := list(notifications.filter(to_fill, pk__gt=last).order_by("pk")[:BATCH]):
        refer(apps, rows)
        if has_emails:
            copy_emails(apps, rows)
        notifications.bulk_update(rows, FIELDS)
        last = rows[-1].pk


def refer(apps, rows):
    """Find the registrations by the codes that the subjects name."""
    codes = {row.pk: row.subject.split(":")[1] for row in rows if is_about_registration(row)}
    codes = {pk: code for pk, code in codes.items() if is_uuid(code)}
    registrations = apps.get_model("events", "Registration").objects
    found = registrations.filter(code__in=set(codes.values())).values_list("code", "pk")
    pks = {str(code): pk for code, pk in found}
    for row in rows:
        row.registration_id = pks.get(codes.get(row.pk))


def copy_emails(apps, rows):
    emails = apps.get_model("events", "OldEmail").objects.in_bulk([row.email_id for row in rows])
    logs = apps.get_model("events", "OldLog").objects.filter(email_id__in=emails).order_by("pk")
    errors = {log.email_id: f"{log.exception_type}: {log.message}" for log in logs}
    for row in rows:
        if (email := emails.get(row.email_id)) and row.sent_at is None:
            row.state, row.next_try_at = state_of(email)
            row.tries = email.number_of_retries or 0
            row.last_error = errors.get(email.pk, "")
            row.sent_at = email.last_updated if row.state == "sent" else None
            row.facts = facts_of(apps, row, email)


def state_of(email):
    """A failed one that has a time was being handed over until then."""
    if email.status == SENT:
        return "sent", None
    if email.status == FAILED:
        return ("sending" if email.scheduled_time else "dead"), email.scheduled_time
    return "queued", email.scheduled_time


def facts_of(apps, row, email):
    """Read from subjects and other rows. The old title tells which of two wordings it was."""
    suffix = row.subject.partition(":")[2].partition(":")[2]
    if row.kind == "confirm-address":
        return {"address": email.to}
    if row.kind == "waitlisted" and email.subject.startswith("You take part in the draw:"):
        return {"draw": True}
    if row.kind == "place-given" and email.subject.startswith("You were drawn,"):
        return {"drawn": True}
    if row.kind == "passed-over":
        return {"refusals": [{"code": code, "held": None} for code in suffix.split("+")]}
    if row.kind == "time-clash":
        return {"other": suffix.rpartition(":")[0]}
    if row.kind in ("money-goes-back", "refunded") and suffix.isdecimal():
        return facts_of_payment(apps, row.kind, int(suffix))
    return {}


def facts_of_payment(apps, kind, pk):
    payment = apps.get_model("events", "Payment").objects.filter(pk=pk).first()
    if payment is None:
        return {}
    if kind == "refunded":
        return {"amount": payment.amount, "currency": payment.currency}
    return {"problem": payment.problem}


def is_about_registration(row):
    return row.subject.startswith("registration:")


def is_uuid(text):
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def refuse_to_lose_mail(apps, schema_editor):
    """The old tables are gone, so what waits to be sent could not go back into them."""
    waiting = apps.get_model("events", "Notification").objects
    if waiting.filter(state__in=["queued", "sending", "dead"]).exists():
        raise RuntimeError(
            "Messages wait to be sent or are dead letters, and would be lost. Run "
            "`manage.py housekeeping`, deal with the dead letters, then go back."
        )


class Migration(migrations.Migration):
    dependencies = [("events", "0008_outbox")]

    operations = [
        migrations.CreateModel(
            name="OldEmail",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("to", models.TextField()),
                ("subject", models.CharField(max_length=989)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("last_updated", models.DateTimeField()),
                ("scheduled_time", models.DateTimeField(null=True)),
                ("number_of_retries", models.PositiveIntegerField(null=True)),
            ],
            options={"managed": False, "db_table": "post_office_email"},
        ),
        migrations.CreateModel(
            name="OldLog",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("email_id", models.IntegerField()),
                ("exception_type", models.CharField(max_length=255)),
                ("message", models.TextField()),
            ],
            options={"managed": False, "db_table": "post_office_log"},
        ),
        migrations.RunPython(fill, refuse_to_lose_mail),
        migrations.DeleteModel(name="OldLog"),
        migrations.DeleteModel(name="OldEmail"),
    ]
