"""The columns that an organizer has chosen for a file, to be ticked the next time."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportColumns(models.Model):
    """`kind` is the name of a list, `columns` the names of its columns, in no order.

    A name that there is no more is passed over, and a new column is not chosen.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="export_columns"
    )
    kind = models.CharField(_("list"), max_length=32)
    columns = models.JSONField(_("columns"), default=list)

    class Meta:
        verbose_name = _("columns of a list")
        verbose_name_plural = _("columns of lists")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="columns_are_chosen_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.kind}"
