"""Keep when periodic work was last done, so that somebody notices if it is not."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet["Job"]):
    def note_end(self, name: str, now: datetime) -> None:
        """Write that a round of this work came to its end."""
        if not self.filter(name=name).update(ended_at=now):
            self.get_or_create(name=name, defaults={"ended_at": now})


class Job(models.Model):
    """`ended_at` is the end of its last round that came to an end."""

    HOUSEKEEPING, BACKUP, PURGE = "housekeeping", "backup", "purge"

    name = models.CharField(max_length=40, unique=True)
    ended_at = models.DateTimeField()

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("periodic work")
        verbose_name_plural = _("periodic work")

    def __str__(self) -> str:
        return self.name
