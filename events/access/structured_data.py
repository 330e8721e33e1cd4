"""An event as schema.org describes one, for search engines and other sites that show the link."""

import json
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from events.formatting import times
from events.formatting.money import typed_amount
from events.models import Event

SCHEDULED, CANCELLED = "https://schema.org/EventScheduled", "https://schema.org/EventCancelled"
ONLINE = "https://schema.org/OnlineEventAttendanceMode"
#: JSON reads these as the characters themselves; HTML must not see them in a script.
ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script(event: Event) -> SafeString:
    """Return a `script` element with JSON-LD. Nothing typed by organizers can end it."""
    data = json.dumps(describe(event), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data))  # noqa: S308 - escaped above


def describe(event: Event) -> dict[str, Any]:
    """Return it in the words of the page that it stands on."""
    address = f"{settings.SITE_URL}{event.get_absolute_url()}"
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.shown_title,
        "description": event.shown_summary,
        "startDate": times.for_machines(event.starts_at),
        "endDate": times.for_machines(event.ends_at),
        "eventStatus": CANCELLED if event.is_cancelled else SCHEDULED,
        "eventAttendanceMode": ONLINE,
        "location": {"@type": "VirtualLocation", "url": address},
        "image": f"{settings.SITE_URL}{event.art_url}",
        "url": address,
        "organizer": [
            {
                "@type": "Organization",
                "name": host.name,
                "url": f"{settings.SITE_URL}{host.get_absolute_url()}",
            }
            for host in event.hosts.all()
        ],
        "offers": {
            "@type": "Offer",
            "price": typed_amount(event.price, event.currency),
            "priceCurrency": event.currency,
            "url": address,
        },
    }
    return described
