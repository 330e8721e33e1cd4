"""People who may not come: organizers block them from their events, superusers from the site."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import places
from events.models import Attendee, Block, Registration

from . import consequences, shown
from .base import OwnEventsAdmin, own_events
from .block_form import AGREED, BlockForm
from .desk.way_back import registration_left
from .in_zone import UTC

OF_ORGANIZERS = _("The person is kept out of this event only.")


@admin.register(Block)
class BlockAdmin(OwnEventsAdmin):
    form = BlockForm
    list_display = ["neos_id", "event", "reason", "created_at"]
    list_select_related = ["event"]
    search_fields = ["neos_id", "reason"]
    autocomplete_fields = ["event"]
    fields = ["person", "neos_id", "event", "reason", AGREED]

    def get_form(
        self,
        request: HttpRequest,
        obj: Block | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
        **kwargs: Any,
    ) -> Any:
        """Let organizers look up people of their own events only."""
        base = kwargs.get("form", self.form)
        people = admin.site.get_model_admin(Attendee).get_queryset(request)
        kwargs["form"] = type("OwnBlockForm", (base,), {"people": people})
        return super().get_form(request, obj, change=change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer own events only; only superusers may leave the event empty (the whole site)."""
        if db_field.name == "event":
            kwargs["queryset"] = own_events(request)
            if not request.user.is_superuser:
                kwargs |= {"required": True, "help_text": OF_ORGANIZERS}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Block, form: Any, change: Any) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        if change and form.has_changed():
            self._fill_after_commit(request, [form.initial["neos_id"]])
        self._warn_of_places(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Block) -> HttpResponseRedirect:
        """Lead back to the registration from whose page the person was blocked."""
        pk = registration_left(request)
        mine = admin.site.get_model_admin(Registration).get_queryset(request)
        if pk and mine.filter(pk=pk).exists():
            return redirect("admin:events_registration_change", pk)
        return super().response_post_save_add(request, obj)

    def zone_of_history(self, row: Block) -> ZoneInfo:
        return row.event.zone if row.event else UTC

    def delete_model(self, request: HttpRequest, obj: Block) -> None:
        super().delete_model(request, obj)
        self._fill_after_commit(request, [obj.neos_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Block]) -> None:
        neos_ids = list(queryset.values_list("neos_id", flat=True))
        super().delete_queryset(request, queryset)
        self._fill_after_commit(request, neos_ids)

    def _fill_after_commit(self, request: HttpRequest, neos_ids: Iterable[str]) -> None:
        """Fill places that these people wait for, now that a block of theirs is gone.

        This happens after the commit, because each event is locked in a transaction of its own.
        """
        transaction.on_commit(partial(self._fill, request, neos_ids))

    def _fill(self, request: HttpRequest, neos_ids: Iterable[str]) -> None:
        people = Attendee.objects.known_as(neos_ids).order_by("pk")
        moved = sum(places.settle_waited_for(attendee=attendee) for attendee in people)
        consequences.tell_moved_up(request, moved)

    def _warn_of_places(self, request: HttpRequest, block: Block) -> None:
        """Warn that the person still has places: an organizer has to cancel them."""
        now = timezone.now()
        held = Registration.objects.taking_place(now).filter(event__ends_at__gt=now)
        if block.event_id is not None:
            held = held.filter(event=block.event_id)
        people = Attendee.objects.known_as([block.neos_id])
        if number := held.filter(attendee__in=people).count():
            sentence = ngettext(
                "{neos_id} still has {n} place there. Blocking does not cancel it. {link}",
                "{neos_id} still has {n} places there. Blocking does not cancel them. {link}",
                number,
            )
            link = _link_to_registrations(block)
            text = format_html(sentence, neos_id=shown.name(block.neos_id), n=number, link=link)
            self.message_user(request, text, messages.WARNING)


def _link_to_registrations(block: Block) -> SafeString:
    where = {} if block.event_id is None else {"event__id__exact": block.event_id}
    query = urlencode({"q": block.neos_id, **where})
    address = reverse("admin:events_registration_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, query, gettext("See the registrations"))
