"""Choose the time zone and the language of the pages, signed in or not."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.access import viewers
from events.accounts import choices
from events.formatting import zones
from events.http import chosen
from events.http.requests import safe_next, safe_referrer
from events.http.wrong_method import page_to_visit


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def time_zone(request: HttpRequest) -> HttpResponse:
    """Show all zones, the near ones first. A POST stores one; an empty one means none of one's own.

    `zone` in the address is where to look for near ones.
    """
    if request.method != "POST":
        return _zone_page(request)
    asked = request.POST.get("zone", "")
    name = zones.named(asked)
    if asked and not name:
        messages.error(request, gettext("We do not know this time zone. Please choose another."))
        return _zone_page(request)
    return _store_zone(request, name)


def _store_zone(request: HttpRequest, name: str) -> HttpResponse:
    choices.choose_zone(viewers.viewer_of(request.user), name)
    text = gettext("Times are now shown in the zone %(zone)s.") % {"zone": name}
    if not name:
        text = gettext("Each event is now shown in its own time zone.")
    if request.POST.get("quiet") != "yes":
        messages.success(request, text)
    response = redirect(_page_before(request) or "events:list")
    chosen.remember_zone(response, name or chosen.NO_ZONE)
    return response


def _zone_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    own = chosen.own_zone(request, viewers.viewer_of(request.user))
    guess = zones.named(request.GET.get("zone", "")) or (str(own) if own else "")
    same, around = zones.near(ZoneInfo(guess), now) if guess else ([], [])
    context = {
        "guess": guess,
        "own": own,
        "same": same,
        "around": around,
        "all": zones.choices(now),
        "next": _page_before(request),
    }
    return render(request, "events/time_zone.html", context)


@never_cache
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Store a language and go on in it; another code than those on offer changes nothing."""
    code = request.POST.get("language", "")
    response = redirect(_page_before(request) or "events:list")
    if code in dict(settings.LANGUAGES):
        choices.choose_language(viewers.viewer_of(request.user), code)
        chosen.remember_language(response, code)
        translation.activate(code)
    return response


def _page_before(request: HttpRequest) -> str:
    """Return where the choice was opened; pages do not write their own address for it.

    Somebody who asks for a page that is not theirs to see would find it in there.
    """
    return page_to_visit(safe_next(request) or safe_referrer(request))
