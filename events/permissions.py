"""Permissions of organizers: one group that every installation has."""

from typing import Any

from django.contrib.auth.models import Group, Permission

GROUP = "Organizers"
PERMISSIONS = (
    "add_event",
    "change_event",
    "delete_event",  # of an empty draft only: see `admin.event`
    "view_event",
    "add_workshop",
    "change_workshop",
    "delete_workshop",
    "view_workshop",
    "add_patronperk",
    "change_patronperk",
    "delete_patronperk",
    "view_patronperk",
    "add_question",
    "change_question",
    "delete_question",
    "view_question",
    "change_host",
    "view_host",
    "add_block",
    "change_block",
    "delete_block",
    "view_block",
    "change_registration",
    "view_registration",
    "change_payment",
    "view_payment",
    "view_attendee",
    "view_fillingpass",
    "change_announcement",
    "view_announcement",
)


def ensure_group(**_kwargs: Any) -> Group:
    """Give the group exactly these permissions; runs after every migration."""
    group, _created = Group.objects.get_or_create(name=GROUP)
    group.permissions.set(
        Permission.objects.filter(content_type__app_label="events", codename__in=PERMISSIONS)
    )
    return group
