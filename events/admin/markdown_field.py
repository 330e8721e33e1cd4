"""A text in Markdown: a sentence of what is allowed, and a button that shows it as a page.

The button posts the whole form to the page of the preview in a new tab. So it needs no script,
nothing is saved, and what was typed stays in the form.
"""

from typing import Any

from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from events.formatting.fields import NUL, LinesField

ALLOWED = _(
    "You can use Markdown: **bold**, *italic*, [a link](https://…), lists with a dash before each "
    "line, ## headings, > quotes and tables. Pictures and HTML do not work."
)
PREVIEW = "markdown_preview"
LONGEST = 50_000  # characters, as of the longest text that the site stores


class MarkdownWidget(AdminTextareaWidget):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, attrs, renderer)
        address = f"{reverse(f'admin:{PREVIEW}')}?{urlencode({'text': name})}"
        return format_html(
            '<div class="markdown">{}<button type="submit" class="button" formaction="{}" '
            'formtarget="_blank" formnovalidate>{}</button></div>',
            box,
            address,
            gettext("Preview"),
        )


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Show one text of the posted form, which the address names."""
    typed = request.POST.get(request.GET.get("text", ""))
    if typed is None:
        raise Http404
    text = LinesField(required=False).to_python(typed.replace(NUL, "")[:LONGEST])
    return render(request, "admin/events/preview.html", {"text": text})
