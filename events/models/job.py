"""When periodic work was last done, so that somebody notices if it is not."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """`ended_at` is the end of its last round that came to an end."""

    name = models.CharField(max_length=40, unique=True)
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = _("periodic work")
        verbose_name_plural = _("periodic work")

    def __str__(self) -> str:
        return self.name
