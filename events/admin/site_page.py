"""The pages behind the links of the footer: imprint, privacy, terms, rules of conduct, others."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.http import site_pages as footer
from events.models import SitePage
from events.models.site_page import OTHER_LANGUAGES
from events.site_pages import is_published, publish, starter

from . import layout, shown
from .base import SuperusersOnlyAdmin
from .site_page_form import FIELDS, SitePageForms, field_in

TITLES = {"title", *(field_in("title", language) for language in OTHER_LANGUAGES)}


@admin.register(SitePage)
class SitePageAdmin(SuperusersOnlyAdmin):
    form = SitePageForms
    list_display = ["page", "state", "is_agreed_to", "changed_at"]
    readonly_fields = ["versions"]

    fieldsets = [
        (None, {"fields": ["name", "title", "text"]}),
        (_("In other languages"), {"fields": [*FIELDS]}),
        (
            _("For people"),
            {"fields": ["publish", "asks_again", "is_shown", "is_agreed_to", "versions"]},
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: SitePage | None = None) -> Any:
        """Offer texts to begin with above a new page. Known pages have a title of ours."""
        parts = super().get_fieldsets(request, obj)
        if obj is not None and obj.is_known and _is_published(obj):
            parts = layout.without(parts, TITLES)
        (title, options), *others = parts
        offer = {} if obj else {"description": _starters()}
        return [(title, {**options, **offer}), *others]

    def get_readonly_fields(self, request: HttpRequest, obj: SitePage | None = None) -> list[Any]:
        """Keep the address of what was published: links and agreements lead to it."""
        fixed = ["name"] if obj is not None and _is_published(obj) else []
        return [*fixed, *super().get_readonly_fields(request, obj)]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with a text of ours, if the address names a known page."""
        found, name = super().get_changeform_initial_data(request), request.GET.get("name", "")
        if name not in SitePage.Name.values:
            return found
        others = {field_in("text", code): starter(name, code) for code in OTHER_LANGUAGES}
        return found | {"name": name, "text": starter(name, settings.LANGUAGE_CODE)} | others

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Keep what was published: people are promised to find it as of every day."""
        kept = [_not_deleted(page) for page in objs if _is_published(page)]
        return ([], {}, set(), kept) if kept else super().get_deleted_objects(objs, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SitePage]:
        return super().get_queryset(request).prefetch_related("versions")

    def view_on_site(self, obj: SitePage) -> str:
        return obj.get_absolute_url()

    @admin.display(description=_("page"), ordering="name")
    def page(self, obj: SitePage) -> str:
        return obj.shown_title

    @admin.display(description=_("what people see"))
    def state(self, obj: SitePage) -> str:
        versions = list(obj.versions.all())
        if not versions or not obj.is_shown:
            return gettext("nothing")
        newest = versions[-1]
        if is_published(obj, newest):
            return gettext("version {number}").format(number=newest.number)
        return gettext("version {number}; a draft is newer").format(number=newest.number)

    @admin.display(description=_("versions"))
    def versions(self, obj: SitePage) -> SafeString:
        rows = [
            (
                one.get_absolute_url(),
                gettext("Version {number}").format(number=one.number),
                shown.moment(one.published_at, self.zone_of_history(obj)),
                gettext("(asks again)") if one.asks_again else "",
            )
            for one in (reversed(obj.versions.all()) if obj.pk else ())
        ]
        listed = format_html_join("", '<li><a href="{}">{}</a>, {} {}</li>', rows)
        return format_html("<ul>{}</ul>", listed) if rows else SafeString("–")

    def save_model(self, request: HttpRequest, obj: SitePage, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data["publish"]:
            made = publish(obj, asks_again=form.cleaned_data["asks_again"])
            text = gettext("People see version {number} now.").format(number=made.number)
        else:
            text = gettext("This is a draft: people see what was published last, or nothing.")
        self.message_user(request, text, messages.INFO)
        transaction.on_commit(footer.forget)


def _is_published(page: SitePage) -> bool:
    return bool(page.versions.all())


def _not_deleted(page: SitePage) -> SafeString:
    text = gettext(
        "{title} was published, and people may read what stood there on any day. Take it off the "
        "site instead: clear “On the site” in its form."
    )
    return format_html(text, title=shown.name(page.shown_title))


def _starters() -> SafeString:
    """Return links to the same form with a text of ours to begin with."""
    links = format_html_join(" · ", '<a href="?name={}">{}</a>', SitePage.Name.choices)
    words = gettext("Begin with a short text of ours, and put what belongs there for each [mark]:")
    return format_html("{} {}", words, links)
