"""Tags of what only pages of the demo have."""

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("_sandbox_links.html")
def sandbox_links() -> dict[str, object]:
    return {"mails": reverse("events:sandbox-mails") if settings.SANDBOX_MAIL else ""}
