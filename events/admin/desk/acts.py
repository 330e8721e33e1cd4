"""Give a place by hand, move somebody, or give a place to somebody else: asked before it is done.

The page that asks carries what the organizer agreed to overrule, so that what has changed since
then is asked about again.
"""

from abc import abstractmethod
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.admin import shown
from events.admin.initial import MAX_ID_DIGITS
from events.admin.versions import VERSION, fingerprint_of
from events.models import Attendee, Bookable, Event, Registration
from events.places import Act, HasOther, MustAgree, NotMovable, Overruled, PriceDiffers

from . import act_words
from .act_forms import AddForm, MoveForm, PersonForm
from .log import note

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHANGED = _("Something here changed while you had the page open. Please look again.")


class Deed:
    """Something that an organizer does by hand, with the form that they fill in for it."""

    title: Any
    noted: Any = _("Given by hand.")
    form: forms.Form

    @property
    @abstractmethod
    def attendee(self) -> Attendee: ...

    @property
    @abstractmethod
    def bookable(self) -> Bookable: ...

    @abstractmethod
    def question(self) -> SafeString: ...

    @abstractmethod
    def weigh(self) -> list[Overruled]: ...

    @abstractmethod
    def do(self, act: Act) -> tuple[Registration | None, SafeString]:
        """Return the registration, or None if nothing was changed, and what to say."""

    def version(self) -> str:
        """Name what the page has asked: a name may mean somebody else by the time of the answer."""
        return fingerprint_of(self.attendee.pk, self.bookable.title, str(self.question()))

    @property
    def about(self) -> dict[str, SafeString]:
        return {
            "who": shown.person(self.attendee),
            "place": shown.name(self.bookable.title),
        }


class Giving(Deed):
    title = _("Add a person")
    form: AddForm

    def __init__(self, event: Event, typed: Any) -> None:
        self.form = AddForm(typed, event=event)

    @property
    def attendee(self) -> Attendee:
        return self.form.attendee

    @property
    def bookable(self) -> Bookable:
        return self.form.bookable

    def question(self) -> SafeString:
        return format_html(gettext("Give {who} a place at “{place}”?"), **self.about)

    def weigh(self) -> list[Overruled]:
        return places.would_overrule(attendee=self.attendee, bookable=self.bookable)

    def do(self, act: Act) -> tuple[Registration | None, SafeString]:
        began = timezone.now()
        given = places.let_in(attendee=self.attendee, bookable=self.bookable, act=act)
        if given.promoted_at is None or given.promoted_at < began:
            text = gettext("{who} has a place at “{place}” already. Nothing was changed.")
            return None, format_html(text, **self.about)
        if given.amount:
            text = gettext("{who} has a place at “{place}” now, and has to pay for it in time.")
        else:
            text = gettext("{who} has a place at “{place}” now.")
        return given, format_html(text, **self.about)


class Moving(Deed):
    title = _("Move to another workshop")
    noted = _("Moved to another workshop.")
    form: MoveForm

    def __init__(self, registration: Registration, typed: Any) -> None:
        if registration.workshop is None:
            raise Http404
        self.registration = registration
        self.form = MoveForm(typed, registration=registration)

    @property
    def attendee(self) -> Attendee:
        return self.registration.attendee

    @property
    def bookable(self) -> Bookable:
        to: Bookable = self.form.cleaned_data["to"]
        return to

    @property
    def about(self) -> dict[str, SafeString]:
        return super().about | {"former": shown.name(self.registration.bookable.title)}

    def question(self) -> SafeString:
        text = gettext("Move {who} from “{former}” to “{place}”?")
        return format_html(text, **self.about)

    def weigh(self) -> list[Overruled]:
        return places.would_overrule(
            attendee=self.attendee, bookable=self.bookable, without=self.registration.pk
        )

    def do(self, act: Act) -> tuple[Registration, SafeString]:
        about = self.about
        moved = places.move(
            registration=self.registration, to=self.form.cleaned_data["to"], act=act
        )
        text = gettext("{who} was moved from “{former}” to “{place}”.")
        return moved, format_html(text, **about)


class Replacing(Deed):
    title = _("Give the place to somebody else")
    form: PersonForm

    def __init__(self, registration: Registration, typed: Any) -> None:
        self.registration = registration
        self.form = PersonForm(typed)

    @property
    def attendee(self) -> Attendee:
        return self.form.attendee

    @property
    def bookable(self) -> Bookable:
        return self.registration.bookable

    @property
    def about(self) -> dict[str, SafeString]:
        return super().about | {"leaving": shown.person(self.registration.attendee)}

    def question(self) -> SafeString:
        text = gettext("Cancel the place of {leaving} at “{place}”, and give it to {who}?")
        return format_html(text, **self.about)

    def weigh(self) -> list[Overruled]:
        """A place is free once the other person has left, unless there are too many anyhow."""
        found = places.would_overrule(attendee=self.attendee, bookable=self.bookable)
        return [one for one in found if one is not Overruled.FULL]

    def do(self, act: Act) -> tuple[Registration, SafeString]:
        given = places.give_instead(leaving=self.registration, attendee=self.attendee, act=act)
        text = gettext("{who} has the place of {leaving} at “{place}” now.")
        return given, format_html(text, **self.about)


# --- Pages ---------------------------------------------------------------------------------------


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
    context = frame | {"title": deed.title, "form": deed.form}
    if request.method == "POST" and deed.form.is_valid():
        try:
            if done := _asked_or_done(request, deed, context):
                _report(request, deed, *done)
                return redirect("admin:events_event_people", event.pk)
        except PlaceRefused as found:
            deed.form.add_error(None, act_words.refused(deed.attendee, found))
        except PriceDiffers as found:
            deed.form.add_error(None, act_words.price_differs(found))
        except (TooLate, NotMovable):
            text = gettext("This is over, or was given up, or the person has been checked in.")
            deed.form.add_error(None, text)
        except HasOther:
            text = gettext("The person has a place or a spot on the waitlist there already.")
            deed.form.add_error(None, text)
    is_wrong = deed.form.is_bound and bool(deed.form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return TemplateResponse(request, "admin/events/event/act.html", context, status=status)


def _report(request: HttpRequest, deed: Deed, row: Registration | None, text: SafeString) -> None:
    if row is None:
        messages.info(request, text)
        return
    note(request, row, str(deed.noted))
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
    context["codes"] = found
    context["overruled"] = act_words.overruled(found, deed.bookable)
