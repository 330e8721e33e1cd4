"""Roles of people at one event: they lead it, help, speak, or are guests."""

from __future__ import annotations

from typing import Self, TypeAlias

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .attendee import Attendee
from .event import Event
from .workshop import Workshop

#: So many minutes at most somebody may enter earlier than others: a week.
MOST_EARLY_MINUTES = 10_080


class RoleKind(models.TextChoices):
    """A session host is a person. A `Host` is a group whose name stands on events."""

    HOST = "host", pgettext_lazy("role", "session host")
    HELPER = "helper", pgettext_lazy("role", "helper")
    SPEAKER = "speaker", pgettext_lazy("role", "speaker")
    GUEST = "guest", pgettext_lazy("role", "guest")


class RoleQuerySet(models.QuerySet["Role"]):
    def shown(self) -> Self:
        """Roles whose people agreed to be named, and are there, with a name that others may see."""
        there = Attendee.objects.filter(erased_at=None, user__is_active=True).with_public_name()
        return self.filter(is_shown=True, attendee__in=there)


class Role(models.Model):
    """Organizers give it and say what comes with it. Only the person says whether it is shown.

    `outside_capacity`: the person's place at the event is not counted among its places, nor the one
    at the workshop of this role. Their registrations carry the same mark: see `places.roles`.
    """

    Kind: TypeAlias = RoleKind

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="roles", verbose_name=_("event")
    )
    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, related_name="roles", verbose_name=_("attendee")
    )
    kind = models.CharField(pgettext_lazy("person", "role"), max_length=16, choices=Kind.choices)
    # A workshop is deleted only once nobody leads it: their places would have to be counted anew.
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("workshop"),
    )
    is_shown = models.BooleanField(_("agreed to be named"), default=False, editable=False)
    outside_capacity = models.BooleanField(_("outside of the capacity"), default=False)
    early_minutes = models.PositiveIntegerField(
        _("enters earlier (minutes)"),
        default=0,
        validators=[MaxValueValidator(MOST_EARLY_MINUTES)],
    )
    created_at = models.DateTimeField(pgettext_lazy("role", "given"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=pgettext_lazy("role", "given by"),
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("person", "role")
        verbose_name_plural = pgettext_lazy("people", "roles")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="role_once_at_an_event",
                fields=["event", "attendee", "kind"],
                condition=Q(workshop=None),
            ),
            models.UniqueConstraint(
                name="role_once_at_a_workshop",
                fields=["event", "attendee", "kind", "workshop"],
                condition=Q(workshop__isnull=False),
            ),
            models.CheckConstraint(
                name="role_kind_is_known",
                condition=Q(kind__in=["host", "helper", "speaker", "guest"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee} · {self.get_kind_display()}"

    def puts_outside(self, bookable: Event | Workshop) -> bool:
        """Return whether the person's place there is not counted, because of this role."""
        is_there = bookable.workshop_id in (None, self.workshop_id)
        return self.outside_capacity and is_there
