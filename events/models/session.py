"""Columns of an event about the way into its session."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .session_address import validate_session_url


class Session(models.Model):
    session_url = models.CharField(
        _("session address"),
        max_length=256,
        blank=True,
        validators=[validate_session_url],
        help_text=_("Shown to people with a place when it is time, like neos-session:///S-…"),
    )
    session_opens_minutes = models.PositiveIntegerField(
        _("session opens (minutes before the start)"),
        default=15,
        validators=[MaxValueValidator(10_080)],
    )
    # The link that people with a place saw last, and until when, while an edit keeps it from them:
    # a move, for instance. Who knows it is told of another one; see `places.session_edits`.
    seen_session_url = models.CharField(
        max_length=256, default="", db_default="", blank=True, editable=False
    )
    seen_session_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
