from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models.signals import m2m_changed, post_migrate, post_save, pre_delete
from django.utils.translation import gettext_lazy as _

from neos_backend import http


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from . import permissions, search  # models load after the app registry
        from .accounts import choices, sign_ins
        from .happened import counts
        from .models import Event, Host
        from .payments import checks  # noqa: F401 - importing registers them

        post_migrate.connect(permissions.ensure_group, sender=self)
        user_logged_in.connect(choices.signed_in)
        user_logged_in.connect(sign_ins.signed_in)
        user_login_failed.connect(sign_ins.password_failed)
        http.listeners.append(counts.provider_answered)
        post_save.connect(search.host_saved, sender=Host)
        pre_delete.connect(search.host_deleted, sender=Host)
        m2m_changed.connect(search.hosts_changed, sender=Event.hosts.through)
