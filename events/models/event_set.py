"""Sets of events: whom they are shown to, when they are, and how full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from .registration_status import ACTIVE, RegistrationStatus, uses_up_place_at

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User

    from .event import Event  # noqa: F401 - of which rows this is a set


LONG_TEXTS = ("description", "descriptions", "search_text")


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Leave out drafts, except for superusers, the draft's own organizers, and people who have
        signed up: they keep the page of what they have.
        """
        if user.is_superuser:
            return self
        published = ~Q(status=self.model.Status.DRAFT)
        if not user.is_authenticated:
            return self.filter(published)
        this = models.OuterRef("pk")
        own = self.model.organizers.through.objects.filter(event=this, user=user.pk)
        kept = self.model.objects.filter(
            pk=this,
            registrations__attendee__user=user.pk,
            registrations__status__in=ACTIVE,
        )
        is_organizer = Q(models.Exists(own)) if user.is_staff else Q()
        return self.filter(published | Q(models.Exists(kept)) | is_organizer)

    def listed(self) -> Self:
        """The public list. Cancelled events stay in it, so that people learn of it."""
        return self.filter(listed=True).exclude(status=self.model.Status.DRAFT)

    def inviting(self, instant: datetime) -> Self:
        """Public events that are still to come or go on: followers of their hosts may be told."""
        return self.listed().filter(status=self.model.Status.PUBLISHED).ending_after(instant)

    def at_addresses(self, *slugs: str) -> Self:
        """Events that have one of these addresses, or had it before."""
        had = self.filter(former_addresses__slug__in=slugs).values("pk")
        return self.filter(Q(slug__in=slugs) | Q(pk__in=had))

    def organized_by(self, user: User | AnonymousUser) -> Self:
        return self if user.is_superuser else self.filter(organizers=user.pk)

    def ending_after(self, instant: datetime) -> Self:
        return self.filter(ends_at__gt=instant)

    def ended_by(self, instant: datetime) -> Self:
        return self.filter(ends_at__lte=instant)

    def with_role_hint(self) -> Self:
        """Annotate `has_shown_roles`: somebody agreed to be named with a role there.

        Few events have that, so the page of an event asks who it is only if there is anybody.
        """
        roles = apps.get_model("events", "Role")._default_manager  # noqa: SLF001 - documented
        shown = roles.filter(event=models.OuterRef("pk"), is_shown=True)
        return self.annotate(has_shown_roles=models.Exists(shown))

    def without_long_texts(self) -> Self:
        """Leave out of each row what no list shows."""
        return self.defer(*LONG_TEXTS)

    def with_occupancy(self, now: datetime) -> Self:
        """Annotate `taken` and `waiting`: counts of the event's own places, not its workshops'.
        Places outside of the capacity are not among those taken.

        Each is a query of its own, so that a page of many events counts for those it shows only.
        """
        waiting = Q(status=RegistrationStatus.WAITLISTED)
        return self.annotate(taken=_own(uses_up_place_at(now)), waiting=_own(waiting))


def _own(condition: Q) -> Coalesce:
    rows = apps.get_model("events", "Registration")._default_manager  # noqa: SLF001 - documented
    own = rows.filter(condition, event=models.OuterRef("pk"), workshop=None).order_by()
    count = own.values("event").annotate(count=Count("pk")).values("count")
    return Coalesce(models.Subquery(count), 0)
