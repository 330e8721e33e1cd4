"""Pictures of people, fetched from their platform and kept here, so that pages load ours only."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Picture(models.Model):
    """Small, and re-encoded by us. The same picture of two people is one row, named by its hash."""

    digest = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    content_type = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.digest

    def get_absolute_url(self) -> str:
        return reverse("events:picture", kwargs={"digest": self.digest})
