from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        from . import permissions  # models load after the app registry
        from .payments import checks  # noqa: F401 - importing registers them

        post_migrate.connect(permissions.ensure_group, sender=self)
