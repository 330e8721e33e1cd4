"""Give a place by hand, move somebody, or give a place to somebody else: asked before it is done.

The page that asks carries what the organizer agreed to overrule, so that what has changed since
then is asked about again.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events.access.refusals import PlaceRefused, TooLate
from events.admin import shown
from events.admin.initial import MAX_ID_DIGITS
from events.admin.versions import VERSION
from events.models import Event, Registration, Workshop
from events.places import Act, HasOther, MustAgree, NotMovable, Overruled, PriceDiffers

from . import act_words
from .act_forms import NOT_THERE
from .deeds import Deed, Giving, Moving, Replacing
from .log import note
from .way_back import way_back

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHANGED = _("Something here changed while you had the page open. Please look again.")


@require_http_methods(["GET", "HEAD", "POST"])
def add_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    return _page(request, event, frame, Giving(event, _typed(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def move_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    return _page(request, event, frame, Moving(_own(request, event), _typed(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def replace_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    return _page(request, event, frame, Replacing(_own(request, event), _typed(request)))


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _own(request: HttpRequest, event: Event) -> Registration:
    """Return the registration of this event that the address names."""
    pk = request.GET.get("of", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS):
        raise Http404
    q = event.registrations.select_related("attendee__user", "workshop")
    found = q.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.event = event
    return found


def _page(request: HttpRequest, event: Event, frame: dict[str, Any], deed: Deed) -> HttpResponse:
    back = way_back(request, event, deed.subject)
    context = frame | {"title": deed.title, "form": deed.form, "back": back}
    if one := deed.subject:
        parts = shown.name(one.bookable.title), one.get_status_display()
        context["subject"] = shown.joined(shown.person(one.attendee), *parts)
    if request.method == "POST" and deed.form.is_valid() and _try(request, deed, context):
        return redirect(back)
    is_wrong = deed.form.is_bound and bool(deed.form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return TemplateResponse(request, "admin/events/event/act.html", context, status=status)


def _try(request: HttpRequest, deed: Deed, context: dict[str, Any]) -> bool:
    """Return whether it is done and reported. If it cannot be done, the form says why."""
    form = deed.form
    try:
        if done := _asked_or_done(request, deed, context):
            _report(request, deed, *done)
            return True
    except Workshop.DoesNotExist:
        form.add_error(deed.where, NOT_THERE)
    except PlaceRefused as found:
        form.add_error(None, act_words.refused(deed.attendee, found))
    except PriceDiffers as found:
        form.add_error(None, act_words.price_differs(found))
    except (TooLate, NotMovable):
        text = gettext("This is over, or was given up, or the person has been checked in.")
        form.add_error(None, text)
    except HasOther:
        text = gettext("The person has a place or a spot on the waitlist there already.")
        form.add_error(None, text)
    return False


def _report(request: HttpRequest, deed: Deed, row: Registration | None, text: SafeString) -> None:
    if row is None:
        messages.info(request, text)
        return
    is_new = row.created_at == row.promoted_at
    note(request, row, deed.noted(), flag=ADDITION if is_new else CHANGE)
    messages.success(request, text)
    if not deed.attendee.mail_address:
        more = gettext("No message of ours reaches {who}. Please tell them yourself.")
        messages.warning(request, format_html(more, who=shown.person(deed.attendee)))


def _asked_or_done(
    request: HttpRequest, deed: Deed, context: dict[str, Any]
) -> tuple[Registration | None, SafeString] | None:
    """Do it if the organizer has agreed to all that it overrules; else prepare the question."""
    agreed = _agreed(request)
    if "confirmed" in request.POST and request.POST.get(VERSION) != deed.version():
        messages.warning(request, CHANGED)
    elif "confirmed" in request.POST:
        act = Act(cast("User", request.user), deed.form.cleaned_data["because"], agreed)
        try:
            return deed.do(act)
        except MustAgree as more:
            messages.warning(request, CHANGED)
            _ask(deed, more.codes, context)
            return None
    _ask(deed, deed.weigh(), context)
    return None


def _agreed(request: HttpRequest) -> frozenset[Overruled]:
    typed = request.POST.getlist("agreed")
    return frozenset(code for code in Overruled if code.value in typed)


def _ask(deed: Deed, codes: Iterable[Overruled], context: dict[str, Any]) -> None:
    found = list(codes)
    context["question"], context["version"] = deed.question(), deed.version()
    context["follows"] = deed.follows()
    context["codes"] = found
    context["overruled"] = act_words.overruled(found, deed.bookable, deed.attendee)
