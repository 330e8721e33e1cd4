"""Repeat an event, and what can be done with the series that comes of it.

Everything that makes or publishes events shows first which they are, and asks.
"""

from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import series
from events.admin import shown
from events.admin.versions import VERSION, fingerprint_of
from events.models import Event, Series
from events.series import publish
from events.series.drafts import may_lead, template_of
from events.series.plans import plan

from . import series_words
from .acts import CHANGED
from .log import note
from .repeat_form import RepeatForm

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TITLE = _("Series")
MOST_SHOWN = 60
PAGE = "admin:events_event_series"
Frame = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
def series_page(request: HttpRequest, event: Event, frame: Frame) -> HttpResponse:
    if event.series is None:
        return _repeat(request, event, frame)
    if request.method == "POST":
        return _act(request, event, event.series, frame)
    return _shown(request, event, event.series, frame)


# --- Repeat an event -----------------------------------------------------------------------------


def _repeat(request: HttpRequest, event: Event, frame: Frame) -> HttpResponse:
    form = RepeatForm(request.POST if request.method == "POST" else None, event=event)
    context = frame | {"title": gettext("Repeat this event"), "form": form}
    if form.is_bound and form.is_valid():
        dates = list(islice(_dates(event, form), MOST_SHOWN + 1))
        version = fingerprint_of(event.pk, event.starts_at, dates)
        if "confirmed" in request.POST and request.POST.get(VERSION) == version:
            return _make(request, event, form)
        if "confirmed" in request.POST:
            messages.warning(request, CHANGED)
        context |= {"dates": dates[:MOST_SHOWN], "has_more": len(dates) > MOST_SHOWN}
        context |= {"version": version, "first": shown.moment(event.starts_at, event.zone)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return TemplateResponse(request, "admin/events/event/repeat.html", context, status=status)


def _dates(event: Event, form: RepeatForm) -> Any:
    found = plan(event, form.rule, form.days_before, timezone.now())
    return (series_words.planned(one, event) for one in found)


def _make(request: HttpRequest, event: Event, form: RepeatForm) -> HttpResponse:
    by = cast("User", request.user)
    try:
        made = series.repeat(event, rule=form.rule, days_ahead=form.days_before, by=by)
    except series.AlreadyRepeats:
        messages.info(request, gettext("Somebody made a series of this event a moment ago."))
        return redirect(PAGE, event.pk)
    note(request, event, gettext("Made the first event of a series."))
    number = made.events.count() - 1
    text = ngettext(
        "The series is there, with %(n)d new draft.",
        "The series is there, with %(n)d new drafts.",
        number,
    )
    messages.success(request, text % {"n": number})
    return redirect(PAGE, event.pk)


# --- A series that there is ----------------------------------------------------------------------


def _shown(request: HttpRequest, event: Event, one: Series, frame: Frame) -> HttpResponse:
    own = Event.objects.organized_by(request.user).filter(series=one)
    template = template_of(one)
    if template is not None and not own.filter(pk=template.pk).exists():
        template = None  # another organizer's
    context = frame | {
        "title": TITLE,
        "series": one,
        "facts": series_words.facts(one, event),
        "events": [
            (each, shown.moment(each.starts_at, each.zone), each.pk == event.pk)
            for each in own.without_long_texts().order_by("starts_at", "pk")
        ],
        "is_public": Event.objects.listed().filter(series=one).exists(),
        "drafts": _own_drafts(request, one).count(),
        "template": template and shown.moment(template.starts_at, template.zone),
    }
    return TemplateResponse(request, "admin/events/event/series.html", context)


def _act(request: HttpRequest, event: Event, one: Series, frame: Frame) -> HttpResponse:
    is_lead = may_lead(one, cast("User", request.user))
    if not is_lead and {"stop", "go-on"} & request.POST.keys():
        return _not_leading(request, event)
    if "stop" in request.POST:
        return _stop(request, event, one)
    if "go-on" in request.POST:
        return _go_on(request, event, one)
    if "publish" in request.POST:
        return _publish(request, event, one, frame)
    if "pattern" in request.POST:  # the form of a page that is older than the series
        messages.info(request, gettext("Somebody made a series of this event a moment ago."))
        return redirect(PAGE, event.pk)
    raise BadRequest("No button of the page was pressed.")


def _not_leading(request: HttpRequest, event: Event) -> HttpResponse:
    text = gettext("Only organizers of the event that new drafts are copies of can do this.")
    messages.error(request, text)
    return redirect(PAGE, event.pk)


def _stop(request: HttpRequest, event: Event, one: Series) -> HttpResponse:
    series.stop(one)
    note(request, event, gettext("Stopped making drafts of the series."))
    text = gettext("The site makes no more drafts of this series. Those that there are stay.")
    messages.success(request, text)
    return redirect(PAGE, event.pk)


def _go_on(request: HttpRequest, event: Event, one: Series) -> HttpResponse:
    number = series.go_on(one)
    note(request, event, gettext("Let the site make drafts of the series again."))
    text = ngettext(
        "The site makes drafts again: %(n)d is new.",
        "The site makes drafts again: %(n)d are new.",
        number,
    )
    messages.success(request, text % {"n": number})
    return redirect(PAGE, event.pk)


# --- Publish its drafts --------------------------------------------------------------------------


def _own_drafts(request: HttpRequest, one: Series) -> Any:
    own = Event.objects.organized_by(request.user)
    return publish.drafts_of(one).filter(pk__in=own.values("pk"))


def _publish(request: HttpRequest, event: Event, one: Series, frame: Frame) -> HttpResponse:
    now, drafts = timezone.now(), list(_own_drafts(request, one))
    ready = [each for each in drafts if publish.problem_of(each, now) is None]
    version = fingerprint_of([(each.pk, each.changed_at, each.starts_at) for each in ready])
    if "confirmed" in request.POST and request.POST.get(VERSION) == version:
        return _published(request, event, publish.publish(one, [each.pk for each in ready], now))
    if "confirmed" in request.POST:
        messages.warning(request, CHANGED)
    problems = [(each, publish.problem_of(each, now)) for each in drafts]
    context = frame | {
        "title": _("Publish the drafts"),
        "ready": [shown.moment(each.starts_at, each.zone) for each in ready],
        "left": [series_words.not_yet(each, problem) for each, problem in problems if problem],
        "has_hosts": any(each.listed and each.hosts.exists() for each in ready[:1]),
        "version": version,
    }
    return TemplateResponse(request, "admin/events/event/publish.html", context)


def _published(request: HttpRequest, event: Event, done: publish.Published) -> HttpResponse:
    for each in done.events:
        note(request, each, gettext("Published with the drafts of the series."))
    number = len(done.events)
    text = ngettext("%(n)d event is published.", "%(n)d events are published.", number)
    messages.success(request, text % {"n": number})
    for each, problem in done.left:
        messages.warning(request, series_words.not_yet(each, problem))
    return redirect(PAGE, event.pk)
