"""Show a draft to people who have its secret link."""

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from events.previews import links, page


@csp_replace(page.POLICY)  # type: ignore[arg-type]  # its types know no arguments
@require_safe
def preview(_request: HttpRequest, token: str) -> HttpResponse:
    """A wrong link looks like an address that is not there. What is published has its own page."""
    event = links.find_previewed(token)
    if event is None:
        raise Http404
    return page.of_draft(event) if event.is_draft else page.sealed(redirect(event))
