"""Write the texts of the search again: titles of workshops and names of hosts are a part now."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from events.formatting.folding import fold


def write_search_texts(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Do as `events.search.renew` for events that were there before."""
    events = apps.get_model("events", "Event").objects
    q = events.prefetch_related("workshops", "hosts").order_by("pk")
    for event in q.iterator(chunk_size=200):
        workshops = event.workshops.all()
        names = [*(w.title for w in workshops), *(host.name for host in event.hosts.all())]
        texts = [event.summary, event.description, *(w.summary for w in workshops)]
        title, named, rest = (fold(" ".join(part)) for part in ([event.title], names, texts))
        events.filter(pk=event.pk).update(search_text=f"{title}\n{named}\t{rest}")


class Migration(migrations.Migration):
    dependencies = [("events", "0019_look")]

    operations = [migrations.RunPython(write_search_texts, migrations.RunPython.noop)]
